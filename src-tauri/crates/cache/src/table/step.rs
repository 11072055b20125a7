//! What search needs of steps: names and failures. The steps themselves lie with their run.

use crate::{document, error::Error};
use domain::{ConnectionId, Run};
use sqlx::SqliteConnection;

/// Brings the searchable steps of a run to what was just read of it.
pub(super) async fn keep(database: &mut SqliteConnection, connection: &ConnectionId, run: &Run) -> Result<(), Error> {
    let (connection, name) = (connection.as_str(), run.summary.id.as_str());
    let rows: Vec<_> = run
        .steps
        .iter()
        .map(|step| {
            let failure = step.failure.as_ref().map(|failure| format!("{}: {}", failure.code, failure.message));
            (&step.id, &step.name, &step.tool, step.status, failure)
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
        "INSERT INTO step (connection, run, step, name, tool, status, failure)
         SELECT ?, ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?) WHERE true
         ON CONFLICT (connection, run, step) DO UPDATE SET name = excluded.name, tool = excluded.tool,
             status = excluded.status, failure = excluded.failure",
        connection,
        name,
        rows
    )
    .execute(database)
    .await?;
    Ok(())
}
