-- The last checkpoint of the server's log that was right; one row.
CREATE TABLE log_seen (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    origin TEXT NOT NULL,
    size INTEGER NOT NULL CHECK (size >= 0),
    root TEXT NOT NULL,
    note TEXT NOT NULL,
    delivered INTEGER NOT NULL CHECK (delivered IN (0, 1))
) STRICT;
