//! `runs`: one row for each run, with the sums over its steps that lists show.

use super::{super::column::Word, step_sums::Sums};
use crate::{Error, store::NewRecord};
use domain::{RunId, RunStatus, TeamId, Timestamp};
use sqlx::{SqliteConnection, SqliteExecutor};

/// What a change needs to know of a run.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) status: Word<RunStatus>,
    pub(crate) cancel_requested: bool,
    pub(crate) started_at: Option<i64>,
    pub(crate) ended_at: Option<i64>,
    pub(crate) last_seq: i64,
    pub(crate) last_log_seq: i64,
    pub(crate) generation: i64,
    pub(crate) correlation_id: String,
    pub(crate) team: String,
}

/// What a change needs to know of a run, if it exists.
pub(crate) async fn head(conn: impl SqliteExecutor<'_>, run: &RunId) -> Result<Option<Head>, Error> {
    let id = run.as_str();
    let head = sqlx::query_as!(
        Head,
        r#"SELECT status AS "status: Word<RunStatus>", cancel_requested AS "cancel_requested: bool", started_at, ended_at,
                  last_seq, last_log_seq, generation, correlation_id, team
           FROM runs WHERE id = ?1 LIMIT 1"#,
        id
    );
    Ok(head.fetch_optional(conn).await?)
}

/// Adds a run without steps.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    new: &NewRecord,
    metadata: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let (id, now) = (new.run.as_str(), now.as_millis());
    let (template, actor, correlation) = (&new.template, new.act.caller.actor(), new.act.correlation_id.as_str());
    let (goal, team) = (&new.plan.goal, new.team.as_str());
    sqlx::query!(
        "INSERT INTO runs (id, status, created_at, changed_at, template, requested_by, correlation_id, goal, metadata, team)
         VALUES (?1, 'queued', ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        id,
        now,
        template,
        actor,
        correlation,
        goal,
        metadata,
        team
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes where a run stands, with the sums over its steps.
pub(crate) async fn save(
    conn: &mut SqliteConnection,
    run: &RunId,
    head: &Head,
    sums: &Sums,
    now: Timestamp,
) -> Result<(), Error> {
    let (id, now, status) = (run.as_str(), now.as_millis(), head.status.0.as_str());
    let failed = sums.critical_failed + sums.warned;
    let not_run = sums.cancelled + sums.skipped;
    sqlx::query!(
        "UPDATE runs SET status = ?2, cancel_requested = ?3, started_at = ?4, ended_at = ?5, changed_at = ?6, last_seq = ?7,
             generation = ?8, steps_total = ?9, steps_queued = ?10, steps_running = ?11, steps_waiting = ?12,
             steps_succeeded = ?13, steps_failed = ?14, steps_not_run = ?15, warnings = ?16, open_gates = ?17,
             most_attempts = ?18, queued_ms = ?19, running_ms = ?20, retry_wait_ms = ?21, breaker_wait_ms = ?22,
             approval_ms = ?23, input_tokens = ?24, output_tokens = ?25, cost_micro_usd = ?26, current_step = ?27,
             failure = ?28
         WHERE id = ?1",
        id,
        status,
        head.cancel_requested,
        head.started_at,
        head.ended_at,
        now,
        head.last_seq,
        head.generation,
        sums.total,
        sums.queued,
        sums.running,
        sums.waiting,
        sums.succeeded,
        failed,
        not_run,
        sums.warned,
        sums.open_gates,
        sums.most_attempts,
        sums.queued_ms,
        sums.running_ms,
        sums.retry_wait_ms,
        sums.breaker_wait_ms,
        sums.approval_ms,
        sums.input_tokens,
        sums.output_tokens,
        sums.cost_micro_usd,
        sums.current_step,
        sums.failure
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Reserves `count` log numbers of a run; answers the last one used before, and the team of the run.
pub(crate) async fn advance_log(
    conn: &mut SqliteConnection,
    run: &RunId,
    count: i64,
) -> Result<Option<(i64, String)>, Error> {
    let id = run.as_str();
    let last = sqlx::query!(
        "UPDATE runs SET last_log_seq = last_log_seq + ?2 WHERE id = ?1 RETURNING last_log_seq, team",
        id,
        count
    );
    Ok(last.fetch_optional(conn).await?.map(|row| (row.last_log_seq - count, row.team)))
}

/// The team of a run.
pub(crate) async fn team(conn: impl SqliteExecutor<'_>, run: &str) -> Result<Option<TeamId>, Error> {
    let team = sqlx::query_scalar!("SELECT team FROM runs WHERE id = ?1 LIMIT 1", run);
    Ok(team.fetch_optional(conn).await?.map(TeamId::from))
}

/// Runs that have not ended, oldest first.
pub(crate) async fn open(conn: impl SqliteExecutor<'_>) -> Result<Vec<RunId>, Error> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM runs WHERE status IN ('queued', 'running', 'waiting') ORDER BY ordinal LIMIT 1000000"
    );
    Ok(ids.fetch_all(conn).await?.into_iter().map(RunId::from).collect())
}
