-- The state of the control plane. Times are milliseconds since 1970-01-01T00:00:00Z. Small columns come before large
-- ones, so that lists and sums never touch the pages of payloads.

CREATE TABLE plane (
    id        INTEGER NOT NULL PRIMARY KEY CONSTRAINT one_plane CHECK (id = 1),
    -- Marks the processes of this data directory, so that one plane never ends those of another.
    marker    TEXT    NOT NULL,
    probed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE runs (
    ordinal          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id               TEXT    NOT NULL CONSTRAINT run_id_unique UNIQUE,
    status           TEXT    NOT NULL CONSTRAINT run_status_known
                     CHECK (status IN ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled')),
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    created_at       INTEGER NOT NULL,
    started_at       INTEGER,
    ended_at         INTEGER,
    changed_at       INTEGER NOT NULL,
    last_seq         INTEGER NOT NULL DEFAULT 0,
    last_log_seq     INTEGER NOT NULL DEFAULT 0,
    generation       INTEGER NOT NULL DEFAULT 1,
    -- Sums over the steps, written in the transaction that changes them.
    steps_total      INTEGER NOT NULL DEFAULT 0,
    steps_queued     INTEGER NOT NULL DEFAULT 0,
    steps_running    INTEGER NOT NULL DEFAULT 0,
    steps_waiting    INTEGER NOT NULL DEFAULT 0,
    steps_succeeded  INTEGER NOT NULL DEFAULT 0,
    steps_failed     INTEGER NOT NULL DEFAULT 0,
    steps_not_run    INTEGER NOT NULL DEFAULT 0,
    warnings         INTEGER NOT NULL DEFAULT 0,
    open_gates       INTEGER NOT NULL DEFAULT 0,
    most_attempts    INTEGER NOT NULL DEFAULT 0,
    queued_ms        INTEGER NOT NULL DEFAULT 0,
    running_ms       INTEGER NOT NULL DEFAULT 0,
    retry_wait_ms    INTEGER NOT NULL DEFAULT 0,
    breaker_wait_ms  INTEGER NOT NULL DEFAULT 0,
    approval_ms      INTEGER NOT NULL DEFAULT 0,
    input_tokens     INTEGER NOT NULL DEFAULT 0,
    output_tokens    INTEGER NOT NULL DEFAULT 0,
    cost_micro_usd   INTEGER,
    template         TEXT,
    requested_by     TEXT    NOT NULL,
    correlation_id   TEXT    NOT NULL,
    current_step     TEXT,
    goal             TEXT    NOT NULL,
    failure          TEXT,
    metadata         TEXT    NOT NULL,
    CONSTRAINT run_ended_iff_terminal CHECK ((ended_at IS NOT NULL) = (status IN ('succeeded', 'failed', 'cancelled')))
) STRICT;

CREATE INDEX runs_by_status ON runs (status, ordinal);

CREATE TABLE steps (
    ordinal          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id               TEXT    NOT NULL CONSTRAINT step_id_unique UNIQUE,
    run_id           TEXT    NOT NULL REFERENCES runs (id),
    position         INTEGER NOT NULL,
    name             TEXT    NOT NULL,
    tool             TEXT    NOT NULL,
    -- What starting it means: run a tool, ask a person, or let time pass.
    kind             TEXT    NOT NULL CONSTRAINT step_kind_known CHECK (kind IN ('execute', 'approval', 'time')),
    status           TEXT    NOT NULL CONSTRAINT step_status_known CHECK (status IN
                     ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'timed_out', 'skipped', 'interrupted')),
    severity         TEXT    NOT NULL CONSTRAINT step_severity_known CHECK (severity IN ('critical', 'warning')),
    on_restart       TEXT    NOT NULL CONSTRAINT step_on_restart_known CHECK (on_restart IN ('fail', 'rerun')),
    max_attempts     INTEGER NOT NULL,
    delay_ms         INTEGER NOT NULL,
    max_delay_ms     INTEGER NOT NULL,
    timeout_ms       INTEGER,
    -- Attempts made, and how many may be made before an operator has to ask for more.
    attempts         INTEGER NOT NULL DEFAULT 0,
    attempts_allowed INTEGER NOT NULL,
    -- When its present state began, for the sums of time below.
    since            INTEGER NOT NULL,
    queued_at        INTEGER,
    started_at       INTEGER,
    ended_at         INTEGER,
    waiting_for      TEXT    CONSTRAINT step_waiting_known CHECK (waiting_for IN ('approval', 'retry', 'breaker', 'time')),
    waiting_until    INTEGER,
    queued_ms        INTEGER NOT NULL DEFAULT 0,
    running_ms       INTEGER NOT NULL DEFAULT 0,
    retry_wait_ms    INTEGER NOT NULL DEFAULT 0,
    breaker_wait_ms  INTEGER NOT NULL DEFAULT 0,
    approval_ms      INTEGER NOT NULL DEFAULT 0,
    input_tokens     INTEGER NOT NULL DEFAULT 0,
    output_tokens    INTEGER NOT NULL DEFAULT 0,
    cost_micro_usd   INTEGER,
    -- How long a gate or a `wait` may take, and what is asked.
    pause_ms         INTEGER,
    question         TEXT,
    depends_on       TEXT    NOT NULL,
    failure          TEXT,
    inputs           TEXT    NOT NULL,
    output           TEXT,
    CONSTRAINT step_name_unique UNIQUE (run_id, name),
    CONSTRAINT step_position_unique UNIQUE (run_id, position),
    CONSTRAINT step_waiting_has_reason CHECK ((status = 'waiting') = (waiting_for IS NOT NULL)),
    CONSTRAINT step_within_budget CHECK (attempts <= attempts_allowed)
) STRICT;

CREATE INDEX steps_ready ON steps (queued_at, ordinal) WHERE status = 'queued' AND queued_at IS NOT NULL;
CREATE INDEX steps_running ON steps (ordinal) WHERE status = 'running';
CREATE INDEX steps_due ON steps (waiting_until) WHERE status = 'waiting' AND waiting_until IS NOT NULL;

CREATE TABLE dependencies (
    step    INTEGER NOT NULL REFERENCES steps (ordinal),
    needs   INTEGER NOT NULL REFERENCES steps (ordinal),
    PRIMARY KEY (step, needs)
) STRICT, WITHOUT ROWID;

CREATE INDEX dependants ON dependencies (needs, step);

CREATE TABLE attempts (
    step_id        TEXT    NOT NULL REFERENCES steps (id),
    number         INTEGER NOT NULL,
    run_id         TEXT    NOT NULL REFERENCES runs (id),
    status         TEXT    NOT NULL CONSTRAINT attempt_status_known
                   CHECK (status IN ('running', 'succeeded', 'failed', 'cancelled', 'timed_out', 'interrupted')),
    started_at     INTEGER NOT NULL,
    ended_at       INTEGER,
    exit_code      INTEGER,
    breaker        TEXT,
    breaker_state  TEXT,
    failure        TEXT,
    usage          TEXT,
    PRIMARY KEY (step_id, number),
    CONSTRAINT attempt_ended_iff_over CHECK ((ended_at IS NULL) = (status = 'running'))
) STRICT, WITHOUT ROWID;

CREATE INDEX attempts_by_run ON attempts (run_id);
-- Two attempts at one step can never execute at once.
CREATE UNIQUE INDEX one_attempt_at_a_time ON attempts (step_id) WHERE status = 'running';

CREATE TABLE gates (
    step_id     TEXT    NOT NULL PRIMARY KEY REFERENCES steps (id),
    run_id      TEXT    NOT NULL REFERENCES runs (id),
    subject     TEXT    NOT NULL CONSTRAINT gate_subject_known CHECK (subject IN ('command', 'person')),
    state       TEXT    NOT NULL CONSTRAINT gate_state_known CHECK (state IN ('open', 'approved', 'rejected', 'expired')),
    question    TEXT    NOT NULL,
    asked_at    INTEGER NOT NULL,
    expires_at  INTEGER,
    decided_by  TEXT,
    decided_at  INTEGER,
    reason      TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX gates_by_run ON gates (run_id);

CREATE TABLE events (
    -- Where in the feed of all runs; only ever grows, also when rows are removed.
    position       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    run_id         TEXT    NOT NULL REFERENCES runs (id),
    seq            INTEGER NOT NULL,
    at             INTEGER NOT NULL,
    kind           TEXT    NOT NULL,
    step_id        TEXT,
    step           TEXT,
    attempt        INTEGER,
    actor          TEXT,
    correlation_id TEXT,
    data           TEXT    NOT NULL,
    CONSTRAINT event_seq_unique UNIQUE (run_id, seq)
) STRICT;

CREATE TABLE log_lines (
    run_id  TEXT    NOT NULL REFERENCES runs (id),
    seq     INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    step_id TEXT    NOT NULL,
    attempt INTEGER NOT NULL,
    stream  TEXT    NOT NULL CONSTRAINT log_stream_known CHECK (stream IN ('stdout', 'stderr', 'system')),
    text    TEXT    NOT NULL,
    PRIMARY KEY (run_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE dead_letters (
    ordinal INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    step_id TEXT    NOT NULL CONSTRAINT one_letter_for_a_step UNIQUE REFERENCES steps (id),
    run_id  TEXT    NOT NULL REFERENCES runs (id),
    step    TEXT    NOT NULL,
    failure TEXT    NOT NULL,
    at      INTEGER NOT NULL
) STRICT;

CREATE TABLE idempotency_keys (
    principal   TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    -- SHA-256 of the canonical body, in hex.
    fingerprint TEXT    NOT NULL,
    run_id      TEXT    NOT NULL REFERENCES runs (id),
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (principal, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

CREATE TABLE tokens (
    id         TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    -- SHA-256 of the token, in hex. The token itself is never kept.
    hash       TEXT    NOT NULL CONSTRAINT token_hash_unique UNIQUE,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
