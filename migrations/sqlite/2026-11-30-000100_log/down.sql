DROP TABLE log_checkpoints;
DROP TABLE log_entries;
