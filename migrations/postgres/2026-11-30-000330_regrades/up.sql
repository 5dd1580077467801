-- Keys that were corrected after papers had been graded by them, and what became of each paper.
CREATE TABLE key_corrections (
    id TEXT NOT NULL PRIMARY KEY,
    bank TEXT NOT NULL REFERENCES banks (id),
    question TEXT NOT NULL,
    right_key TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at BIGINT NOT NULL,
    decided_by TEXT,
    decided_at BIGINT,
    decided_seq BIGINT,
    papers INTEGER NOT NULL,
    changed INTEGER NOT NULL
);
CREATE INDEX key_corrections_question ON key_corrections (bank, question);
CREATE TABLE regrades (
    seq BIGINT NOT NULL PRIMARY KEY,
    ticket TEXT NOT NULL REFERENCES candidates (ticket),
    correction TEXT NOT NULL REFERENCES key_corrections (id),
    before_points INTEGER NOT NULL,
    before_passed BOOLEAN NOT NULL,
    after_points INTEGER NOT NULL,
    after_passed BOOLEAN NOT NULL,
    total INTEGER NOT NULL,
    follows TEXT NOT NULL,
    decision TEXT,
    reason TEXT NOT NULL,
    decided_by TEXT,
    decided_at BIGINT,
    at BIGINT NOT NULL,
    UNIQUE (ticket, correction)
);
