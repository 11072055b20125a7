-- Whom an attempt asked, as its plan named provider and model. A step can be tried again with other inputs, so the step
-- does not tell it later.
ALTER TABLE attempts ADD COLUMN provider TEXT;
ALTER TABLE attempts ADD COLUMN model TEXT;
UPDATE attempts SET
    provider = (SELECT json_extract(inputs, '$.provider') FROM steps WHERE steps.id = step_id AND tool = 'ai'),
    model = (SELECT json_extract(inputs, '$.model') FROM steps WHERE steps.id = step_id AND tool = 'ai')
WHERE usage IS NOT NULL;

CREATE INDEX attempts_that_used ON attempts (ended_at) WHERE usage IS NOT NULL;
CREATE INDEX runs_by_team_and_time ON runs (team, created_at);

-- Teams that are customers of Stripe, and the subscription of each as it was told last.
CREATE TABLE subscribers (
    team         TEXT    NOT NULL PRIMARY KEY REFERENCES teams (id),
    customer     TEXT    NOT NULL CONSTRAINT customer_unique UNIQUE,
    created_at   INTEGER NOT NULL,
    -- When the newest event happened that was taken, in milliseconds of whole seconds.
    told_at      INTEGER,
    subscription TEXT,
    status       TEXT,
    price        TEXT,
    period_from  INTEGER,
    period_to    INTEGER,
    ends_at      INTEGER,
    is_cancelled INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT subscription_whole CHECK ((subscription IS NULL) = (status IS NULL))
) STRICT, WITHOUT ROWID;

-- Events of Stripe that were taken. It tells each at least once.
CREATE TABLE stripe_events (
    id       TEXT    NOT NULL PRIMARY KEY,
    taken_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX stripe_events_by_age ON stripe_events (taken_at);
