//! `plane`: the one row about this plane itself.

use crate::{Error, store::sqlite::column::unsigned};
use domain::Timestamp;
use sqlx::{SqliteConnection, SqliteExecutor};

/// Gives a new database its marker; an old one keeps its own.
pub(crate) async fn found(conn: &mut SqliteConnection, marker: &str, now: Timestamp) -> Result<(), Error> {
    let now = now.as_millis();
    sqlx::query!("INSERT OR IGNORE INTO plane (id, marker, probed_at) VALUES (1, ?1, ?2)", marker, now)
        .execute(conn)
        .await?;
    Ok(())
}

/// What marks the processes of this plane.
pub(crate) async fn marker(conn: impl SqliteExecutor<'_>) -> Result<String, Error> {
    Ok(sqlx::query_scalar!("SELECT marker FROM plane WHERE id = 1 LIMIT 1").fetch_one(conn).await?)
}

/// Version of the last migration that was carried out to its end.
pub(crate) async fn schema(conn: impl SqliteExecutor<'_>) -> Result<u64, Error> {
    // The table is made by the migrator and not by a migration, so the compiler cannot look at this statement.
    let newest = "SELECT coalesce(max(version), 0) FROM _sqlx_migrations WHERE success";
    Ok(unsigned(sqlx::query_scalar(newest).fetch_one(conn).await?))
}

/// Writes the time of a probe.
pub(crate) async fn probe(conn: &mut SqliteConnection, now: Timestamp) -> Result<(), Error> {
    let now = now.as_millis();
    sqlx::query!("UPDATE plane SET probed_at = ?1 WHERE id = 1", now).execute(conn).await?;
    Ok(())
}
