-- What examinees said is wrong with a question, and since when somebody is out of the room.
CREATE TABLE question_doubts (
    event BIGINT NOT NULL PRIMARY KEY,
    ticket TEXT NOT NULL REFERENCES candidates (ticket),
    question_set TEXT NOT NULL,
    question TEXT NOT NULL,
    text TEXT NOT NULL,
    at BIGINT NOT NULL
);
ALTER TABLE candidates ADD COLUMN away_since BIGINT;
