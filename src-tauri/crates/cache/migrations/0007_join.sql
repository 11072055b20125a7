-- Joins breakers to what they do to runs, and keeps what happens to them.

-- What each attempt met at a breaker; attempts that met none have no row.
CREATE TABLE breaker_attempt (
    run        INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    step       TEXT    NOT NULL,
    number     INTEGER NOT NULL,
    connection TEXT    NOT NULL,
    breaker    TEXT    NOT NULL,
    verdict    TEXT,
    started_at INTEGER NOT NULL,
    PRIMARY KEY (run, step, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX breaker_attempt_lately ON breaker_attempt (connection, breaker, started_at DESC, verdict);

-- The breaker that calls of the step meet, what it waits for, and how many attempts were made at it.
ALTER TABLE step ADD COLUMN breaker TEXT;
ALTER TABLE step ADD COLUMN waiting_for TEXT;
ALTER TABLE step ADD COLUMN waiting_until INTEGER;
ALTER TABLE step ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
CREATE INDEX step_asked ON step (connection) WHERE waiting_for = 'approval' AND status = 'waiting';
CREATE INDEX step_ahead ON step (connection, breaker) WHERE breaker IS NOT NULL AND status IN ('queued', 'running', 'waiting');

-- Of what was read before, an attempt does not tell what its breaker made of it; how it ended does, as well as it can.
INSERT INTO breaker_attempt (run, step, number, connection, breaker, verdict, started_at)
    SELECT run.id, step.value ->> 'id', attempt.value ->> 'number', run.connection, attempt.value ->> 'breaker',
           CASE WHEN attempt.value ->> '$.failure.code' = 'breaker_open' THEN 'refused'
                WHEN attempt.value ->> 'status' = 'succeeded' THEN 'success'
                WHEN attempt.value ->> '$.failure.retryable' THEN 'failure'
                ELSE 'ignored' END,
           CAST(round((julianday(attempt.value ->> 'started_at') - 2440587.5) * 86400000) AS INTEGER)
    FROM run JOIN run_detail AS detail ON detail.id = run.id, json_each(detail.steps) AS step,
         json_each(step.value, '$.attempts') AS attempt
    WHERE attempt.value ->> 'breaker' IS NOT NULL;
UPDATE step SET attempts = ifnull(
    (SELECT json_array_length(known.value, '$.attempts')
     FROM run JOIN run_detail AS detail ON detail.id = run.id, json_each(detail.steps) AS known
     WHERE run.connection = step.connection AND run.run = step.run AND known.value ->> 'id' = step.step), 0);

-- What happened to breakers: `seq` numbers what a plane tells, and is absent where the console saw it itself.
DROP TABLE breaker_transition;
CREATE TABLE breaker_event (
    id         INTEGER NOT NULL PRIMARY KEY,
    connection TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    breaker    TEXT    NOT NULL,
    seq        INTEGER,
    at         INTEGER NOT NULL,
    document   TEXT    NOT NULL
) STRICT;
CREATE INDEX breaker_event_newest ON breaker_event (connection, source, breaker, at DESC, id DESC);
CREATE INDEX breaker_event_lately ON breaker_event (at);
CREATE UNIQUE INDEX breaker_event_told_once ON breaker_event (connection, source, breaker, seq) WHERE seq IS NOT NULL;

-- Runs by when they last changed, to find what ended in a span of time.
CREATE INDEX run_changed ON run (connection, changed_at DESC);

-- Problems that somebody has in hand.
CREATE TABLE acknowledgement (
    problem TEXT    NOT NULL PRIMARY KEY,
    actor   TEXT    NOT NULL,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
