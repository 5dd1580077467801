ALTER TABLE prints DROP COLUMN untouched;
