-- Drills that were ended, newest last. They outlive the connection that they were played on.
CREATE TABLE drill (
    id         TEXT    NOT NULL PRIMARY KEY,
    started_at INTEGER NOT NULL,
    document   TEXT    NOT NULL
) STRICT;
CREATE INDEX drill_newest ON drill (started_at DESC);
