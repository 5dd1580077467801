DROP TABLE ceremony_parties;
DROP TABLE ceremonies;
ALTER TABLE draws DROP COLUMN ceremony;
