DROP TABLE readiness_signs;
DROP TABLE readiness_checks;
