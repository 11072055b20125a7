//! `gates`: the verdict that a step waits for or got. A retry of the step asks anew in the same row.

use super::super::column::{Word, word};
use crate::Error;
use domain::{Gate, GateState, GateSubject, RunId, Timestamp};
use sqlx::{SqliteConnection, SqliteExecutor};

/// Asks for a verdict.
pub(crate) async fn ask(conn: &mut SqliteConnection, run: &str, step: &str, gate: &Gate) -> Result<(), Error> {
    let (subject, state) = (word(&gate.subject)?, word(&gate.state)?);
    let (asked_at, expires_at) = (gate.asked_at.as_millis(), gate.expires_at.map(Timestamp::as_millis));
    sqlx::query!(
        "INSERT INTO gates (step_id, run_id, subject, state, question, asked_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (step_id) DO UPDATE SET subject = excluded.subject, state = excluded.state, question = excluded.question,
             asked_at = excluded.asked_at, expires_at = excluded.expires_at, decided_by = NULL, decided_at = NULL, reason = NULL",
        step,
        run,
        subject,
        state,
        gate.question,
        asked_at,
        expires_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Where the gate of a step stands, if it has one.
pub(crate) async fn state(conn: &mut SqliteConnection, step: &str) -> Result<Option<GateState>, Error> {
    let state =
        sqlx::query_scalar!(r#"SELECT state AS "state: Word<GateState>" FROM gates WHERE step_id = ?1 LIMIT 1"#, step);
    Ok(state.fetch_optional(conn).await?.map(|state| state.0))
}

/// Records the verdict on an open gate, and says whether there was one; a decided one stays as it is.
pub(crate) async fn decide(
    conn: &mut SqliteConnection,
    step: &str,
    state: GateState,
    by: Option<&str>,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<bool, Error> {
    let (state, now) = (word(&state)?, now.as_millis());
    let decided = sqlx::query!(
        "UPDATE gates SET state = ?2, decided_by = ?3, decided_at = ?4, reason = ?5 WHERE step_id = ?1 AND state = 'open'",
        step,
        state,
        by,
        now,
        reason
    )
    .execute(conn)
    .await?;
    Ok(decided.rows_affected() > 0)
}

/// Every gate of a run with the id of its step.
pub(crate) async fn of_run(conn: impl SqliteExecutor<'_>, run: &RunId) -> Result<Vec<(String, Gate)>, Error> {
    let id = run.as_str();
    let rows = sqlx::query!(
        r#"SELECT step_id, subject AS "subject: Word<GateSubject>", state AS "state: Word<GateState>", question, asked_at,
                  expires_at, decided_by, decided_at, reason
           FROM gates WHERE run_id = ?1 LIMIT 1000"#,
        id
    );
    let gates = rows.fetch_all(conn).await?.into_iter().map(|row| {
        let gate = Gate {
            subject: row.subject.0,
            state: row.state.0,
            question: row.question,
            asked_at: Timestamp::from_millis(row.asked_at),
            expires_at: row.expires_at.map(Timestamp::from_millis),
            decided_by: row.decided_by,
            decided_at: row.decided_at.map(Timestamp::from_millis),
            reason: row.reason,
        };
        (row.step_id, gate)
    });
    Ok(gates.collect())
}
