-- Answers lie in the order in which they were saved, batch by batch, so that saving adds to the end; how far a ticket has
-- come is what its answers say, and is written nowhere else.
CREATE TABLE answers_in_order (
    batch BIGINT NOT NULL,
    place INTEGER NOT NULL,
    ticket TEXT NOT NULL,
    seq BIGINT NOT NULL,
    position INTEGER NOT NULL,
    choice TEXT NOT NULL,
    at BIGINT NOT NULL,
    given_at BIGINT,
    commitment TEXT NOT NULL,
    PRIMARY KEY (batch, place)
);
-- Answers from before there were batches have none of their own; they get places in one.
INSERT INTO answers_in_order (batch, place, ticket, seq, position, choice, at, given_at, commitment)
    SELECT batch, ROW_NUMBER() OVER (PARTITION BY batch ORDER BY place, ticket, seq) - 1,
        ticket, seq, position, choice, at, given_at, commitment FROM answers;
DROP TABLE answers;
ALTER TABLE answers_in_order RENAME TO answers;
CREATE UNIQUE INDEX answers_by_ticket ON answers (ticket, seq);
ALTER TABLE sittings DROP COLUMN last_seq;
