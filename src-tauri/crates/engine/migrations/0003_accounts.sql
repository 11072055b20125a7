-- Who works with the plane, in which team, and what was done by whom.

CREATE TABLE teams (
    ordinal       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id            TEXT    NOT NULL CONSTRAINT team_id_unique UNIQUE,
    -- A deleted team keeps its row for the audit, but not its name in addresses.
    slug          TEXT    CONSTRAINT team_slug_unique UNIQUE,
    created_at    INTEGER NOT NULL,
    deleted_at    INTEGER,
    name          TEXT    NOT NULL,
    billing_email TEXT,
    CONSTRAINT team_slug_iff_there CHECK ((slug IS NULL) = (deleted_at IS NOT NULL))
) STRICT;

-- Runs that are older than teams belong to the first one.
INSERT INTO teams (id, slug, created_at, name) VALUES ('team_home', 'home', unixepoch() * 1000, 'Home');

ALTER TABLE runs ADD COLUMN team TEXT NOT NULL DEFAULT 'team_home';
CREATE INDEX runs_by_team ON runs (team, ordinal);
CREATE INDEX runs_by_team_and_status ON runs (team, status, ordinal);

CREATE TABLE people (
    id          TEXT    NOT NULL PRIMARY KEY,
    email       TEXT    NOT NULL CONSTRAINT person_email_unique UNIQUE,
    created_at  INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    -- argon2id, as a PHC string; none for somebody who signs in elsewhere.
    password    TEXT,
    -- The identity at a provider: its issuer and its subject there.
    issuer      TEXT,
    subject     TEXT,
    CONSTRAINT person_identity_unique UNIQUE (issuer, subject),
    CONSTRAINT person_identity_whole CHECK ((issuer IS NULL) = (subject IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE memberships (
    id          TEXT    NOT NULL PRIMARY KEY,
    team        TEXT    NOT NULL REFERENCES teams (id),
    person      TEXT    NOT NULL REFERENCES people (id),
    role        TEXT    NOT NULL CONSTRAINT membership_role_known CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
    joined_at   INTEGER NOT NULL,
    -- What this one may do, where it is not what the role allows.
    permissions TEXT,
    CONSTRAINT membership_unique UNIQUE (team, person)
) STRICT, WITHOUT ROWID;

CREATE INDEX memberships_by_person ON memberships (person);
CREATE UNIQUE INDEX one_owner_of_a_team ON memberships (team) WHERE role = 'owner';

CREATE TABLE invitations (
    id          TEXT    NOT NULL PRIMARY KEY,
    team        TEXT    NOT NULL REFERENCES teams (id),
    email       TEXT    NOT NULL,
    role        TEXT    NOT NULL CONSTRAINT invitation_role_known CHECK (role IN ('admin', 'member', 'viewer')),
    -- SHA-256 of what the invited shows, in hex.
    hash        TEXT    NOT NULL CONSTRAINT invitation_hash_unique UNIQUE,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    ended_at    INTEGER,
    invited_by  TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX invitations_open ON invitations (team) WHERE ended_at IS NULL;

CREATE TABLE sessions (
    id          TEXT    NOT NULL PRIMARY KEY,
    person      TEXT    NOT NULL REFERENCES people (id),
    created_at  INTEGER NOT NULL,
    -- When it ends unless it is refreshed.
    expires_at  INTEGER NOT NULL,
    ended_at    INTEGER,
    -- Why it ended: signed out, everywhere, or a refresh token came twice.
    ended_why   TEXT    CONSTRAINT session_end_known CHECK (ended_why IN ('signed_out', 'everywhere', 'reuse')),
    CONSTRAINT session_end_has_reason CHECK ((ended_at IS NULL) = (ended_why IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_open ON sessions (person) WHERE ended_at IS NULL;

CREATE TABLE access_tokens (
    hash        TEXT    NOT NULL PRIMARY KEY,
    session     TEXT    NOT NULL REFERENCES sessions (id),
    expires_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX access_tokens_by_end ON access_tokens (expires_at);

CREATE TABLE refresh_tokens (
    hash        TEXT    NOT NULL PRIMARY KEY,
    -- Its own name in the audit.
    jti         TEXT    NOT NULL CONSTRAINT refresh_jti_unique UNIQUE,
    session     TEXT    NOT NULL REFERENCES sessions (id),
    issued_at   INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    used_at     INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX refresh_tokens_by_end ON refresh_tokens (expires_at);

CREATE TABLE api_keys (
    id           TEXT    NOT NULL PRIMARY KEY,
    -- None for a key of the plane's operator, which works for every team.
    team         TEXT    REFERENCES teams (id),
    name         TEXT    NOT NULL,
    -- The beginning, by which its holder knows it again.
    prefix       TEXT    NOT NULL,
    -- SHA-256 of the key, in hex. The key itself is never kept.
    hash         TEXT    NOT NULL CONSTRAINT api_key_hash_unique UNIQUE,
    permissions  TEXT    NOT NULL,
    made_by      TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX api_keys_by_team ON api_keys (team) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX api_key_name_unique ON api_keys (team, name) WHERE revoked_at IS NULL AND team IS NOT NULL;

INSERT INTO api_keys (id, name, prefix, hash, permissions, made_by, created_at, revoked_at)
SELECT id, name, 'bw_', hash, '["read","write","delete","admin"]', 'the operator', created_at, revoked_at FROM tokens;
DROP TABLE tokens;

CREATE TABLE audit (
    seq            INTEGER NOT NULL PRIMARY KEY CONSTRAINT audit_seq_positive CHECK (seq > 0),
    at             INTEGER NOT NULL,
    team           TEXT,
    actor          TEXT    NOT NULL,
    principal      TEXT    NOT NULL,
    act            TEXT    NOT NULL,
    target         TEXT,
    outcome        TEXT    NOT NULL,
    reason         TEXT,
    correlation_id TEXT    NOT NULL,
    -- How often the same was refused, one after the other.
    times          INTEGER NOT NULL,
    state_before   TEXT,
    state_after    TEXT,
    -- SHA-256 over all of the above and the hash of the row before, in hex.
    hash           TEXT    NOT NULL
) STRICT;

CREATE INDEX audit_by_team ON audit (team, seq);

-- The end of the chain, and how many acts could not be recorded since.
ALTER TABLE plane ADD COLUMN audit_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE plane ADD COLUMN audit_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE plane ADD COLUMN audit_lost INTEGER NOT NULL DEFAULT 0;

-- Keys now belong to acts of every kind, and remember what was answered.
CREATE TABLE kept_keys (
    principal   TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    -- SHA-256 of the canonical body, in hex.
    fingerprint TEXT    NOT NULL,
    -- What the act made or was about.
    subject     TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    -- What was answered, where that is more than the present state of the subject.
    answer      TEXT,
    PRIMARY KEY (principal, key)
) STRICT, WITHOUT ROWID;
INSERT INTO kept_keys (principal, key, fingerprint, subject, created_at)
SELECT principal, key, fingerprint, run_id, created_at FROM idempotency_keys;
DROP TABLE idempotency_keys;
ALTER TABLE kept_keys RENAME TO idempotency_keys;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
