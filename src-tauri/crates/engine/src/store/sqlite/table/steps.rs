//! `steps`: one row for each step. A change loads a row, moves it through [`Row::enter`], and saves it.

use super::super::column::{Document, Word, document, signed, unsigned, word};
use crate::{
    Error,
    accounts::Scope,
    store::{Conduct, NewRecord, StepFacts, Work},
};
use domain::{OnRestart, RunId, Severity, StepId, StepStatus, Timestamp, Usage, WaitingFor};
use serde_json::{Map, Value, json};
use sqlx::{SqliteConnection, SqliteExecutor};

/// The part of a step that changes read or write; payloads are read and written apart.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) ordinal: i64,
    pub(crate) id: String,
    pub(crate) run_id: String,
    pub(crate) name: String,
    pub(crate) tool: String,
    pub(crate) kind: String,
    pub(crate) status: Word<StepStatus>,
    pub(crate) severity: Word<Severity>,
    pub(crate) on_restart: Word<OnRestart>,
    pub(crate) max_attempts: i64,
    pub(crate) delay_ms: i64,
    pub(crate) max_delay_ms: i64,
    pub(crate) timeout_ms: Option<i64>,
    pub(crate) attempts: i64,
    pub(crate) attempts_allowed: i64,
    pub(crate) since: i64,
    pub(crate) queued_at: Option<i64>,
    pub(crate) started_at: Option<i64>,
    pub(crate) ended_at: Option<i64>,
    pub(crate) waiting_for: Option<Word<WaitingFor>>,
    pub(crate) waiting_until: Option<i64>,
    pub(crate) queued_ms: i64,
    pub(crate) running_ms: i64,
    pub(crate) retry_wait_ms: i64,
    pub(crate) breaker_wait_ms: i64,
    pub(crate) approval_ms: i64,
    pub(crate) input_tokens: i64,
    pub(crate) output_tokens: i64,
    pub(crate) cost_micro_usd: Option<i64>,
    pub(crate) pause_ms: Option<i64>,
    pub(crate) question: Option<String>,
    pub(crate) failure: Option<String>,
}

impl Row {
    /// The step's id.
    pub(crate) fn step_id(&self) -> StepId {
        StepId::new(&*self.id)
    }

    /// Moves the step to another state and books the time spent in the one it leaves.
    pub(crate) fn enter(&mut self, status: StepStatus, now: Timestamp) {
        let spent = signed(now.since(Timestamp::from_millis(self.since)).as_millis());
        let account = match (self.status.0, self.waiting_for) {
            (StepStatus::Queued, _) if self.queued_at.is_some() => Some(&mut self.queued_ms),
            // Time that a `wait` was asked to let pass is the work of that step.
            (StepStatus::Running, _) | (StepStatus::Waiting, Some(Word(WaitingFor::Time))) => {
                Some(&mut self.running_ms)
            }
            (StepStatus::Waiting, Some(Word(WaitingFor::Retry))) => Some(&mut self.retry_wait_ms),
            (StepStatus::Waiting, Some(Word(WaitingFor::Breaker))) => Some(&mut self.breaker_wait_ms),
            (StepStatus::Waiting, Some(Word(WaitingFor::Approval))) => Some(&mut self.approval_ms),
            _ => None,
        };
        if let Some(account) = account {
            *account = account.saturating_add(spent);
        }
        self.status = Word(status);
        self.since = now.as_millis();
        self.waiting_for = None;
        self.waiting_until = None;
        self.ended_at = status.is_terminal().then(|| now.as_millis());
    }

    /// Moves the step into waiting.
    pub(crate) fn wait(&mut self, reason: WaitingFor, until: Option<Timestamp>, now: Timestamp) {
        self.enter(StepStatus::Waiting, now);
        self.waiting_for = Some(Word(reason));
        self.waiting_until = until.map(Timestamp::as_millis);
    }

    /// Adds what an attempt used.
    pub(crate) fn add_usage(&mut self, usage: &Usage) {
        self.input_tokens = self.input_tokens.saturating_add(signed(usage.input_tokens));
        self.output_tokens = self.output_tokens.saturating_add(signed(usage.output_tokens));
        if let Some(cost) = usage.cost_micro_usd {
            self.cost_micro_usd = Some(self.cost_micro_usd.unwrap_or(0).saturating_add(signed(cost)));
        }
    }

