-- Candidates who asked that their result be looked at again.
CREATE TABLE reviews (
    id TEXT NOT NULL PRIMARY KEY,
    ticket TEXT NOT NULL UNIQUE REFERENCES candidates (ticket),
    text TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    outcome TEXT,
    answer TEXT,
    correction TEXT,
    closed_by TEXT,
    closed_at BIGINT
);
