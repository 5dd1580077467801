ALTER TABLE sittings DROP COLUMN ended_in;
ALTER TABLE sittings DROP COLUMN answers_hash;