    /// Whether what depends on the step may go on.
    pub(crate) fn lets_go_on(&self) -> bool {
        self.status.0 == StepStatus::Succeeded || (self.status.0.is_failure() && self.severity.0 == Severity::Warning)
    }
}

/// One step, by its ordinal.
pub(crate) async fn by_ordinal(conn: &mut SqliteConnection, ordinal: i64) -> Result<Row, Error> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT ordinal, id, run_id, name, tool, kind, status AS "status: Word<StepStatus>",
                  severity AS "severity: Word<Severity>", on_restart AS "on_restart: Word<OnRestart>", max_attempts,
                  delay_ms, max_delay_ms, timeout_ms, attempts, attempts_allowed, since, queued_at, started_at, ended_at,
                  waiting_for AS "waiting_for: Word<WaitingFor>", waiting_until, queued_ms, running_ms, retry_wait_ms,
                  breaker_wait_ms, approval_ms, input_tokens, output_tokens, cost_micro_usd, pause_ms, question, failure
           FROM steps WHERE ordinal = ?1 LIMIT 1"#,
        ordinal
    );
    Ok(row.fetch_one(conn).await?)
}

/// Ordinal of a step, by its id.
pub(crate) async fn ordinal(conn: &mut SqliteConnection, step: &StepId) -> Result<Option<i64>, Error> {
    let id = step.as_str();
    Ok(sqlx::query_scalar!("SELECT ordinal FROM steps WHERE id = ?1 LIMIT 1", id).fetch_optional(conn).await?)
}

/// Ordinal of a step of a run, by its id or its name. An id wins over another step's name.
pub(crate) async fn named(conn: &mut SqliteConnection, run: &RunId, step: &str) -> Result<i64, Error> {
    let id = run.as_str();
    let found = sqlx::query_scalar!(
        "SELECT ordinal FROM steps WHERE run_id = ?1 AND (id = ?2 OR name = ?2) ORDER BY id = ?2 DESC LIMIT 1",
        id,
        step
    );
    found.fetch_optional(conn).await?.ok_or_else(|| Error::NotFound { what: format!("step {step} of {run}") })
}

/// Lets the steps that a breaker holds be tried now; says how many these are.
pub(crate) async fn hasten_held(conn: &mut SqliteConnection, breaker: &str, now: Timestamp) -> Result<u64, Error> {
    let now = now.as_millis();
    let hastened = sqlx::query!(
        "UPDATE steps SET waiting_until = ?2
         WHERE status = 'waiting' AND waiting_until > ?2 AND waiting_for = 'breaker' AND ?1 = (
             SELECT breaker FROM attempts WHERE step_id = steps.id AND number = steps.attempts)",
        breaker,
        now
    );
    Ok(hastened.execute(conn).await?.rows_affected())
}

/// What a step calls, by its id or its name.
pub(crate) async fn facts(conn: impl SqliteExecutor<'_>, run: &RunId, step: &str) -> Result<Option<StepFacts>, Error> {
    let id = run.as_str();
    let row = sqlx::query!(
        r#"SELECT id, tool, timeout_ms, depends_on AS "depends_on: Document<Vec<String>>"
           FROM steps WHERE run_id = ?1 AND (id = ?2 OR name = ?2) ORDER BY id = ?2 DESC LIMIT 1"#,
        id,
        step
    );
    Ok(row.fetch_optional(conn).await?.map(|row| StepFacts {
        id: row.id.into(),
        tool: row.tool,
        timeout_ms: row.timeout_ms.map(unsigned),
        depends_on: row.depends_on.0,
    }))
}

/// Ordinals of the steps of a run in one state, in the order of the plan.
pub(crate) async fn in_state(conn: &mut SqliteConnection, run: &RunId, status: StepStatus) -> Result<Vec<i64>, Error> {
    let (id, status) = (run.as_str(), status.as_str());
    let found = sqlx::query_scalar!(
        "SELECT ordinal FROM steps WHERE run_id = ?1 AND status = ?2 ORDER BY position LIMIT 1000",
        id,
        status
    );
    Ok(found.fetch_all(conn).await?)
}

