//! Readiness checks as they last ran, and when each last passed.

use crate::{batch::Batch, change::Change, document, error::Error, reader::Reader};
use domain::{Check, CheckStatus, ConnectionId, LastPass, Timestamp};
use sqlx::SqliteConnection;

const NOUN: &str = "readiness check";

impl Batch {
    /// Keeps what checks found. Others stay as they were. That one found something else than before is kept by
    /// [`Batch::put_check_changes`].
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
    let passed = check.checked_at.zip(check.evidence.clone()).filter(|_| check.status == CheckStatus::Pass);
    let last_pass = passed.map(|(at, evidence)| document::written(NOUN, &LastPass { at, evidence })).transpose()?;
    sqlx::query!(
        "INSERT INTO readiness_check (connection, readiness_check, status, document, last_pass) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (connection, readiness_check) DO UPDATE SET status = excluded.status, document = excluded.document,
             last_pass = coalesce(excluded.last_pass, last_pass)",
        scope,
        check.id,
        status,
        text,
        last_pass
    )
    .execute(database)
    .await?;
    Ok(())
}

impl Reader {
    /// Every check as it last ran, with when it last passed and since when it has been found so, at most 1,000.
    pub async fn checks(&self) -> Result<Vec<Check>, Error> {
        let rows = sqlx::query!(
            r#"SELECT document, last_pass,
                   (SELECT at FROM check_transition AS change
                    WHERE change.connection = found.connection AND change.readiness_check = found.readiness_check
                    ORDER BY id DESC LIMIT 1) AS "since: i64"
               FROM readiness_check AS found ORDER BY connection, readiness_check LIMIT 1000"#
        )
        .fetch_all(self.pool())
        .await?;
        rows.into_iter()
            .map(|row| {
                let last_pass = row.last_pass.map(|text| document::read(NOUN, &text)).transpose()?;
                let since = row.since.map(Timestamp::from_millis);
                Ok(Check { last_pass, since, ..document::read(NOUN, &row.document)? })
            })
            .collect()
    }
}
