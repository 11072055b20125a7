//! What search and the join to breakers need of steps. The steps themselves lie with their run.

use crate::{document, error::Error};
use domain::{ConnectionId, Run, Timestamp};
use sqlx::SqliteConnection;

/// Brings the searchable steps of a run to what was just read of it.
pub(super) async fn keep(database: &mut SqliteConnection, connection: &ConnectionId, run: &Run) -> Result<(), Error> {
    let (connection, name) = (connection.as_str(), run.summary.id.as_str());
    let rows: Vec<_> = run
        .steps
        .iter()
        .map(|step| {
            let failure = step.failure.as_ref().map(|failure| format!("{}: {}", failure.code, failure.message));
            let until = step.waiting_until.map(Timestamp::as_millis);
            let ahead = (&step.breaker, step.waiting_for, until, step.attempts.len());
            (&step.id, &step.name, &step.tool, step.status, failure, ahead)
        })
        .collect();
    let rows = document::written("step", &rows)?;
    sqlx::query!(
        "DELETE FROM step WHERE connection = ? AND run = ? AND step NOT IN (SELECT value ->> 0 FROM json_each(?))",
        connection,
        name,
        rows
    )
    .execute(&mut *database)
    .await?;
    sqlx::query!(
        "INSERT INTO step (connection, run, step, name, tool, status, failure, breaker, waiting_for, waiting_until, attempts)
         SELECT ?, ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> '$[5][0]',
                value ->> '$[5][1]', value ->> '$[5][2]', value ->> '$[5][3]'
         FROM json_each(?) WHERE true
         ON CONFLICT (connection, run, step) DO UPDATE SET name = excluded.name, tool = excluded.tool,
             status = excluded.status, failure = excluded.failure, breaker = excluded.breaker,
             waiting_for = excluded.waiting_for, waiting_until = excluded.waiting_until, attempts = excluded.attempts",
        connection,
        name,
        rows
    )
    .execute(database)
    .await?;
    Ok(())
}
