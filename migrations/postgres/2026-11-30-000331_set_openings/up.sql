-- When question sets were opened, by whom and what for.
CREATE TABLE set_openings (
    seq BIGINT NOT NULL,
    question_set TEXT NOT NULL,
    session TEXT,
    purpose TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (seq, question_set)
);
CREATE INDEX set_openings_set ON set_openings (question_set);
