-- What an operator was told, or is to be told once quiet hours are over: one row for each cause. It is kept so that nothing is
-- told twice, whichever process looks and however often it starts.
CREATE TABLE notice (
    cause    TEXT    NOT NULL PRIMARY KEY,
    began_at INTEGER NOT NULL,
    told_at  INTEGER,
    over_at  INTEGER,
    document TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_open ON notice (began_at DESC) WHERE over_at IS NULL;
