-- What a hand-in slip says: the hash of the answers that were graded, and the event in which it stands.
ALTER TABLE sittings ADD COLUMN answers_hash TEXT;
ALTER TABLE sittings ADD COLUMN ended_in BIGINT;
