//! `breaker_events`: what happened to breakers, for 90 days.

use super::super::column::{Word, signed, unsigned, word};
use crate::Error;
use domain::{BreakerCause, BreakerEvent, BreakerHappening, BreakerState, CorrelationId, Page, Timestamp};
use sqlx::{SqliteConnection, SqliteExecutor};

/// How long one is kept, in milliseconds.
const KEPT_MS: i64 = 90 * 24 * 60 * 60 * 1_000;

/// Adds one; its place is given here.
pub(crate) async fn insert(conn: &mut SqliteConnection, event: &BreakerEvent) -> Result<(), Error> {
    let (at, until) = (event.at.as_millis(), event.until.map(Timestamp::as_millis));
    let (what, before, after) = (word(&event.what)?, word(&event.from)?, word(&event.to)?);
    let cause = event.cause.as_ref().map(word).transpose()?;
    let id = event.correlation_id.as_ref().map(CorrelationId::as_str);
    sqlx::query!(
        "INSERT INTO breaker_events
           (breaker, at, what, state_before, state_after, cause, until, actor, reason, correlation_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        event.breaker,
        at,
        what,
        before,
        after,
        cause,
        until,
        event.actor,
        event.reason,
        id
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets what is too old.
pub(crate) async fn forget_old(conn: &mut SqliteConnection, now: Timestamp) -> Result<(), Error> {
    let oldest = now.as_millis() - KEPT_MS;
    sqlx::query!("DELETE FROM breaker_events WHERE at < ?1", oldest).execute(conn).await?;
    Ok(())
}

/// One page of what happened to a breaker, newest first.
pub(crate) async fn page(
    conn: impl SqliteExecutor<'_>,
    breaker: &str,
    before: i64,
    limit: u32,
) -> Result<Page<BreakerEvent>, Error> {
    let more = signed(limit) + 1;
    let rows = sqlx::query!(
        r#"SELECT ordinal, breaker, at, what AS "what: Word<BreakerHappening>",
                  state_before AS "state_before: Word<BreakerState>", state_after AS "state_after: Word<BreakerState>",
                  cause AS "cause: Word<BreakerCause>", until, actor, reason, correlation_id
           FROM breaker_events WHERE breaker = ?1 AND ordinal < ?2 ORDER BY ordinal DESC LIMIT ?3"#,
        breaker,
        before,
        more
    );
    let mut rows = rows.fetch_all(conn).await?;
    let limit = usize::try_from(limit).unwrap_or(1);
    let is_more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| is_more).map(|row| row.ordinal.to_string());
    let items = rows.into_iter().map(|row| BreakerEvent {
        seq: unsigned(row.ordinal),
        breaker: row.breaker,
        at: Timestamp::from_millis(row.at),
        what: row.what.0,
        from: row.state_before.0,
        to: row.state_after.0,
        cause: row.cause.map(|cause| cause.0),
        until: row.until.map(Timestamp::from_millis),
        actor: row.actor,
        reason: row.reason,
        correlation_id: row.correlation_id.map(Into::into),
    });
    Ok(Page { items: items.collect(), next })
}
