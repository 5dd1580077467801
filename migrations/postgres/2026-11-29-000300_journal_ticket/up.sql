-- Whom an entry of a kiosk's journal is about, so that a person's file is found without reading all entries.
ALTER TABLE kiosk_journal ADD COLUMN ticket TEXT;
UPDATE kiosk_journal SET ticket = body::json #>> '{fact,ticket}' WHERE dead IS NULL;
CREATE INDEX kiosk_journal_ticket ON kiosk_journal (ticket);
