ALTER TABLE accounts DROP COLUMN last_login;
ALTER TABLE accounts DROP COLUMN era;
ALTER TABLE accounts DROP COLUMN blocked;
ALTER TABLE accounts DROP COLUMN version;
