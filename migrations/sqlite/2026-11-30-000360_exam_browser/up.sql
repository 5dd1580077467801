-- Under which browser a session is sat, as JSON; none: any.
ALTER TABLE sessions ADD COLUMN browser TEXT;
