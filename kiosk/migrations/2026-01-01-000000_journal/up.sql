-- The journal: gapless from 1, each entry chained to the one before by its hash. Rows are only ever added.
CREATE TABLE entry (
    seq INTEGER PRIMARY KEY NOT NULL CHECK (seq > 0),
    at INTEGER NOT NULL,
    offset_ms INTEGER NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    fact TEXT NOT NULL
) STRICT;

CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry BEGIN
    SELECT RAISE(ABORT, 'a journal entry is never changed');
END;

CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry BEGIN
    SELECT RAISE(ABORT, 'a journal entry is never deleted');
END;

-- Pictures that the server has confirmed. Only saves sending them again; losing a row does no harm.
CREATE TABLE sent_file (
    sha256 TEXT PRIMARY KEY NOT NULL
) STRICT;
