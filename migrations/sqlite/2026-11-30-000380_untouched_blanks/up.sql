-- Whether it is certain that nothing was printed in an attempt that failed, so that its blank can be used again.
ALTER TABLE prints ADD COLUMN untouched BOOLEAN NOT NULL DEFAULT FALSE;
