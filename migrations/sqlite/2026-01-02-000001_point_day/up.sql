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
