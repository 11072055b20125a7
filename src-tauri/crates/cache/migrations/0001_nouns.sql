-- The console's picture of its control planes. Times are milliseconds since the Unix epoch. Documents are JSON of the
-- domain's types; what is filtered, sorted or joined on has a column of its own.

CREATE TABLE connection (
    id         TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL CONSTRAINT connection_name_is_unique UNIQUE,
    kind       TEXT    NOT NULL,
    base_url   TEXT    NOT NULL,
    environment TEXT   NOT NULL,
    read_only  INTEGER NOT NULL,
    built_in   INTEGER NOT NULL,
    credential TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE connection_status (
    connection   TEXT    NOT NULL PRIMARY KEY REFERENCES connection (id) ON DELETE CASCADE,
    last_seen_at INTEGER,
    document     TEXT    NOT NULL
) STRICT;

CREATE TABLE feed_position (
    connection TEXT    NOT NULL PRIMARY KEY REFERENCES connection (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL
) STRICT;

CREATE TABLE coverage (
    connection TEXT    NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    span_from  INTEGER NOT NULL,
    span_to    INTEGER NOT NULL CONSTRAINT span_runs_forward CHECK (span_to >= span_from),
    PRIMARY KEY (connection, span_from)
) STRICT;

CREATE TABLE run (
    id         INTEGER NOT NULL PRIMARY KEY,
    connection TEXT    NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    run        TEXT    NOT NULL,
    goal       TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    last_seq   INTEGER NOT NULL,
    summary    TEXT    NOT NULL,
    read_at    INTEGER NOT NULL,
    UNIQUE (connection, run)
) STRICT;
CREATE INDEX run_newest ON run (created_at DESC, id DESC);
CREATE INDEX run_newest_of_connection ON run (connection, created_at DESC, id DESC);
CREATE INDEX run_by_status ON run (status, created_at DESC, id DESC);
CREATE INDEX run_by_name ON run (run);

-- Steps with inputs and outputs and free facts: large, and only read for one run at a time.
CREATE TABLE run_detail (
    id         INTEGER NOT NULL PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
    changed_at INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    last_seq   INTEGER NOT NULL,
    metadata   TEXT    NOT NULL,
    steps      TEXT    NOT NULL,
    read_at    INTEGER NOT NULL
) STRICT;

-- What a list shows of a run. It is complete if its steps have been read and are as new as its summary.
CREATE VIEW listed_run AS
    SELECT run.id, run.connection, run.run, run.status, run.summary, run.created_at, run.read_at,
           EXISTS (
               SELECT 1 FROM run_detail AS detail
               WHERE detail.id = run.id
                 AND (detail.generation, detail.last_seq, detail.changed_at) = (run.generation, run.last_seq, run.changed_at)
           ) AS complete
    FROM run;

-- What search needs of a step.
CREATE TABLE step (
    id         INTEGER NOT NULL PRIMARY KEY,
    connection TEXT    NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    run        TEXT    NOT NULL,
    step       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    tool       TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    failure    TEXT,
    UNIQUE (connection, run, step)
) STRICT;

CREATE TABLE event (
    id         INTEGER NOT NULL PRIMARY KEY,
    connection TEXT    NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    run        TEXT    NOT NULL,
    seq        INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    reason     TEXT,
    document   TEXT    NOT NULL,
    UNIQUE (connection, run, seq)
) STRICT;

CREATE TABLE log (
    id         INTEGER NOT NULL PRIMARY KEY,
    connection TEXT    NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    run        TEXT    NOT NULL,
    seq        INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    step       TEXT    NOT NULL,
    attempt    INTEGER NOT NULL,
    stream     TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    UNIQUE (connection, run, seq)
) STRICT;

-- A breaker of no connection has the empty connection: it belongs to this console itself.
CREATE TABLE breaker (
    connection TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    breaker    TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    since      INTEGER NOT NULL,
    document   TEXT    NOT NULL,
    read_at    INTEGER NOT NULL,
    PRIMARY KEY (connection, source, breaker)
) STRICT;

CREATE TABLE breaker_transition (
    id         INTEGER NOT NULL PRIMARY KEY,
    connection TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    breaker    TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    cause      TEXT,
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX breaker_transition_newest ON breaker_transition (connection, source, breaker, id DESC);

-- A check of no connection has the empty connection: it probes this console itself.
CREATE TABLE readiness_check (
    connection TEXT NOT NULL,
    readiness_check TEXT NOT NULL,
    status     TEXT NOT NULL,
    document   TEXT NOT NULL,
    PRIMARY KEY (connection, readiness_check)
) STRICT;

CREATE TABLE check_transition (
    id         INTEGER NOT NULL PRIMARY KEY,
    connection TEXT    NOT NULL,
    readiness_check TEXT NOT NULL,
    status     TEXT    NOT NULL,
    finding    TEXT,
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX check_transition_newest ON check_transition (connection, readiness_check, id DESC);

CREATE TABLE template (
    connection TEXT    NOT NULL PRIMARY KEY REFERENCES connection (id) ON DELETE CASCADE,
    document   TEXT    NOT NULL,
    read_at    INTEGER NOT NULL
) STRICT;

-- What an operator did from here. It outlives the connection that it was done to.
CREATE TABLE act (
    id             INTEGER NOT NULL PRIMARY KEY,
    at             INTEGER NOT NULL,
    actor          TEXT    NOT NULL,
    action         TEXT    NOT NULL,
    connection     TEXT,
    target         TEXT    NOT NULL,
    reason         TEXT,
    outcome        TEXT    NOT NULL,
    correlation_id TEXT    NOT NULL
) STRICT;

CREATE TABLE preference (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
