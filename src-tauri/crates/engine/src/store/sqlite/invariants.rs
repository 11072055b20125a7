//! What must be true of the database at every moment, also after a kill at any instant: asked in SQL, apart from the code
//! that is meant to keep it true.
//!
//! Tests open the file after crashes and ask; an operator's doctor may ask as well. Each fault names the run or step and
//! what does not fit. Deliberately absent: any repair.

use crate::Error;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::path::Path;

/// Adds what a query finds wrong.
macro_rules! faults {
    ($conn:expr, $all:expr, $sql:expr) => {
        $all.extend(sqlx::query_scalar!($sql).fetch_all(&mut *$conn).await?)
    };
}

/// Every fault of the database in this file; empty if all is well. The file is only read.
pub async fn check_file(path: &Path) -> Result<Vec<String>, Error> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut conn = SqliteConnection::connect_with(&options).await?;
    // One snapshot, so that a plane that is at work meanwhile cannot look inconsistent.
    let mut snapshot = conn.begin().await?;
    let mut all = Vec::new();
    file(&mut snapshot, &mut all).await?;
    numbering(&mut snapshot, &mut all).await?;
    endings(&mut snapshot, &mut all).await?;
    attempts(&mut snapshot, &mut all).await?;
    steps(&mut snapshot, &mut all).await?;
    sums(&mut snapshot, &mut all).await?;
    snapshot.rollback().await?;
    conn.close().await?;
    Ok(all)
}

/// The file itself is whole.
async fn file(conn: &mut SqliteConnection, all: &mut Vec<String>) -> Result<(), Error> {
    let integrity: Vec<(String,)> = sqlx::query_as("PRAGMA integrity_check(20)").fetch_all(&mut *conn).await?;
    all.extend(integrity.into_iter().map(|(line,)| line).filter(|line| line != "ok"));
    let foreign: Vec<(String,)> =
        sqlx::query_as("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 20").fetch_all(conn).await?;
    all.extend(foreign.into_iter().map(|(table,)| format!("{table}: a row refers to nothing")));
    Ok(())
}

/// Events and log lines of a run count from 1 without gap or duplicate, up to what the run says.
async fn numbering(conn: &mut SqliteConnection, all: &mut Vec<String>) -> Result<(), Error> {
    faults!(
        conn,
        all,
        r#"SELECT r.id || ': last_seq is ' || r.last_seq || ' but its events are ' || count(e.seq) || ', from '
                  || coalesce(min(e.seq), 0) || ' to ' || coalesce(max(e.seq), 0) AS "fault!: String"
           FROM runs r LEFT JOIN events e ON e.run_id = r.id
           GROUP BY r.id HAVING count(e.seq) <> r.last_seq OR max(e.seq) <> r.last_seq OR min(e.seq) <> 1 LIMIT 20"#
    );
    faults!(
        conn,
        all,
        r#"SELECT r.id || ': last_log_seq is ' || r.last_log_seq || ' but its lines are ' || count(l.seq) || ', up to '
                  || coalesce(max(l.seq), 0) AS "fault!: String"
           FROM runs r LEFT JOIN log_lines l ON l.run_id = r.id
           GROUP BY r.id HAVING count(l.seq) <> r.last_log_seq OR coalesce(max(l.seq), 0) <> r.last_log_seq LIMIT 20"#
    );
    faults!(
        conn,
        all,
        r#"SELECT e.run_id || ': event ' || e.seq || ' comes before event ' || (e.seq - 1) || ' in the feed' AS "fault!: String"
           FROM events e JOIN events p ON p.run_id = e.run_id AND p.seq = e.seq - 1
           WHERE p.position >= e.position LIMIT 20"#
    );
    Ok(())
}

