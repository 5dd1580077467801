DROP TABLE paper_settlements;
DROP TABLE paper_entries;
DROP TABLE paper_packs;
DROP TABLE readiness_signs;
DROP TABLE readiness_checks;
