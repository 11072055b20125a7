//! `runs` and `steps` as readers see them: the list, newest first, and one run with all of its steps.

use super::super::column::{Document, Word, small, unsigned};
use super::{attempts, gates};
use crate::Error;
use domain::{
    Attempt, Failure, Gate, OnRestart, RetryPolicy, Run, RunId, RunStatus, RunSummary, Severity, Step, StepCounts,
    StepStatus, TeamId, TimeSpent, Timestamp, Usage, WaitingFor,
};
use serde_json::{Map, Value, json};
use sqlx::{SqliteConnection, SqliteExecutor};
use std::collections::HashMap;

/// Outputs that a run shows in all, in characters of JSON: what reads a run must be able to hold it.
const OUTPUTS: i64 = 4 * 1024 * 1024;

/// What stands for an output beyond that. Steps that depend on it are still given the whole of it.
fn left_out(length: i64) -> Value {
    json!({ "omitted": format!("{length} characters, left out because the outputs of this run are too large to be shown in all") })
}

/// A row of the list.
pub(crate) struct Row {
    pub(crate) ordinal: i64,
    id: String,
    goal: String,
    status: Word<RunStatus>,
    template: Option<String>,
    requested_by: String,
    created_at: i64,
    started_at: Option<i64>,
    ended_at: Option<i64>,
    changed_at: i64,
    last_seq: i64,
    last_log_seq: i64,
    generation: i64,
    correlation_id: String,
    steps_total: i64,
    steps_queued: i64,
    steps_running: i64,
    steps_waiting: i64,
    steps_succeeded: i64,
    steps_failed: i64,
    steps_not_run: i64,
    current_step: Option<String>,
    failure: Option<Document<Failure>>,
    warnings: i64,
    open_gates: i64,
    most_attempts: i64,
    queued_ms: i64,
    running_ms: i64,
    retry_wait_ms: i64,
    breaker_wait_ms: i64,
    approval_ms: i64,
    input_tokens: i64,
    output_tokens: i64,
    cost_micro_usd: Option<i64>,
}

impl From<Row> for RunSummary {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.into(),
            goal: row.goal,
            status: row.status.0,
            template: row.template,
            requested_by: Some(row.requested_by),
            created_at: Timestamp::from_millis(row.created_at),
            started_at: row.started_at.map(Timestamp::from_millis),
            ended_at: row.ended_at.map(Timestamp::from_millis),
            changed_at: Timestamp::from_millis(row.changed_at),
            last_seq: unsigned(row.last_seq),
            last_log_seq: unsigned(row.last_log_seq),
            generation: small(row.generation),
            correlation_id: Some(row.correlation_id.into()),
            step_counts: StepCounts {
                total: small(row.steps_total),
                queued: small(row.steps_queued),
                running: small(row.steps_running),
                waiting: small(row.steps_waiting),
                succeeded: small(row.steps_succeeded),
                failed: small(row.steps_failed),
                not_run: small(row.steps_not_run),
            },
            current_step: row.current_step,
            failure: row.failure.map(|failure| failure.0),
            warnings: small(row.warnings),
            open_gates: small(row.open_gates),
            most_attempts: small(row.most_attempts),
            time_spent: TimeSpent {
                queued_ms: unsigned(row.queued_ms),
                running_ms: unsigned(row.running_ms),
                retry_wait_ms: unsigned(row.retry_wait_ms),
                breaker_wait_ms: unsigned(row.breaker_wait_ms),
                approval_ms: unsigned(row.approval_ms),
            },
            usage: Usage {
                input_tokens: unsigned(row.input_tokens),
                output_tokens: unsigned(row.output_tokens),
                cost_micro_usd: row.cost_micro_usd.map(unsigned),
            },
        }
    }
}

/// Rows of the list that a condition holds for.
macro_rules! rows {
    ($condition:tt, $($value:expr),+) => {
        sqlx::query_as!(
            Row,
            r#"SELECT ordinal, id, goal, status AS "status: Word<RunStatus>", template, requested_by, created_at, started_at,
                      ended_at, changed_at, last_seq, last_log_seq, generation, correlation_id, steps_total, steps_queued,
                      steps_running, steps_waiting, steps_succeeded, steps_failed, steps_not_run, current_step,
                      failure AS "failure: Document<Failure>", warnings, open_gates, most_attempts, queued_ms, running_ms,
                      retry_wait_ms, breaker_wait_ms, approval_ms, input_tokens, output_tokens, cost_micro_usd
               FROM runs WHERE ordinal < ?1 "# + $condition + " ORDER BY ordinal DESC LIMIT ?2",
            $($value),+
        )
    };
}

