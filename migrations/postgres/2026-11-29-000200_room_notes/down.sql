DROP TABLE room_notes;
