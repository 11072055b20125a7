//! `events`: what happened, numbered within the run and positioned in the feed of all runs.

use super::super::column::{Document, Word, document, signed, small, unsigned};
use crate::{Error, accounts::Scope};
use domain::{Event, EventKind, EventSource, RunId, Timestamp};
use serde_json::{Map, Value};
use sqlx::{SqliteConnection, SqliteExecutor};

struct Row {
    position: i64,
    run_id: String,
    seq: i64,
    at: i64,
    kind: Word<EventKind>,
    step_id: Option<String>,
    step: Option<String>,
    attempt: Option<i64>,
    actor: Option<String>,
    correlation_id: Option<String>,
    data: Document<Map<String, Value>>,
}

impl From<Row> for (u64, Event) {
    fn from(row: Row) -> Self {
        let event = Event {
            run_id: row.run_id.into(),
            seq: unsigned(row.seq),
            at: Timestamp::from_millis(row.at),
            kind: row.kind.0,
            step_id: row.step_id.map(Into::into),
            step: row.step,
            attempt: row.attempt.map(small),
            actor: row.actor,
            correlation_id: row.correlation_id.map(Into::into),
            data: row.data.0,
            source: EventSource::Told,
        };
        (unsigned(row.position), event)
    }
}

/// Adds events of one run in one statement and answers the position of the first; the others follow without a gap.
pub(crate) async fn insert_all(conn: &mut SqliteConnection, run: &RunId, events: &[Event]) -> Result<u64, Error> {
    let rows: Vec<_> = events
        .iter()
        .map(|event| {
            (
                (event.seq, event.at.as_millis(), event.kind, &event.step_id, &event.step),
                (event.attempt, &event.actor, &event.correlation_id, &event.data),
            )
        })
        .collect();
    let (id, rows) = (run.as_str(), document(&rows)?);
    let inserted = sqlx::query!(
        "INSERT INTO events (run_id, seq, at, kind, step_id, step, attempt, actor, correlation_id, data)
         SELECT ?1, value->>'$[0][0]', value->>'$[0][1]', value->>'$[0][2]', value->>'$[0][3]', value->>'$[0][4]',
             value->>'$[1][0]', value->>'$[1][1]', value->>'$[1][2]', value->>'$[1][3]'
         FROM json_each(?2) ORDER BY key",
        id,
        rows
    )
    .execute(conn)
    .await?;
    Ok(unsigned(inserted.last_insert_rowid() - signed(events.len()) + 1))
}

/// Events of one run after a sequence number, oldest first, with their positions.
pub(crate) async fn of_run(
    conn: impl SqliteExecutor<'_>,
    run: &RunId,
    after: u64,
    limit: u32,
) -> Result<Vec<(u64, Event)>, Error> {
    let (id, after) = (run.as_str(), signed(after));
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT position, run_id, seq, at, kind AS "kind: Word<EventKind>", step_id, step, attempt, actor, correlation_id,
                  data AS "data: Document<Map<String, Value>>"
           FROM events WHERE run_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3"#,
        id,
        after,
        limit
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(Into::into).collect())
}

/// Events of the runs of these teams after a position, oldest first.
pub(crate) async fn after(
    conn: impl SqliteExecutor<'_>,
    scope: &Scope,
    position: u64,
    limit: u32,
) -> Result<Vec<(u64, Event)>, Error> {
    let (position, teams) = (signed(position), scope.filter());
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT position, run_id, seq, at, kind AS "kind: Word<EventKind>", step_id, step, attempt, actor, correlation_id,
                  data AS "data: Document<Map<String, Value>>"
           FROM events WHERE position > ?1 AND (?3 IS NULL OR EXISTS
               (SELECT 1 FROM runs WHERE runs.id = run_id AND team IN (SELECT value FROM json_each(?3))))
           ORDER BY position LIMIT ?2"#,
        position,
        limit,
        teams
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(Into::into).collect())
}

/// Position of the newest event; 0 if there is none.
pub(crate) async fn last_position(conn: impl SqliteExecutor<'_>) -> Result<u64, Error> {
    let last = sqlx::query_scalar!(r#"SELECT coalesce(max(position), 0) AS "last!: i64" FROM events LIMIT 1"#);
    Ok(unsigned(last.fetch_one(conn).await?))
}

/// How many attempts a step had when it was last retried by a person; 0 if it never was.
pub(crate) async fn last_retry(conn: &mut SqliteConnection, run: &str, step: &str) -> Result<i64, Error> {
    let attempts = sqlx::query_scalar!(
        r#"SELECT coalesce(max(attempt), 0) AS "attempts!: i64" FROM events
           WHERE run_id = ?1 AND step_id = ?2 AND kind = 'step.retried' LIMIT 1"#,
        run,
        step
    );
    Ok(attempts.fetch_one(conn).await?)
}
