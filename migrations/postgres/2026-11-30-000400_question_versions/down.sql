DROP TABLE question_versions;
