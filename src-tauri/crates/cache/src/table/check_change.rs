//! Each change of what a readiness check found.

use crate::{batch::Batch, change::Change, document, error::Error, query::CheckState, reader::Reader};
use domain::{CheckChange, CheckStatus, ConnectionId, Span, Timestamp};

const NOUN: &str = "change of a readiness check";

impl Batch {
    /// What is known of each check since its newest change, at most 10,000: the state that further changes begin from.
    pub async fn check_states(&mut self) -> Result<Vec<CheckState>, Error> {
        let mut pen = self.pen();
        let rows = sqlx::query!(
            r#"SELECT connection, readiness_check, status FROM check_transition
               WHERE id IN (SELECT max(id) FROM check_transition GROUP BY connection, readiness_check) LIMIT 10000"#
        )
        .fetch_all(pen.connection())
        .await?;
        pen.changed_nothing();
        rows.into_iter()
            .map(|row| {
                let status = document::meaning(NOUN, row.status)?;
                Ok(CheckState { connection: scope(&row.connection), check: row.readiness_check, status })
            })
            .collect()
    }

    /// Keeps changes of what checks found, in the order in which they happened.
    pub async fn put_check_changes(&mut self, changes: &[CheckChange]) -> Result<(), Error> {
        let mut pen = self.pen();
        for change in changes {
            let connection = change.connection.as_ref().map_or("", ConnectionId::as_str);
            let (from, to) = (document::word(NOUN, &change.from)?, document::word(NOUN, &change.to)?);
            let at = change.at.as_millis();
            sqlx::query!(
                "INSERT INTO check_transition (connection, readiness_check, status, previous, finding, at)
                 VALUES (?, ?, ?, ?, ?, ?)",
                connection,
                change.check,
                to,
                from,
                change.finding,
                at
            )
            .execute(pen.connection())
            .await?;
        }
        if changes.is_empty() {
            pen.changed_nothing();
        } else {
            pen.changed(Change::Checks);
        }
        Ok(())
    }
}

/// The connection that a column names; the console itself has the empty one.
fn scope(column: &str) -> Option<ConnectionId> {
    (!column.is_empty()).then(|| ConnectionId::from(column))
}

impl Reader {
    /// Changes of the checks of a connection and of the console itself within a span of time, newest first; `limit` is
    /// brought into 1 to 10,000.
    pub async fn check_changes(
        &self,
        connection: Option<&ConnectionId>,
        within: Span,
        limit: u32,
    ) -> Result<Vec<CheckChange>, Error> {
        let (of, limit) = (connection.map_or("", ConnectionId::as_str), limit.clamp(1, 10_000));
        let (from, to) = (within.from.as_millis(), within.to.as_millis());
        let rows = sqlx::query!(
            "SELECT connection, readiness_check, status, previous, finding, at FROM check_transition
             WHERE connection IN (?, '') AND at BETWEEN ? AND ? ORDER BY at DESC, id DESC LIMIT ?",
            of,
            from,
            to,
            limit
        )
        .fetch_all(self.pool())
        .await?;
        rows.into_iter()
            .map(|row| {
                let before = row.previous.map(|word| document::meaning(NOUN, word)).transpose()?;
                Ok(CheckChange {
                    at: Timestamp::from_millis(row.at),
                    check: row.readiness_check,
                    connection: scope(&row.connection),
                    from: before.unwrap_or(CheckStatus::Unknown),
                    to: document::meaning(NOUN, row.status)?,
                    finding: row.finding,
                })
            })
            .collect()
    }
}
