DROP TABLE duty_swaps;
DROP TABLE duty_changes;
ALTER TABLE duties DROP COLUMN answered_at;
ALTER TABLE duties DROP COLUMN state;
