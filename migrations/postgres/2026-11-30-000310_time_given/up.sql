-- Time that was given back to an examinee, in milliseconds, and since when the examination is halted for him.
ALTER TABLE candidates ADD COLUMN extra_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE candidates ADD COLUMN paused_at BIGINT;
