ALTER TABLE sessions DROP COLUMN language;
