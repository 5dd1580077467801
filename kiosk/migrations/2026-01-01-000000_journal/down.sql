DROP TABLE sent_file;
DROP TABLE entry;