/// A run ends exactly once in each generation, with the event of its state as its last, and only when all steps ended.
async fn endings(conn: &mut SqliteConnection, all: &mut Vec<String>) -> Result<(), Error> {
    faults!(
        conn,
        all,
        r#"SELECT r.id || ': is ' || r.status || ' but its last event is ' || e.kind AS "fault!: String"
           FROM runs r JOIN events e ON e.run_id = r.id AND e.seq = r.last_seq
           WHERE (r.status IN ('succeeded', 'failed', 'cancelled') AND e.kind <> 'run.' || r.status)
              OR (r.status NOT IN ('succeeded', 'failed', 'cancelled')
                  AND e.kind IN ('run.succeeded', 'run.failed', 'run.cancelled')) LIMIT 20"#
    );
    faults!(
        conn,
        all,
        r#"SELECT r.id || ': generation ' || r.generation || ', re-opened ' || sum(e.kind = 'run.reopened') || ' times, ended '
                  || sum(e.kind IN ('run.succeeded', 'run.failed', 'run.cancelled')) || ' times' AS "fault!: String"
           FROM runs r JOIN events e ON e.run_id = r.id
           GROUP BY r.id
           HAVING r.generation <> 1 + sum(e.kind = 'run.reopened')
               OR sum(e.kind IN ('run.succeeded', 'run.failed', 'run.cancelled'))
                  <> r.generation - 1 + (r.status IN ('succeeded', 'failed', 'cancelled')) LIMIT 20"#
    );
    faults!(
        conn,
        all,
        r#"SELECT r.id || ': is ' || r.status || ' with ' || sum(s.status IN ('queued', 'running', 'waiting')) || ' open steps'
                  AS "fault!: String"
           FROM runs r JOIN steps s ON s.run_id = r.id
           GROUP BY r.id
           HAVING (sum(s.status IN ('queued', 'running', 'waiting')) > 0) = (r.status IN ('succeeded', 'failed', 'cancelled'))
           LIMIT 20"#
    );
    faults!(
        conn,
        all,
        r#"SELECT r.id || ': is ' || r.status || ' but nothing of it executes, is ready or waits' AS "fault!: String"
           FROM runs r JOIN steps s ON s.run_id = r.id
           WHERE r.status IN ('queued', 'running', 'waiting')
           GROUP BY r.id
           HAVING sum(s.status IN ('running', 'waiting') OR (s.status = 'queued' AND s.queued_at IS NOT NULL)) = 0 LIMIT 20"#
    );
    faults!(
        conn,
        all,
        r#"SELECT r.id || ': is ' || r.status || ' with ' || sum(s.severity = 'critical'
                  AND s.status IN ('failed', 'timed_out', 'interrupted')) || ' critical failures' AS "fault!: String"
           FROM runs r JOIN steps s ON s.run_id = r.id
           WHERE r.status IN ('succeeded', 'failed')
           GROUP BY r.id
           HAVING (sum(s.severity = 'critical' AND s.status IN ('failed', 'timed_out', 'interrupted')) > 0) <> (r.status = 'failed')
           LIMIT 20"#
    );
    Ok(())
}

/// Attempts are numbered without a gap, never overlap, and never exceed what the plan and operators allowed.
async fn attempts(conn: &mut SqliteConnection, all: &mut Vec<String>) -> Result<(), Error> {
    faults!(
        conn,
        all,
        r#"SELECT s.id || ': made ' || s.attempts || ' attempts but has ' || count(a.number) || ', up to number '
                  || coalesce(max(a.number), 0) AS "fault!: String"
           FROM steps s LEFT JOIN attempts a ON a.step_id = s.id
           GROUP BY s.id HAVING count(a.number) <> s.attempts OR coalesce(max(a.number), 0) <> s.attempts LIMIT 20"#
    );
    faults!(
        conn,
        all,
        r#"SELECT a.step_id || ': attempts ' || a.number || ' and ' || b.number || ' overlap' AS "fault!: String"
           FROM attempts a JOIN attempts b ON b.step_id = a.step_id AND b.number > a.number
           WHERE a.ended_at IS NULL OR a.ended_at > b.started_at LIMIT 20"#
    );
    faults!(
        conn,
        all,
        r#"SELECT s.id || ': ' || s.attempts || ' attempts, allowed ' || s.max_attempts || ', retried '
                  || coalesce(sum(e.kind = 'step.retried'), 0) || ' and requeued '
                  || coalesce(sum(e.kind = 'step.requeued'), 0) || ' times' AS "fault!: String"
           FROM steps s LEFT JOIN events e ON e.run_id = s.run_id AND e.step_id = s.id
           GROUP BY s.id
           HAVING s.attempts > s.max_attempts * (1 + coalesce(sum(e.kind = 'step.retried'), 0))
                               + coalesce(sum(e.kind = 'step.requeued'), 0) LIMIT 20"#
    );
    faults!(
        conn,
        all,
        r#"SELECT s.id || ': ' || s.attempts || ' attempts but ' || coalesce(sum(e.kind = 'step.started'), 0) || ' starts told'
                  AS "fault!: String"
           FROM steps s LEFT JOIN events e ON e.run_id = s.run_id AND e.step_id = s.id
           GROUP BY s.id HAVING coalesce(sum(e.kind = 'step.started'), 0) <> s.attempts LIMIT 20"#
    );
    faults!(
        conn,
        all,
        r#"SELECT s.id || ': is ' || s.status || ' but its last attempt is ' || a.status AS "fault!: String"
           FROM steps s JOIN attempts a ON a.step_id = s.id AND a.number = s.attempts
           WHERE s.kind = 'execute'
             AND ((s.status = 'running') <> (a.status = 'running')
                  OR (s.status IN ('succeeded', 'failed', 'timed_out', 'interrupted') AND a.status <> s.status)) LIMIT 20"#
    );
    Ok(())
}

