ALTER TABLE banks DROP COLUMN practice;
