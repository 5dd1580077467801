ALTER TABLE duties ADD COLUMN state TEXT NOT NULL DEFAULT 'drawn';
ALTER TABLE duties ADD COLUMN answered_at BIGINT;
CREATE TABLE duty_changes (
    seq BIGINT NOT NULL,
    post TEXT NOT NULL,
    session TEXT NOT NULL REFERENCES sessions (id),
    at BIGINT NOT NULL,
    why TEXT NOT NULL,
    left_by TEXT NOT NULL,
    taken_by TEXT,
    reason TEXT NOT NULL,
    PRIMARY KEY (seq, post)
);
CREATE INDEX duty_changes_session ON duty_changes (session);
CREATE TABLE duty_swaps (
    id TEXT NOT NULL PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions (id),
    post_a TEXT NOT NULL,
    post_b TEXT NOT NULL,
    staff_a TEXT NOT NULL,
    staff_b TEXT NOT NULL,
    reason TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    state TEXT NOT NULL
);
CREATE INDEX duty_swaps_session ON duty_swaps (session);
