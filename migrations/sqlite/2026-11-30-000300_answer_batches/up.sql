-- Answers that are saved together are the content of one event: the event holds the root over them, so they are kept
-- when projections are made again and refer to nothing that is.
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
INSERT INTO answers_of_batches (ticket, seq, position, choice, at, batch, place, commitment)
    SELECT ticket, seq, position, choice, at, 0, 0, '' FROM answers;
DROP TABLE answers;
ALTER TABLE answers_of_batches RENAME TO answers;
CREATE INDEX answers_by_batch ON answers (batch, place);
