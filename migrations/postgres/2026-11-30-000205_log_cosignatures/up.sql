CREATE TABLE log_cosignatures (
    size BIGINT NOT NULL,
    kiosk TEXT NOT NULL,
    at BIGINT NOT NULL,
    line TEXT NOT NULL,
    PRIMARY KEY (size, kiosk)
);
