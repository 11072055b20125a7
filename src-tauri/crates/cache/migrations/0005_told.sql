-- What planes told of things that are read when somebody looks at them: one document for each subject of a noun.
CREATE TABLE told (
    connection TEXT    NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    noun       TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    document   TEXT    NOT NULL,
    read_at    INTEGER NOT NULL,
    PRIMARY KEY (connection, noun, subject)
) STRICT, WITHOUT ROWID;
