DROP TABLE staff_salts;
ALTER TABLE draws DROP COLUMN basis;
