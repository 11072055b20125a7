//! Sums over the steps of a run. They are computed anew by each change of the run rather than counted up and down, so
//! that no sequence of changes can make them drift from the steps.

use crate::Error;
use domain::RunId;
use sqlx::SqliteConnection;

/// Sums over the steps of a run, and the step that explains them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) total: i64,
    pub(crate) queued: i64,
    /// Of the queued ones, those that only lack a slot.
    pub(crate) ready: i64,
    pub(crate) running: i64,
    pub(crate) waiting: i64,
    pub(crate) succeeded: i64,
    pub(crate) critical_failed: i64,
    pub(crate) warned: i64,
    pub(crate) cancelled: i64,
    pub(crate) skipped: i64,
    pub(crate) open_gates: i64,
    pub(crate) most_attempts: i64,
    pub(crate) queued_ms: i64,
    pub(crate) running_ms: i64,
    pub(crate) retry_wait_ms: i64,
    pub(crate) breaker_wait_ms: i64,
    pub(crate) approval_ms: i64,
    pub(crate) input_tokens: i64,
    pub(crate) output_tokens: i64,
    pub(crate) cost_micro_usd: Option<i64>,
    pub(crate) current_step: Option<String>,
    pub(crate) failure: Option<String>,
}

/// Sums over the steps of a run as they are now.
pub(crate) async fn of(conn: &mut SqliteConnection, run: &RunId) -> Result<Sums, Error> {
    let id = run.as_str();
    let row = sqlx::query!(
        r#"SELECT count(*) AS "total!: i64",
                  coalesce(sum(status = 'queued'), 0) AS "queued!: i64",
                  coalesce(sum(status = 'queued' AND queued_at IS NOT NULL), 0) AS "ready!: i64",
                  coalesce(sum(status = 'running'), 0) AS "running!: i64",
                  coalesce(sum(status = 'waiting'), 0) AS "waiting!: i64",
                  coalesce(sum(status = 'succeeded'), 0) AS "succeeded!: i64",
                  coalesce(sum(status IN ('failed', 'timed_out', 'interrupted') AND severity = 'critical'), 0) AS "critical_failed!: i64",
                  coalesce(sum(status IN ('failed', 'timed_out', 'interrupted') AND severity = 'warning'), 0) AS "warned!: i64",
                  coalesce(sum(status = 'cancelled'), 0) AS "cancelled!: i64",
                  coalesce(sum(status = 'skipped'), 0) AS "skipped!: i64",
                  coalesce(sum(coalesce(waiting_for = 'approval', 0)), 0) AS "open_gates!: i64",
                  coalesce(max(attempts), 0) AS "most_attempts!: i64",
                  coalesce(sum(queued_ms), 0) AS "queued_ms!: i64",
                  coalesce(sum(running_ms), 0) AS "running_ms!: i64",
                  coalesce(sum(retry_wait_ms), 0) AS "retry_wait_ms!: i64",
                  coalesce(sum(breaker_wait_ms), 0) AS "breaker_wait_ms!: i64",
                  coalesce(sum(approval_ms), 0) AS "approval_ms!: i64",
                  coalesce(sum(input_tokens), 0) AS "input_tokens!: i64",
                  coalesce(sum(output_tokens), 0) AS "output_tokens!: i64",
                  sum(cost_micro_usd) AS "cost_micro_usd: i64"
           FROM steps WHERE run_id = ?1 LIMIT 1"#,
        id
    )
    .fetch_one(&mut *conn)
    .await?;
    let mut sums = Sums {
        total: row.total,
        queued: row.queued,
        ready: row.ready,
        running: row.running,
        waiting: row.waiting,
        succeeded: row.succeeded,
        critical_failed: row.critical_failed,
        warned: row.warned,
        cancelled: row.cancelled,
        skipped: row.skipped,
        open_gates: row.open_gates,
        most_attempts: row.most_attempts,
        queued_ms: row.queued_ms,
        running_ms: row.running_ms,
        retry_wait_ms: row.retry_wait_ms,
        breaker_wait_ms: row.breaker_wait_ms,
        approval_ms: row.approval_ms,
        input_tokens: row.input_tokens,
        output_tokens: row.output_tokens,
        cost_micro_usd: row.cost_micro_usd,
        current_step: None,
        failure: None,
    };
    if sums.critical_failed + sums.running + sums.waiting + sums.ready > 0 {
        explain(conn, id, &mut sums).await?;
    }
    Ok(sums)
}

/// Names the step that explains the run: the first critical one that ended badly, or the one that is worked on, is
/// waited for, or comes next.
async fn explain(conn: &mut SqliteConnection, run: &str, sums: &mut Sums) -> Result<(), Error> {
    let row = sqlx::query!(
        r#"SELECT name, failure, (status IN ('failed', 'timed_out', 'interrupted')) AS "bad!: bool"
           FROM steps
           WHERE run_id = ?1
             AND (status IN ('running', 'waiting')
                  OR (status = 'queued' AND queued_at IS NOT NULL)
                  OR (severity = 'critical' AND status IN ('failed', 'timed_out', 'interrupted')))
           ORDER BY CASE status WHEN 'running' THEN 1 WHEN 'waiting' THEN 2 WHEN 'queued' THEN 3 ELSE 0 END,
                    CASE WHEN status IN ('failed', 'timed_out', 'interrupted') THEN ended_at END, position
           LIMIT 1"#,
        run
    )
    .fetch_optional(conn)
    .await?;
    if let Some(row) = row {
        sums.current_step = Some(row.name);
        sums.failure = row.failure.filter(|_| row.bad);
    }
    Ok(())
}
