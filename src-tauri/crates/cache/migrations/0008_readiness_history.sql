-- Each change of the score of a connection, with the changes of checks that made it so. It is kept as it was computed
-- then: checks and weights may be others today.
CREATE TABLE readiness_score (
    id         INTEGER NOT NULL PRIMARY KEY,
    connection TEXT    NOT NULL,
    score      INTEGER NOT NULL,
    because    TEXT    NOT NULL,
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX readiness_score_newest ON readiness_score (connection, id DESC);

-- When the check last passed and what was seen then, which a later failure does not take away.
ALTER TABLE readiness_check ADD COLUMN last_pass TEXT;

-- What was known before.
ALTER TABLE check_transition ADD COLUMN previous TEXT;
