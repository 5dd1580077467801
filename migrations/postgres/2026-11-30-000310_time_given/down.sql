ALTER TABLE candidates DROP COLUMN paused_at;
ALTER TABLE candidates DROP COLUMN extra_ms;
