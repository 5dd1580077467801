-- Questions that were written on a page, and those whose place one of them took.
CREATE TABLE question_versions (
    bank TEXT NOT NULL REFERENCES banks (id),
    question TEXT NOT NULL,
    state TEXT NOT NULL,
    supersedes TEXT,
    author TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    reviewer TEXT,
    reviewed_at BIGINT,
    remark TEXT NOT NULL,
    PRIMARY KEY (bank, question)
);
