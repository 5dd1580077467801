ALTER TABLE sessions ADD COLUMN language TEXT;
