CREATE TABLE room_notes (
    event BIGINT NOT NULL PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions (id),
    room TEXT NOT NULL,
    step TEXT NOT NULL,
    text TEXT NOT NULL,
    author TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX room_notes_of_session ON room_notes (session, room);
