-- What happened to breakers. They live in memory; this is what is left of them after a restart.
CREATE TABLE breaker_events (
    ordinal        INTEGER PRIMARY KEY AUTOINCREMENT,
    breaker        TEXT    NOT NULL,
    at             INTEGER NOT NULL,
    what           TEXT    NOT NULL,
    state_before   TEXT    NOT NULL,
    state_after    TEXT    NOT NULL,
    cause          TEXT,
    until          INTEGER,
    actor          TEXT,
    reason         TEXT,
    correlation_id TEXT
) STRICT;

CREATE INDEX breaker_events_by_breaker ON breaker_events (breaker, ordinal);
CREATE INDEX breaker_events_by_age ON breaker_events (at);
