CREATE TABLE log_entries (
    position BIGINT NOT NULL PRIMARY KEY,
    salt TEXT NOT NULL,
    leaf TEXT NOT NULL
);
CREATE TABLE log_checkpoints (
    size BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    peaks TEXT NOT NULL,
    note TEXT NOT NULL
);