/// Writes a step back.
pub(crate) async fn save(conn: &mut SqliteConnection, step: &Row) -> Result<(), Error> {
    let status = step.status.0.as_str();
    let waiting_for = step.waiting_for.map(|Word(reason)| word(&reason)).transpose()?;
    sqlx::query!(
        "UPDATE steps SET kind = ?2, status = ?3, attempts = ?4, attempts_allowed = ?5, since = ?6, queued_at = ?7,
             started_at = ?8, ended_at = ?9, waiting_for = ?10, waiting_until = ?11, queued_ms = ?12, running_ms = ?13,
             retry_wait_ms = ?14, breaker_wait_ms = ?15, approval_ms = ?16, input_tokens = ?17, output_tokens = ?18,
             cost_micro_usd = ?19, pause_ms = ?20, question = ?21, failure = ?22
         WHERE ordinal = ?1",
        step.ordinal,
        step.kind,
        status,
        step.attempts,
        step.attempts_allowed,
        step.since,
        step.queued_at,
        step.started_at,
        step.ended_at,
        waiting_for,
        step.waiting_until,
        step.queued_ms,
        step.running_ms,
        step.retry_wait_ms,
        step.breaker_wait_ms,
        step.approval_ms,
        step.input_tokens,
        step.output_tokens,
        step.cost_micro_usd,
        step.pause_ms,
        step.question,
        step.failure
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What a step is given.
pub(crate) async fn inputs(conn: &mut SqliteConnection, ordinal: i64) -> Result<String, Error> {
    Ok(sqlx::query_scalar!("SELECT inputs FROM steps WHERE ordinal = ?1 LIMIT 1", ordinal).fetch_one(conn).await?)
}

/// Replaces what a step is given.
pub(crate) async fn set_inputs(
    conn: &mut SqliteConnection,
    ordinal: i64,
    inputs: &Map<String, Value>,
) -> Result<(), Error> {
    let inputs = document(inputs)?;
    sqlx::query!("UPDATE steps SET inputs = ?2 WHERE ordinal = ?1", ordinal, inputs).execute(conn).await?;
    Ok(())
}

/// Sets or clears what a step answered.
pub(crate) async fn set_output(conn: &mut SqliteConnection, ordinal: i64, output: Option<&Value>) -> Result<(), Error> {
    let output = output.map(document).transpose()?;
    sqlx::query!("UPDATE steps SET output = ?2 WHERE ordinal = ?1", ordinal, output).execute(conn).await?;
    Ok(())
}

/// How a step's conduct lies in its columns: kind, pause and question.
pub(crate) fn conduct_columns(conduct: &Conduct) -> (&'static str, Option<i64>, Option<&str>) {
    match conduct {
        Conduct::Execute => ("execute", None, None),
        Conduct::Ask { question, expires_in } => {
            ("approval", expires_in.map(|pause| signed(pause.as_millis())), Some(question))
        }
        Conduct::Pause { duration } => ("time", Some(signed(duration.as_millis())), None),
    }
}

/// Adds all steps of a run in one statement, and answers the ordinal of the first; the others follow without a gap.
pub(crate) async fn insert_all(conn: &mut SqliteConnection, new: &NewRecord, now: Timestamp) -> Result<i64, Error> {
    let mut rows = Vec::with_capacity(new.steps.len());
    for (step, extra) in new.plan.steps.iter().zip(&new.steps) {
        let (kind, pause_ms, question) = conduct_columns(&extra.conduct);
        rows.push(json!({
            "id": extra.id, "name": step.name, "tool": step.tool, "kind": kind, "severity": step.severity,
            "on_restart": step.on_restart, "max_attempts": step.retry.max_attempts, "delay_ms": step.retry.delay_ms,
            "max_delay_ms": step.retry.max_delay_ms, "timeout_ms": step.timeout_ms, "pause_ms": pause_ms,
            "question": question, "depends_on": step.depends_on, "inputs": step.inputs,
        }));
    }
    let (run, now, rows) = (new.run.as_str(), now.as_millis(), document(&rows)?);
    sqlx::query!(
        "INSERT INTO steps (run_id, since, position, status, id, name, tool, kind, severity, on_restart, max_attempts,
             attempts_allowed, delay_ms, max_delay_ms, timeout_ms, pause_ms, question, depends_on, inputs)
         SELECT ?1, ?2, key, 'queued', value->>'id', value->>'name', value->>'tool', value->>'kind', value->>'severity',
             value->>'on_restart', value->>'max_attempts', value->>'max_attempts', value->>'delay_ms',
             value->>'max_delay_ms', value->>'timeout_ms', value->>'pause_ms', value->>'question', value->>'depends_on',
             value->>'inputs'
         FROM json_each(?3) ORDER BY key",
        run,
        now,
        rows
    )
    .execute(&mut *conn)
    .await?;
    let first =
        sqlx::query_scalar!(r#"SELECT min(ordinal) AS "first!: i64" FROM steps WHERE run_id = ?1 LIMIT 1"#, run);
    Ok(first.fetch_one(conn).await?)
}

/// Ordinals of steps whose time has come, and when the next one after these comes.
pub(crate) async fn due(conn: &mut SqliteConnection, now: Timestamp, limit: i64) -> Result<Vec<i64>, Error> {
    let now = now.as_millis();
    let due = sqlx::query_scalar!(
        "SELECT ordinal FROM steps WHERE status = 'waiting' AND waiting_until <= ?1 ORDER BY waiting_until LIMIT ?2",
        now,
        limit
    );
    Ok(due.fetch_all(conn).await?)
}

/// When the next step's time comes.
pub(crate) async fn next_due(conn: &mut SqliteConnection) -> Result<Option<Timestamp>, Error> {
    let next = sqlx::query_scalar!(
        r#"SELECT waiting_until AS "until!: i64" FROM steps WHERE status = 'waiting' AND waiting_until IS NOT NULL
           ORDER BY waiting_until LIMIT 1"#
    );
    Ok(next.fetch_optional(conn).await?.map(Timestamp::from_millis))
}

/// Steps that are ready, in the order in which they became so.
pub(crate) async fn ready(conn: impl SqliteExecutor<'_>) -> Result<Vec<Work>, Error> {
    let rows = sqlx::query!(
        r#"SELECT id, run_id, queued_at AS "queued_at!: i64" FROM steps
           WHERE status = 'queued' AND queued_at IS NOT NULL AND kind = 'execute'
           ORDER BY queued_at, ordinal LIMIT 1000000"#
    );
    let rows = rows.fetch_all(conn).await?;
    let work = rows.into_iter().map(|row| Work {
        run: row.run_id.into(),
        step: row.id.into(),
        ready_at: Timestamp::from_millis(row.queued_at),
    });
    Ok(work.collect())
}

/// How much is ready and running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) depth: u64,
    pub(crate) oldest: Option<Timestamp>,
    pub(crate) running: u64,
}

/// How much these teams have that is ready and running now.
pub(crate) async fn queue(conn: impl SqliteExecutor<'_>, scope: &Scope) -> Result<Load, Error> {
    let teams = scope.filter();
    let row = sqlx::query!(
        r#"WITH mine AS (
               SELECT status, queued_at FROM steps
               WHERE ((status = 'queued' AND queued_at IS NOT NULL) OR status = 'running') AND (?1 IS NULL OR EXISTS
                   (SELECT 1 FROM runs WHERE runs.id = run_id AND team IN (SELECT value FROM json_each(?1))))
           )
           SELECT (SELECT count(*) FROM mine WHERE status = 'queued') AS "depth!: i64",
                  (SELECT min(queued_at) FROM mine WHERE status = 'queued') AS "oldest: i64",
                  (SELECT count(*) FROM mine WHERE status = 'running') AS "running!: i64"
           LIMIT 1"#,
        teams
    );
    let row = row.fetch_one(conn).await?;
    Ok(Load {
        depth: unsigned(row.depth),
        oldest: row.oldest.map(Timestamp::from_millis),
        running: unsigned(row.running),
    })
}
