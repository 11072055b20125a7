//! Readiness checks as they last ran, and each change of what they found.

use crate::{batch::Batch, change::Change, document, error::Error, query::CheckTransition, reader::Reader};
use domain::{Check, ConnectionId, Timestamp};
use sqlx::SqliteConnection;

const NOUN: &str = "readiness check";

impl Batch {
    /// Keeps what checks found. Others stay as they were.
    pub async fn put_checks(&mut self, checks: &[Check]) -> Result<(), Error> {
        let mut pen = self.pen();
        for check in checks {
            keep(pen.connection(), check).await?;
        }
        if checks.is_empty() {
            pen.changed_nothing();
        } else {
            pen.changed(Change::Checks);
        }
        Ok(())
    }
}

async fn keep(database: &mut SqliteConnection, check: &Check) -> Result<(), Error> {
    if let Some(connection) = &check.connection {
        super::connection::require(connection, database).await?;
    }
    let scope = check.connection.as_ref().map_or("", ConnectionId::as_str);
    let (status, text) = (document::word(NOUN, &check.status)?, document::written(NOUN, check)?);
    let known = sqlx::query_scalar!(
        "SELECT status FROM readiness_check WHERE connection = ? AND readiness_check = ? LIMIT 1",
        scope,
        check.id
    )
    .fetch_optional(&mut *database)
    .await?;
    // A check that has not run has found nothing, so there is no moment to tell of.
    if let Some(at) = check.checked_at.filter(|_| known.is_none_or(|known| known != status)) {
        let (at, finding) = (at.as_millis(), check.evidence.as_ref().map(|evidence| &evidence.finding));
        sqlx::query!(
            "INSERT INTO check_transition (connection, readiness_check, status, finding, at) VALUES (?, ?, ?, ?, ?)",
            scope,
            check.id,
            status,
            finding,
            at
        )
        .execute(&mut *database)
        .await?;
    }
    sqlx::query!(
        "INSERT INTO readiness_check (connection, readiness_check, status, document) VALUES (?, ?, ?, ?)
         ON CONFLICT (connection, readiness_check) DO UPDATE SET status = excluded.status, document = excluded.document",
        scope,
        check.id,
        status,
        text
    )
    .execute(database)
    .await?;
    Ok(())
}

impl Reader {
    /// Every check as it last ran, at most 1,000.
    pub async fn checks(&self) -> Result<Vec<Check>, Error> {
        let rows =
            sqlx::query_scalar!("SELECT document FROM readiness_check ORDER BY connection, readiness_check LIMIT 1000")
                .fetch_all(self.pool())
                .await?;
        rows.iter().map(|text| document::read(NOUN, text)).collect()
    }

    /// The newest changes of what one check found, newest first; `limit` is brought into 1 to 1,000.
    pub async fn check_history(
        &self,
        connection: Option<&ConnectionId>,
        check: &str,
        limit: u32,
    ) -> Result<Vec<CheckTransition>, Error> {
        let (scope, limit) = (connection.map_or("", ConnectionId::as_str), limit.clamp(1, 1000));
        let rows = sqlx::query!(
            "SELECT status, finding, at FROM check_transition
             WHERE connection = ? AND readiness_check = ? ORDER BY id DESC LIMIT ?",
            scope,
            check,
            limit
        )
        .fetch_all(self.pool())
        .await?;
        rows.into_iter()
            .map(|row| {
                let status = document::meaning(NOUN, row.status)?;
                Ok(CheckTransition { status, finding: row.finding, at: Timestamp::from_millis(row.at) })
            })
            .collect()
    }
}
