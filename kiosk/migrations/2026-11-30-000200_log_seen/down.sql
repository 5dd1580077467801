DROP TABLE log_seen;
