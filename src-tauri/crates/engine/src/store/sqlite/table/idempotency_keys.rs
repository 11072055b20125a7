//! `idempotency_keys`: which run a repeated call means. Kept for 24 hours.

use crate::{Error, store::Idempotency};
use domain::{RunId, Timestamp};
use sqlx::SqliteConnection;

/// How long a key is remembered, in milliseconds.
const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;

/// The run that this key already made, if any.
pub(crate) async fn run_of(
    conn: &mut SqliteConnection,
    principal: &str,
    key: &Idempotency,
    now: Timestamp,
) -> Result<Option<RunId>, Error> {
    let oldest = now.as_millis() - KEPT_MS;
    let row = sqlx::query!(
        "SELECT fingerprint, run_id FROM idempotency_keys
         WHERE principal = ?1 AND key = ?2 AND created_at > ?3 LIMIT 1",
        principal,
        key.key,
        oldest
    );
    match row.fetch_optional(conn).await? {
        None => Ok(None),
        Some(row) if row.fingerprint == key.fingerprint => Ok(Some(row.run_id.into())),
        Some(_) => Err(Error::IdempotencyMismatch),
    }
}

/// Remembers which run a key made, and forgets keys that are too old.
pub(crate) async fn remember(
    conn: &mut SqliteConnection,
    principal: &str,
    key: &Idempotency,
    run: &RunId,
    now: Timestamp,
) -> Result<(), Error> {
    let (run, now) = (run.as_str(), now.as_millis());
    let oldest = now - KEPT_MS;
    sqlx::query!("DELETE FROM idempotency_keys WHERE created_at <= ?1", oldest).execute(&mut *conn).await?;
    sqlx::query!(
        "INSERT INTO idempotency_keys (principal, key, fingerprint, run_id, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        principal,
        key.key,
        key.fingerprint,
        run,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}
