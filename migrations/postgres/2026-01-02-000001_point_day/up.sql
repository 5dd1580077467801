CREATE TABLE readiness_checks (
    point TEXT NOT NULL REFERENCES points (id),
    day TEXT NOT NULL,
    item TEXT NOT NULL,
    verdict TEXT NOT NULL,
    note TEXT NOT NULL,
    found_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (point, day, item)
);
CREATE TABLE readiness_signs (
    point TEXT NOT NULL REFERENCES points (id),
    day TEXT NOT NULL,
    signed_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (point, day)
);
CREATE TABLE paper_packs (
    point TEXT NOT NULL REFERENCES points (id),
    day TEXT NOT NULL,
    printed_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (point, day)
);
CREATE TABLE paper_entries (
    ticket TEXT NOT NULL REFERENCES candidates (ticket),
    slip TEXT NOT NULL,
    actor TEXT NOT NULL,
    point TEXT NOT NULL REFERENCES points (id),
    day TEXT NOT NULL,
    fields TEXT NOT NULL,
    entered_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (ticket, slip, actor)
);
CREATE INDEX paper_entries_day ON paper_entries (point, day);
CREATE TABLE paper_settlements (
    ticket TEXT NOT NULL REFERENCES candidates (ticket),
    slip TEXT NOT NULL,
    fields TEXT NOT NULL,
    how TEXT NOT NULL,
    reason TEXT NOT NULL,
    effect TEXT NOT NULL,
    settled_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (ticket, slip)
);
