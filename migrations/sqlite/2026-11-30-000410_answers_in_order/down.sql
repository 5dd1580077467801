ALTER TABLE sittings ADD COLUMN last_seq BIGINT NOT NULL DEFAULT 0;
UPDATE sittings SET last_seq = COALESCE((SELECT MAX(seq) FROM answers WHERE answers.ticket = sittings.ticket), 0);
CREATE TABLE answers_of_batches (
    ticket TEXT NOT NULL,
    seq BIGINT NOT NULL,
    position INTEGER NOT NULL,
    choice TEXT NOT NULL,
    at BIGINT NOT NULL,
    given_at BIGINT,
    batch BIGINT NOT NULL,
    place INTEGER NOT NULL,
    commitment TEXT NOT NULL,
    PRIMARY KEY (ticket, seq)
);
INSERT INTO answers_of_batches (ticket, seq, position, choice, at, given_at, batch, place, commitment)
    SELECT ticket, seq, position, choice, at, given_at, batch, place, commitment FROM answers;
DROP TABLE answers;
ALTER TABLE answers_of_batches RENAME TO answers;
CREATE INDEX answers_by_batch ON answers (batch, place);
