-- Numbered blanks that came into an exam point's stock.
CREATE TABLE blank_stocks (
    seq BIGINT NOT NULL PRIMARY KEY,
    point TEXT NOT NULL REFERENCES points (id),
    first_blank TEXT NOT NULL,
    last_blank TEXT NOT NULL,
    added_by TEXT NOT NULL,
    at BIGINT NOT NULL
);
-- Each kiosk's shares of it.
CREATE TABLE blank_ranges (
    seq BIGINT NOT NULL PRIMARY KEY,
    point TEXT NOT NULL REFERENCES points (id),
    kiosk TEXT NOT NULL REFERENCES kiosks (id),
    first_blank TEXT NOT NULL,
    last_blank TEXT NOT NULL,
    given_by TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX blank_ranges_kiosk ON blank_ranges (kiosk);
-- Certificates that one kiosk left to another for printing.
CREATE TABLE lease_moves (
    seq BIGINT NOT NULL PRIMARY KEY,
    certificate TEXT NOT NULL REFERENCES certificates (id),
    kiosk TEXT NOT NULL REFERENCES kiosks (id),
    moved_to TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX lease_moves_certificate ON lease_moves (certificate);
-- Certificates that are in the person's hands, with the last receipt.
CREATE TABLE hand_overs (
    certificate TEXT NOT NULL PRIMARY KEY REFERENCES certificates (id),
    kiosk TEXT NOT NULL REFERENCES kiosks (id),
    staff TEXT NOT NULL,
    signature TEXT,
    witness TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX prints_blank ON prints (blank);
