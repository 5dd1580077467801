DROP INDEX kiosk_journal_ticket;
ALTER TABLE kiosk_journal DROP COLUMN ticket;
