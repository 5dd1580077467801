DROP TABLE set_openings;
