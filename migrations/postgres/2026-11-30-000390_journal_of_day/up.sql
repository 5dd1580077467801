-- The queue of a day is read from what the kiosks of an exam point wrote on it.
CREATE INDEX kiosk_journal_at ON kiosk_journal (kiosk, at);
