CREATE TABLE events (
    seq BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    rule_set TEXT,
    body TEXT NOT NULL
);
CREATE INDEX events_kind ON events (kind, seq);

CREATE TABLE rule_sets (
    id TEXT NOT NULL PRIMARY KEY,
    in_force_from TEXT NOT NULL,
    hash TEXT NOT NULL,
    toml TEXT NOT NULL
);
CREATE TABLE trades (
    id TEXT NOT NULL PRIMARY KEY,
    category TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE calendar_years (
    year INTEGER NOT NULL PRIMARY KEY,
    toml TEXT NOT NULL
);
CREATE TABLE sheet_files (
    trade TEXT NOT NULL PRIMARY KEY,
    toml TEXT NOT NULL
);
CREATE TABLE organisations (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL
);
CREATE TABLE points (
    id TEXT NOT NULL PRIMARY KEY,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    district TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE staff (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE kiosks (
    id TEXT NOT NULL PRIMARY KEY,
    point TEXT NOT NULL REFERENCES points (id),
    code_hash TEXT NOT NULL,
    code_until BIGINT NOT NULL,
    public_key TEXT,
    revoked BOOLEAN NOT NULL
);
CREATE TABLE kiosk_journal (
    kiosk TEXT NOT NULL REFERENCES kiosks (id),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    dead TEXT,
    PRIMARY KEY (kiosk, seq)
);

CREATE TABLE persons (
    id TEXT NOT NULL PRIMARY KEY,
    id_index TEXT NOT NULL UNIQUE,
    id_number TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT
);
CREATE TABLE registrations (
    id TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL REFERENCES persons (id),
    trade TEXT NOT NULL REFERENCES trades (id),
    institution TEXT NOT NULL,
    employer TEXT,
    portrait TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE banks (
    id TEXT NOT NULL PRIMARY KEY,
    trade TEXT NOT NULL REFERENCES trades (id),
    file_name TEXT NOT NULL,
    file_hash TEXT NOT NULL,
    imported_at BIGINT NOT NULL,
    report TEXT NOT NULL
);
CREATE TABLE questions (
    bank TEXT NOT NULL REFERENCES banks (id),
    id TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    usable BOOLEAN NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (bank, id)
);
CREATE TABLE question_sets (
    id TEXT NOT NULL PRIMARY KEY,
    trade TEXT NOT NULL REFERENCES trades (id),
    bank TEXT NOT NULL REFERENCES banks (id),
    draw TEXT NOT NULL,
    number INTEGER NOT NULL,
    points INTEGER NOT NULL,
    questions TEXT NOT NULL,
    assembled_by TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE TABLE draws (
    id TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    subject TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    visible_from BIGINT NOT NULL,
    transcript TEXT NOT NULL
);
CREATE INDEX draws_subject ON draws (subject);

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    point TEXT NOT NULL REFERENCES points (id),
    trade TEXT NOT NULL REFERENCES trades (id),
    exam_kind TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    day TEXT NOT NULL,
    rule_set TEXT NOT NULL REFERENCES rule_sets (id),
    seated BOOLEAN NOT NULL,
    staffed BOOLEAN NOT NULL,
    results_at BIGINT
);
CREATE INDEX sessions_day ON sessions (day, point);
CREATE TABLE refusals (
    session TEXT NOT NULL REFERENCES sessions (id),
    registration TEXT NOT NULL REFERENCES registrations (id),
    at BIGINT NOT NULL,
    codes TEXT NOT NULL,
    PRIMARY KEY (session, registration, at)
);
CREATE TABLE candidates (
    ticket TEXT NOT NULL PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions (id),
    registration TEXT NOT NULL REFERENCES registrations (id),
    person TEXT NOT NULL REFERENCES persons (id),
    secret TEXT NOT NULL,
    secret_index TEXT NOT NULL UNIQUE,
    room TEXT,
    seat INTEGER,
    paper TEXT,
    sheets TEXT,
    outcome TEXT NOT NULL,
    UNIQUE (session, registration)
);
CREATE INDEX candidates_session ON candidates (session);
CREATE INDEX candidates_outcome ON candidates (outcome, session);
CREATE TABLE duties (
    session TEXT NOT NULL REFERENCES sessions (id),
    post TEXT NOT NULL,
    kind TEXT NOT NULL,
    place TEXT NOT NULL,
    staff TEXT NOT NULL REFERENCES staff (code),
    PRIMARY KEY (session, post)
);
CREATE INDEX duties_staff ON duties (staff);
CREATE TABLE check_ins (
    ticket TEXT NOT NULL PRIMARY KEY REFERENCES candidates (ticket),
    checked_in_at BIGINT NOT NULL,
    kiosk TEXT NOT NULL,
    photo TEXT,
    compared TEXT,
    compared_by TEXT,
    queue_number INTEGER,
    calls INTEGER NOT NULL,
    call_window TEXT,
    passed_over INTEGER NOT NULL,
    admitted_at BIGINT
);
CREATE TABLE released_rooms (
    session TEXT NOT NULL REFERENCES sessions (id),
    room TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (session, room)
);
CREATE TABLE sittings (
    ticket TEXT NOT NULL PRIMARY KEY REFERENCES candidates (ticket),
    token TEXT NOT NULL,
    entered_at BIGINT NOT NULL,
    entries INTEGER NOT NULL,
    deadline BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    ended_at BIGINT,
    how TEXT,
    answered INTEGER,
    points INTEGER,
    total INTEGER,
    passed BOOLEAN
);
CREATE INDEX sittings_open ON sittings (deadline) WHERE ended_at IS NULL;
CREATE TABLE answers (
    ticket TEXT NOT NULL REFERENCES candidates (ticket),
    seq BIGINT NOT NULL,
    position INTEGER NOT NULL,
    choice TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (ticket, seq)
);
CREATE TABLE misconduct (
    event BIGINT NOT NULL PRIMARY KEY,
    ticket TEXT NOT NULL REFERENCES candidates (ticket),
    gravity TEXT NOT NULL,
    text TEXT NOT NULL,
    first TEXT NOT NULL,
    second TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE TABLE scores (
    ticket TEXT NOT NULL REFERENCES candidates (ticket),
    part TEXT NOT NULL,
    examiner TEXT NOT NULL,
    sheet TEXT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (ticket, part, examiner)
);
CREATE TABLE settlements (
    ticket TEXT NOT NULL REFERENCES candidates (ticket),
    part TEXT NOT NULL,
    lead TEXT NOT NULL,
    points INTEGER NOT NULL,
    veto BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (ticket, part)
);
CREATE TABLE practicals (
    ticket TEXT NOT NULL PRIMARY KEY REFERENCES candidates (ticket),
    hundredths INTEGER NOT NULL,
    veto BOOLEAN NOT NULL,
    passed BOOLEAN NOT NULL,
    ended_at BIGINT NOT NULL
);
CREATE TABLE certificates (
    id TEXT NOT NULL PRIMARY KEY,
    ticket TEXT NOT NULL UNIQUE REFERENCES candidates (ticket),
    person TEXT NOT NULL REFERENCES persons (id),
    trade TEXT NOT NULL REFERENCES trades (id),
    exam_kind TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    review_due TEXT,
    due TEXT,
    code TEXT NOT NULL,
    pdf TEXT NOT NULL,
    issued_at BIGINT NOT NULL
);
CREATE TABLE prints (
    certificate TEXT NOT NULL REFERENCES certificates (id),
    kiosk TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    blank TEXT NOT NULL,
    state TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (certificate, kiosk, attempt)
);
CREATE TABLE day_closes (
    point TEXT NOT NULL REFERENCES points (id),
    day TEXT NOT NULL,
    counts TEXT NOT NULL,
    signature TEXT NOT NULL,
    kid TEXT NOT NULL,
    pdf TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (point, day)
);

CREATE TABLE idempotency (
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (caller, key)
);
CREATE TABLE revoked_tokens (
    jti TEXT NOT NULL PRIMARY KEY,
    until BIGINT NOT NULL
);