/// Runs with ordinals below `before`, newest first; only those of a team and in a state, where these are given.
pub(crate) async fn page(
    conn: impl SqliteExecutor<'_>,
    (team, status): (Option<&TeamId>, Option<RunStatus>),
    before: i64,
    limit: i64,
) -> Result<Vec<Row>, Error> {
    let rows = match (team.map(TeamId::as_str), status.map(RunStatus::as_str)) {
        (None, None) => rows!("", before, limit).fetch_all(conn).await?,
        (None, Some(status)) => rows!("AND status = ?3", before, limit, status).fetch_all(conn).await?,
        (Some(team), None) => rows!("AND team = ?3", before, limit, team).fetch_all(conn).await?,
        (Some(team), Some(status)) => {
            rows!("AND team = ?3 AND status = ?4", before, limit, team, status).fetch_all(conn).await?
        }
    };
    Ok(rows)
}

/// How many runs are in each state; states without a run are left out.
pub(crate) async fn counts(conn: impl SqliteExecutor<'_>) -> Result<Vec<(RunStatus, u64)>, Error> {
    let rows = sqlx::query!(
        r#"SELECT status AS "status: Word<RunStatus>", COUNT(*) AS "count!: i64" FROM runs GROUP BY status LIMIT 100"#
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.status.0, unsigned(row.count))).collect())
}

/// One run with its steps, all read in one snapshot.
pub(crate) async fn whole(conn: &mut SqliteConnection, run: &RunId) -> Result<Option<Run>, Error> {
    let id = run.as_str();
    let place = sqlx::query!(
        "SELECT ordinal, metadata AS \"metadata: Document<Map<String, Value>>\" FROM runs WHERE id = ?1 LIMIT 1",
        id
    );
    let Some(place) = place.fetch_optional(&mut *conn).await? else {
        return Ok(None);
    };
    let Some(summary) = exactly(&mut *conn, place.ordinal).await? else {
        return Ok(None);
    };
    let mut attempts: HashMap<String, Vec<Attempt>> = HashMap::new();
    for (step, attempt) in attempts::of_run(&mut *conn, run).await? {
        attempts.entry(step).or_default().push(attempt);
    }
    let gates: HashMap<String, Gate> = gates::of_run(&mut *conn, run).await?.into_iter().collect();
    let steps = steps(conn, id, attempts, gates).await?;
    Ok(Some(Run { summary, metadata: place.metadata.0, steps }))
}

async fn exactly(conn: &mut SqliteConnection, ordinal: i64) -> Result<Option<RunSummary>, Error> {
    let rows = page(conn, (None, None), ordinal + 1, 1).await?;
    Ok(rows.into_iter().find(|row| row.ordinal == ordinal).map(Into::into))
}

async fn steps(
    conn: &mut SqliteConnection,
    run: &str,
    mut attempts: HashMap<String, Vec<Attempt>>,
    mut gates: HashMap<String, Gate>,
) -> Result<Vec<Step>, Error> {
    let rows = sqlx::query!(
        r#"SELECT id, name, tool, status AS "status: Word<StepStatus>", severity AS "severity: Word<Severity>",
                  depends_on AS "depends_on: Document<Vec<String>>", on_restart AS "on_restart: Word<OnRestart>", max_attempts,
                  delay_ms, max_delay_ms, timeout_ms, inputs AS "inputs: Document<Map<String, Value>>",
                  CASE WHEN sum(length(output)) OVER (ORDER BY position) <= ?2 THEN output END AS "output: Document<Value>",
                  length(output) AS "output_length: i64", queued_at, started_at, ended_at,
                  waiting_for AS "waiting_for: Word<WaitingFor>", waiting_until, failure AS "failure: Document<Failure>"
           FROM steps WHERE run_id = ?1 ORDER BY position LIMIT 1000"#,
        run,
        OUTPUTS
    )
    .fetch_all(conn)
    .await?;
    let steps = rows.into_iter().map(|row| Step {
        attempts: attempts.remove(&row.id).unwrap_or_default(),
        gate: gates.remove(&row.id),
        id: row.id.into(),
        name: row.name,
        tool: row.tool,
        breaker: None,
        status: row.status.0,
        severity: row.severity.0,
        depends_on: row.depends_on.0,
        on_restart: row.on_restart.0,
        retry: RetryPolicy {
            max_attempts: small(row.max_attempts),
            delay_ms: unsigned(row.delay_ms),
            max_delay_ms: unsigned(row.max_delay_ms),
        },
        timeout_ms: row.timeout_ms.map(unsigned),
        inputs: row.inputs.0,
        output: row.output.map(|output| output.0).or_else(|| row.output_length.map(left_out)),
        queued_at: row.queued_at.map(Timestamp::from_millis),
        started_at: row.started_at.map(Timestamp::from_millis),
        ended_at: row.ended_at.map(Timestamp::from_millis),
        waiting_for: row.waiting_for.map(|reason| reason.0),
        waiting_until: row.waiting_until.map(Timestamp::from_millis),
        failure: row.failure.map(|failure| failure.0),
    });
    Ok(steps.collect())
}
