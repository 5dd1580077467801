DROP INDEX kiosk_journal_at;
