//! How far the feed of each connection has been read, so that it can be resumed there.

use crate::{batch::Batch, change::Change, document, error::Error, reader::Reader};
use domain::ConnectionId;

impl Batch {
    /// Keeps where to resume the feed. Belongs into the same batch as the events up to there.
    pub async fn set_feed_position(&mut self, connection: &ConnectionId, position: u64) -> Result<(), Error> {
        let mut pen = self.pen();
        let (id, stored) = (connection.as_str(), document::stored(position));
        sqlx::query!(
            "INSERT INTO feed_position (connection, position) VALUES (?, ?)
             ON CONFLICT (connection) DO UPDATE SET position = excluded.position",
            id,
            stored
        )
        .execute(pen.connection())
        .await?;
        pen.changed(Change::FeedPosition { connection: connection.clone() });
        Ok(())
    }

    /// Forgets where to resume the feed, e.g. after it said that items were lost.
    pub async fn forget_feed_position(&mut self, connection: &ConnectionId) -> Result<(), Error> {
        let mut pen = self.pen();
        let id = connection.as_str();
        sqlx::query!("DELETE FROM feed_position WHERE connection = ?", id).execute(pen.connection()).await?;
        pen.changed(Change::FeedPosition { connection: connection.clone() });
        Ok(())
    }
}

impl Reader {
    /// Where to resume the feed; `None` if it was never read.
    pub async fn feed_position(&self, connection: &ConnectionId) -> Result<Option<u64>, Error> {
        let id = connection.as_str();
        let position = sqlx::query_scalar!("SELECT position FROM feed_position WHERE connection = ? LIMIT 1", id)
            .fetch_optional(self.pool())
            .await?;
        Ok(position.map(document::counted))
    }
}
