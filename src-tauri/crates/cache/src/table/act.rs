//! Acts: what an operator did from this console, whether it worked or not. Only ever added to.

use crate::{batch::Batch, change::Change, error::Error, query::Act, reader::Reader};
use domain::{ConnectionId, Timestamp};
use sqlx::SqliteExecutor;

impl Batch {
    /// Records an act.
    pub async fn record_act(&mut self, act: &Act) -> Result<(), Error> {
        let mut pen = self.pen();
        let at = act.at.as_millis();
        let (connection, correlation_id) =
            (act.connection.as_ref().map(ConnectionId::as_str), act.correlation_id.as_str());
        sqlx::query!(
            "INSERT INTO act (at, actor, action, connection, target, reason, outcome, correlation_id)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            at,
            act.actor,
            act.action,
            connection,
            act.target,
            act.reason,
            act.outcome,
            correlation_id
        )
        .execute(pen.connection())
        .await?;
        pen.changed(Change::Acts);
        Ok(())
    }
}

impl Reader {
    /// The newest acts, newest first; `limit` is brought into 1 to 1,000.
    pub async fn acts(&self, limit: u32) -> Result<Vec<Act>, Error> {
        newest(self.pool(), limit.clamp(1, 1000)).await
    }
}

/// So many of the newest acts, newest first.
pub(crate) async fn newest(database: impl SqliteExecutor<'_>, limit: u32) -> Result<Vec<Act>, Error> {
    let rows = sqlx::query!(
        "SELECT at, actor, action, connection, target, reason, outcome, correlation_id FROM act
             ORDER BY id DESC LIMIT ?",
        limit
    )
    .fetch_all(database)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Act {
            at: Timestamp::from_millis(row.at),
            actor: row.actor,
            action: row.action,
            connection: row.connection.map(ConnectionId::from),
            target: row.target,
            reason: row.reason,
            outcome: row.outcome,
            correlation_id: row.correlation_id.into(),
        })
        .collect())
}
