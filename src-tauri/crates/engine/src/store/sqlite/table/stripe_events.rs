//! `stripe_events`: which events of Stripe were taken. Kept for 30 days, which is far longer than Stripe tells one again.

use crate::Error;
use domain::Timestamp;
use sqlx::{SqliteConnection, SqliteExecutor};

/// How long an event is remembered, in milliseconds.
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// Whether an event was taken.
pub(crate) async fn is_taken(conn: impl SqliteExecutor<'_>, event: &str) -> Result<bool, Error> {
    let found = sqlx::query_scalar!("SELECT id FROM stripe_events WHERE id = ?1 LIMIT 1", event);
    Ok(found.fetch_optional(conn).await?.is_some())
}

/// Remembers that an event was taken, and forgets old ones.
pub(crate) async fn take(conn: &mut SqliteConnection, event: &str, now: Timestamp) -> Result<(), Error> {
    let now = now.as_millis();
    let oldest = now - KEPT_MS;
    sqlx::query!("DELETE FROM stripe_events WHERE taken_at <= ?1", oldest).execute(&mut *conn).await?;
    sqlx::query!("INSERT INTO stripe_events (id, taken_at) VALUES (?1, ?2)", event, now).execute(conn).await?;
    Ok(())
}
