CREATE INDEX events_at ON events (at, seq);
CREATE INDEX events_actor ON events (actor, seq);
