ALTER TABLE candidates DROP COLUMN away_since;
DROP TABLE question_doubts;
