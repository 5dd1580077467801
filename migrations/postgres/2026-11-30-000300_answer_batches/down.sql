CREATE TABLE answers_of_tickets (
    ticket TEXT NOT NULL REFERENCES candidates (ticket),
    seq BIGINT NOT NULL,
    position INTEGER NOT NULL,
    choice TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (ticket, seq)
);
INSERT INTO answers_of_tickets (ticket, seq, position, choice, at)
    SELECT ticket, seq, position, choice, at FROM answers;
DROP TABLE answers;
ALTER TABLE answers_of_tickets RENAME TO answers;
