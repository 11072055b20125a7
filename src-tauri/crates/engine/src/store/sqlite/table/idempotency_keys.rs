//! `idempotency_keys`: what a repeated call means. Kept for 24 hours.

use crate::{Error, store::Idempotency};
use domain::Timestamp;
use sqlx::SqliteConnection;

/// How long a key is remembered, in milliseconds.
const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;

/// What is kept under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// What the act made or was about.
    pub(crate) subject: String,
    /// What was answered, as JSON, where that is more than the present state of the subject.
    pub(crate) answer: Option<String>,
}

/// What an earlier act under this key came to, if there was one.
pub(crate) async fn kept(
    conn: &mut SqliteConnection,
    principal: &str,
    key: &Idempotency,
    now: Timestamp,
) -> Result<Option<Kept>, Error> {
    let oldest = now.as_millis() - KEPT_MS;
    let row = sqlx::query!(
        "SELECT fingerprint, subject, answer FROM idempotency_keys
         WHERE principal = ?1 AND key = ?2 AND created_at > ?3 LIMIT 1",
        principal,
        key.key,
        oldest
    );
    match row.fetch_optional(conn).await? {
        None => Ok(None),
        Some(row) if row.fingerprint == key.fingerprint => Ok(Some(Kept { subject: row.subject, answer: row.answer })),
        Some(_) => Err(Error::IdempotencyMismatch),
    }
}

/// Remembers what a key came to, and forgets keys that are too old.
pub(crate) async fn remember(
    conn: &mut SqliteConnection,
    principal: &str,
    key: &Idempotency,
    kept: &Kept,
    now: Timestamp,
) -> Result<(), Error> {
    let now = now.as_millis();
    let oldest = now - KEPT_MS;
    sqlx::query!("DELETE FROM idempotency_keys WHERE created_at <= ?1", oldest).execute(&mut *conn).await?;
    sqlx::query!(
        "INSERT INTO idempotency_keys (principal, key, fingerprint, subject, answer, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        principal,
        key.key,
        key.fingerprint,
        kept.subject,
        kept.answer,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}
