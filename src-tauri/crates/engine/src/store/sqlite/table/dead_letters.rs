//! `dead_letters`: steps that nothing will try again by itself, but a person still can. A run that succeeded or was
//! cancelled has none, since nothing in it can be retried.

use super::super::column::{Document, document, signed, unsigned};
use crate::{Error, accounts::Scope, engine::DeadLetter};
use domain::{Failure, Page, PageRequest, RunId, Timestamp};
use sqlx::{SqliteConnection, SqliteExecutor};

/// Adds a step.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    run: &str,
    step: (&str, &str),
    failure: &Failure,
    now: Timestamp,
) -> Result<(), Error> {
    let ((step_id, name), failure, now) = (step, document(failure)?, now.as_millis());
    sqlx::query!(
        "INSERT INTO dead_letters (step_id, run_id, step, failure, at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (step_id) DO UPDATE SET failure = excluded.failure, at = excluded.at",
        step_id,
        run,
        name,
        failure,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a step off the list.
pub(crate) async fn remove(conn: &mut SqliteConnection, step_id: &str) -> Result<(), Error> {
    sqlx::query!("DELETE FROM dead_letters WHERE step_id = ?1", step_id).execute(conn).await?;
    Ok(())
}

/// Takes every step of a run off the list.
pub(crate) async fn remove_all(conn: &mut SqliteConnection, run: &RunId) -> Result<(), Error> {
    let run = run.as_str();
    sqlx::query!("DELETE FROM dead_letters WHERE run_id = ?1", run).execute(conn).await?;
    Ok(())
}

/// One page of those of these teams, newest first.
pub(crate) async fn page(
    conn: impl SqliteExecutor<'_>,
    scope: &Scope,
    page: &PageRequest,
    before: Option<i64>,
) -> Result<Page<DeadLetter>, Error> {
    let (before, limit) = (before.unwrap_or(i64::MAX), signed(page.limit));
    let (more, teams) = (limit + 1, scope.filter());
    let rows = sqlx::query!(
        r#"SELECT ordinal, step_id, run_id, step, failure AS "failure: Document<Failure>", at
           FROM dead_letters WHERE ordinal < ?1 AND (?3 IS NULL OR EXISTS
               (SELECT 1 FROM runs WHERE runs.id = run_id AND team IN (SELECT value FROM json_each(?3))))
           ORDER BY ordinal DESC LIMIT ?2"#,
        before,
        more,
        teams
    );
    let mut rows = rows.fetch_all(conn).await?;
    let wanted = usize::try_from(limit).unwrap_or(0);
    let next = if rows.len() > wanted {
        rows.truncate(wanted);
        rows.last().map(|row| row.ordinal.to_string())
    } else {
        None
    };
    let items = rows.into_iter().map(|row| DeadLetter {
        run_id: row.run_id.into(),
        step_id: row.step_id.into(),
        step: row.step,
        failure: row.failure.0,
        at: Timestamp::from_millis(row.at),
    });
    Ok(Page { items: items.collect(), next })
}

/// How many these teams have.
pub(crate) async fn count(conn: impl SqliteExecutor<'_>, scope: &Scope) -> Result<u64, Error> {
    let teams = scope.filter();
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!: i64" FROM dead_letters WHERE ?1 IS NULL OR EXISTS
               (SELECT 1 FROM runs WHERE runs.id = run_id AND team IN (SELECT value FROM json_each(?1))) LIMIT 1"#,
        teams
    );
    Ok(unsigned(count.fetch_one(conn).await?))
}
