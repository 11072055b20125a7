//! `dependencies`: the edges between steps, and the questions that only the graph can answer.

use super::super::column::document;
use crate::Error;
use domain::{Plan, RunId, StepId, StepStatus, Timestamp};
use sqlx::SqliteConnection;
use std::collections::HashMap;

/// Adds every edge of a plan in one statement; its steps have the ordinals from `first` on.
pub(crate) async fn insert_all(conn: &mut SqliteConnection, plan: &Plan, first: i64) -> Result<(), Error> {
    let ordinals: HashMap<&str, i64> = plan.steps.iter().map(|step| step.name.as_str()).zip(first..).collect();
    let mut edges = Vec::new();
    for (step, ordinal) in plan.steps.iter().zip(first..) {
        edges.extend(
            step.depends_on.iter().filter_map(|name| ordinals.get(name.as_str())).map(|needs| (ordinal, needs)),
        );
    }
    if edges.is_empty() {
        return Ok(());
    }
    let edges = document(&edges)?;
    sqlx::query!(
        "INSERT OR IGNORE INTO dependencies (step, needs) SELECT value->>0, value->>1 FROM json_each(?1)",
        edges
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Queued steps that depend on this one and whose dependencies now all let them go on.
pub(crate) async fn released_by(conn: &mut SqliteConnection, step: i64) -> Result<Vec<i64>, Error> {
    let released = sqlx::query_scalar!(
        "SELECT s.ordinal FROM dependencies d JOIN steps s ON s.ordinal = d.step
         WHERE d.needs = ?1 AND s.status = 'queued' AND s.queued_at IS NULL
           AND NOT EXISTS (
               SELECT 1 FROM dependencies e JOIN steps n ON n.ordinal = e.needs
               WHERE e.step = s.ordinal AND NOT (n.status = 'succeeded'
                   OR (n.severity = 'warning' AND n.status IN ('failed', 'timed_out', 'interrupted'))))
         ORDER BY s.position LIMIT 1000",
        step
    );
    Ok(released.fetch_all(conn).await?)
}

/// Queued steps of a run that are not marked as ready although nothing holds them.
pub(crate) async fn releasable(conn: &mut SqliteConnection, run: &RunId) -> Result<Vec<i64>, Error> {
    let run = run.as_str();
    let released = sqlx::query_scalar!(
        "SELECT s.ordinal FROM steps s
         WHERE s.run_id = ?1 AND s.status = 'queued' AND s.queued_at IS NULL
           AND NOT EXISTS (
               SELECT 1 FROM dependencies e JOIN steps n ON n.ordinal = e.needs
               WHERE e.step = s.ordinal AND NOT (n.status = 'succeeded'
                   OR (n.severity = 'warning' AND n.status IN ('failed', 'timed_out', 'interrupted'))))
         ORDER BY s.position LIMIT 1000",
        run
    );
    Ok(released.fetch_all(conn).await?)
}

/// Marks every queued step that depends on this one, directly or not, as skipped; answers their ids and names.
pub(crate) async fn skip_below(
    conn: &mut SqliteConnection,
    step: i64,
    now: Timestamp,
) -> Result<Vec<(StepId, String)>, Error> {
    let now = now.as_millis();
    let skipped = sqlx::query!(
        r#"WITH RECURSIVE below (ordinal) AS (
               SELECT step FROM dependencies WHERE needs = ?1
               UNION SELECT d.step FROM dependencies d JOIN below b ON d.needs = b.ordinal)
           UPDATE steps SET status = 'skipped', since = ?2, ended_at = ?2
           WHERE ordinal IN (SELECT ordinal FROM below) AND status = 'queued' AND queued_at IS NULL
           RETURNING id AS "id!: String", name AS "name!: String", position AS "position!: i64""#,
        step,
        now
    );
    let mut skipped = skipped.fetch_all(conn).await?;
    skipped.sort_by_key(|row| row.position);
    Ok(skipped.into_iter().map(|row| (row.id.into(), row.name)).collect())
}

/// Puts skipped steps of a run back to queued, unless another bad end still stands in their way; answers their ids and
/// names.
///
/// Each pass frees the skipped steps none of whose dependencies is over without letting go on; freed steps can free
/// others, so it repeats until a pass frees none. There are at most as many passes as the graph has layers.
pub(crate) async fn unskip(
    conn: &mut SqliteConnection,
    run: &RunId,
    now: Timestamp,
) -> Result<Vec<(StepId, String)>, Error> {
    let (run, now) = (run.as_str(), now.as_millis());
    let mut freed = Vec::new();
    loop {
        let pass = sqlx::query!(
            r#"UPDATE steps SET status = 'queued', since = ?2, ended_at = NULL, queued_at = NULL
               WHERE run_id = ?1 AND status = 'skipped' AND NOT EXISTS (
                   SELECT 1 FROM dependencies e JOIN steps n ON n.ordinal = e.needs
                   WHERE e.step = steps.ordinal AND (n.status IN ('skipped', 'cancelled')
                       OR (n.severity = 'critical' AND n.status IN ('failed', 'timed_out', 'interrupted'))))
               RETURNING id AS "id!: String", name AS "name!: String", position AS "position!: i64""#,
            run,
            now
        );
        let mut changed = pass.fetch_all(&mut *conn).await?;
        if changed.is_empty() {
            return Ok(freed);
        }
        changed.sort_by_key(|row| row.position);
        freed.extend(changed.into_iter().map(|row| (StepId::from(row.id), row.name)));
    }
}

/// Names and outputs of the steps that this one depends on and that ended well.
pub(crate) async fn upstream(conn: &mut SqliteConnection, step: i64) -> Result<Vec<(String, String)>, Error> {
    let succeeded = StepStatus::Succeeded.as_str();
    let rows = sqlx::query!(
        r#"SELECT n.name, n.output AS "output!: String" FROM dependencies d JOIN steps n ON n.ordinal = d.needs
           WHERE d.step = ?1 AND n.status = ?2 AND n.output IS NOT NULL LIMIT 1000"#,
        step,
        succeeded
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.name, row.output)).collect())
}
