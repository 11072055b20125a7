//! How well each connection was watched when it was last looked at.

use crate::{batch::Batch, change::Change, document, error::Error, reader::Reader};
use domain::{ConnectionId, ConnectionStatus, Timestamp};

const NOUN: &str = "connection status";

impl Batch {
    /// Keeps how well a connection is watched. When it was last seen is never set back.
    pub async fn put_connection_status(&mut self, status: &ConnectionStatus) -> Result<(), Error> {
        let mut pen = self.pen();
        let connection = status.connection.as_str();
        let seen = status.last_seen_at.map(Timestamp::as_millis);
        let text = document::written(NOUN, status)?;
        sqlx::query!(
            "INSERT INTO connection_status (connection, last_seen_at, document) VALUES (?1, ?2, ?3)
             ON CONFLICT (connection) DO UPDATE SET
                last_seen_at = max(ifnull(last_seen_at, excluded.last_seen_at), ifnull(excluded.last_seen_at, last_seen_at)),
                document = excluded.document",
            connection,
            seen,
            text
        )
        .execute(pen.connection())
        .await?;
        pen.changed(Change::ConnectionStatus { connection: status.connection.clone() });
        Ok(())
    }
}

impl Reader {
    /// The last known status of every connection that has one, at most 1,000. Their `state` is that of the last look,
    /// perhaps by another start of this program: only `last_seen_at` is a fact for ever.
    pub async fn connection_statuses(&self) -> Result<Vec<ConnectionStatus>, Error> {
        let rows = sqlx::query!("SELECT document, last_seen_at FROM connection_status ORDER BY connection LIMIT 1000")
            .fetch_all(self.pool())
            .await?;
        rows.into_iter()
            .map(|row| {
                let status: ConnectionStatus = document::read(NOUN, &row.document)?;
                Ok(ConnectionStatus { last_seen_at: row.last_seen_at.map(Timestamp::from_millis), ..status })
            })
            .collect()
    }

    /// When a connection was last heard; `None` if never.
    pub async fn last_seen(&self, connection: &ConnectionId) -> Result<Option<Timestamp>, Error> {
        let id = connection.as_str();
        let seen = sqlx::query_scalar!("SELECT last_seen_at FROM connection_status WHERE connection = ? LIMIT 1", id)
            .fetch_optional(self.pool())
            .await?;
        Ok(seen.flatten().map(Timestamp::from_millis))
    }
}
