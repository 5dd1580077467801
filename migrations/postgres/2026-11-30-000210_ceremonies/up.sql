ALTER TABLE draws ADD COLUMN ceremony TEXT;
CREATE TABLE ceremonies (
    id TEXT NOT NULL PRIMARY KEY,
    stage TEXT NOT NULL,
    subject TEXT NOT NULL,
    round BIGINT NOT NULL,
    state TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    sessions TEXT NOT NULL,
    announced TEXT,
    public_number TEXT,
    frozen_at BIGINT,
    inputs TEXT NOT NULL,
    input TEXT,
    ended_at BIGINT,
    reason TEXT,
    missing TEXT NOT NULL,
    ended_by TEXT
);
CREATE INDEX ceremonies_by_subject ON ceremonies (subject, stage);
CREATE TABLE ceremony_parties (
    ceremony TEXT NOT NULL REFERENCES ceremonies (id),
    name TEXT NOT NULL,
    place BIGINT NOT NULL,
    commitment TEXT NOT NULL,
    committed_at BIGINT NOT NULL,
    committed_by TEXT NOT NULL,
    secret TEXT,
    revealed_at BIGINT,
    PRIMARY KEY (ceremony, name)
);
