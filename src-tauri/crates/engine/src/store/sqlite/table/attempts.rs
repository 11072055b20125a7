//! `attempts`: one row for each try at a step.

use super::super::column::{Document, Word, optional_document, signed, small, word};
use crate::{Error, store::AttemptEnd};
use domain::{Attempt, BreakerState, BreakerVerdict, Failure, RunId, StepStatus, Timestamp, Usage};
use sqlx::{SqliteConnection, SqliteExecutor};

/// Adds an attempt that starts now, with whom it asks as the step says at this moment.
pub(crate) async fn start(
    conn: &mut SqliteConnection,
    run: &str,
    step: &str,
    number: i64,
    now: Timestamp,
) -> Result<(), Error> {
    let now = now.as_millis();
    sqlx::query!(
        "INSERT INTO attempts (step_id, number, run_id, status, started_at, provider, model)
         SELECT ?1, ?2, ?3, 'running', ?4, iif(tool = 'ai', json_extract(inputs, '$.provider'), NULL),
                iif(tool = 'ai', json_extract(inputs, '$.model'), NULL)
         FROM steps WHERE id = ?1",
        step,
        number,
        run,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Records how an attempt ended; `status` may differ from the reported one, e.g. when its run was cancelled.
pub(crate) async fn end(
    conn: &mut SqliteConnection,
    end: &AttemptEnd,
    status: StepStatus,
    failure: Option<&Failure>,
    now: Timestamp,
) -> Result<(), Error> {
    let (step, number, status, now) = (end.step.as_str(), signed(end.attempt), status.as_str(), now.as_millis());
    let (failure, usage) = (optional_document(failure)?, optional_document(end.usage.as_ref())?);
    let breaker = end.breaker.as_ref().map(|met| &met.id);
    let breaker_state = end.breaker.as_ref().map(|met| word(&met.state)).transpose()?;
    let breaker_verdict = end.breaker.as_ref().map(|met| word(&met.verdict)).transpose()?;
    sqlx::query!(
        "UPDATE attempts SET status = ?3, ended_at = ?4, exit_code = ?5, breaker = ?6, breaker_state = ?7, failure = ?8,
             usage = ?9, breaker_verdict = ?10
         WHERE step_id = ?1 AND number = ?2",
        step,
        number,
        status,
        now,
        end.exit_code,
        breaker,
        breaker_state,
        failure,
        usage,
        breaker_verdict
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How many of the last attempts in a row were interrupted, those up to number `after` left out. One that still counts as
/// running counts as interrupted.
pub(crate) async fn interrupted_since(conn: &mut SqliteConnection, step: &str, after: i64) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(
        "SELECT count(*) FROM attempts WHERE step_id = ?1 AND number > ?2 AND number > (
             SELECT coalesce(max(number), 0) FROM attempts
             WHERE step_id = ?1 AND status NOT IN ('interrupted', 'running')) LIMIT 1",
        step,
        after
    );
    Ok(count.fetch_one(conn).await?)
}

/// Every attempt of a run with the id of its step, oldest first.
pub(crate) async fn of_run(conn: impl SqliteExecutor<'_>, run: &RunId) -> Result<Vec<(String, Attempt)>, Error> {
    let id = run.as_str();
    let rows = sqlx::query!(
        r#"SELECT step_id, number AS "number!", status AS "status: Word<StepStatus>", started_at, ended_at, exit_code, breaker,
                  breaker_state AS "breaker_state: Word<BreakerState>",
                  breaker_verdict AS "breaker_verdict: Word<BreakerVerdict>", failure AS "failure: Document<Failure>",
                  usage AS "usage: Document<Usage>"
           FROM attempts WHERE run_id = ?1 ORDER BY step_id, number LIMIT 100000"#,
        id
    );
    let attempts = rows.fetch_all(conn).await?.into_iter().map(|row| {
        let attempt = Attempt {
            number: small(row.number),
            status: row.status.0,
            started_at: Timestamp::from_millis(row.started_at),
            ended_at: row.ended_at.map(Timestamp::from_millis),
            failure: row.failure.map(|failure| failure.0),
            breaker: row.breaker,
            breaker_state: row.breaker_state.map(|state| state.0),
            breaker_verdict: row.breaker_verdict.map(|verdict| verdict.0),
            exit_code: row.exit_code.and_then(|code| i32::try_from(code).ok()),
            usage: row.usage.map(|usage| usage.0),
        };
        (row.step_id, attempt)
    });
    Ok(attempts.collect())
}