/// A step is what its last event says, and started only when what it depends on let it.
async fn steps(conn: &mut SqliteConnection, all: &mut Vec<String>) -> Result<(), Error> {
    faults!(
        conn,
        all,
        r#"SELECT s.id || ': is ' || s.status || ' but its last event is ' || e.kind AS "fault!: String"
           FROM steps s JOIN events e ON e.position = (
               SELECT max(position) FROM events l
               WHERE l.run_id = s.run_id AND l.step_id = s.id AND l.kind <> 'step.dead_lettered'
                 AND (l.kind NOT LIKE 'gate.%' OR (s.kind = 'approval' AND l.kind = 'gate.opened')))
           WHERE s.status <> CASE
               WHEN e.kind IN ('step.queued', 'step.requeued', 'step.reopened') THEN 'queued'
               WHEN e.kind = 'step.started' THEN 'running'
               WHEN e.kind IN ('step.waiting', 'step.retry_scheduled', 'gate.opened') THEN 'waiting'
               ELSE substr(e.kind, 6) END LIMIT 20"#
    );
    faults!(
        conn,
        all,
        r#"SELECT s.id || ': is ' || s.status || ' although ' || n.name || ' is ' || n.status AS "fault!: String"
           FROM dependencies d JOIN steps s ON s.ordinal = d.step JOIN steps n ON n.ordinal = d.needs
           WHERE s.status IN ('running', 'waiting', 'succeeded', 'failed', 'timed_out', 'interrupted')
             AND (n.status = 'skipped'
                  OR (n.severity = 'critical' AND n.status <> 'succeeded')
                  -- A warning lets go on when it fails, and may be tried again and cancelled after that.
                  OR (n.status = 'cancelled' AND NOT EXISTS (
                      SELECT 1 FROM events e WHERE e.run_id = n.run_id AND e.step_id = n.id
                        AND e.kind IN ('step.failed', 'step.timed_out', 'step.interrupted')))) LIMIT 20"#
    );
    faults!(
        conn,
        all,
        r#"SELECT s.id || ': is ' || s.status || ' and ' || CASE WHEN l.step_id IS NULL THEN 'not ' ELSE '' END
                  || 'among the dead letters' AS "fault!: String"
           FROM steps s JOIN runs r ON r.id = s.run_id LEFT JOIN dead_letters l ON l.step_id = s.id
           WHERE s.kind = 'execute'
             AND (l.step_id IS NOT NULL) <> (s.status IN ('failed', 'timed_out', 'interrupted')
                                             AND r.status NOT IN ('succeeded', 'cancelled')) LIMIT 20"#
    );
    faults!(
        conn,
        all,
        r#"SELECT s.id || ': waits for ' || coalesce(s.waiting_for, 'nothing') || ', its gate is ' || coalesce(g.state, 'missing')
                  AS "fault!: String"
           FROM steps s LEFT JOIN gates g ON g.step_id = s.id
           WHERE s.kind = 'approval'
             AND (coalesce(s.waiting_for, '') = 'approval') <> (coalesce(g.state, '') = 'open') LIMIT 20"#
    );
    Ok(())
}

/// What lists show of a run equals what its steps say.
async fn sums(conn: &mut SqliteConnection, all: &mut Vec<String>) -> Result<(), Error> {
    faults!(
        conn,
        all,
        r#"SELECT r.id || ': its sums differ from its steps' AS "fault!: String"
           FROM runs r JOIN steps s ON s.run_id = r.id
           GROUP BY r.id
           HAVING r.steps_total <> count(*)
               OR r.steps_queued <> sum(s.status = 'queued')
               OR r.steps_running <> sum(s.status = 'running')
               OR r.steps_waiting <> sum(s.status = 'waiting')
               OR r.steps_succeeded <> sum(s.status = 'succeeded')
               OR r.steps_failed <> sum(s.status IN ('failed', 'timed_out', 'interrupted'))
               OR r.steps_not_run <> sum(s.status IN ('cancelled', 'skipped'))
               OR r.warnings <> sum(s.severity = 'warning' AND s.status IN ('failed', 'timed_out', 'interrupted'))
               OR r.open_gates <> sum(coalesce(s.waiting_for, '') = 'approval')
               OR r.most_attempts <> max(s.attempts)
               OR r.queued_ms <> sum(s.queued_ms)
               OR r.running_ms <> sum(s.running_ms)
               OR r.retry_wait_ms <> sum(s.retry_wait_ms)
               OR r.approval_ms <> sum(s.approval_ms)
               OR r.input_tokens <> sum(s.input_tokens)
               OR r.output_tokens <> sum(s.output_tokens) LIMIT 20"#
    );
    Ok(())
}
