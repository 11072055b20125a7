//! Templates of each connection, as last read.

use crate::{batch::Batch, change::Change, document, error::Error, reader::Reader};
use domain::{ConnectionId, Template, Timestamp};

const NOUN: &str = "template";

impl Batch {
    /// Keeps all templates of a connection in place of those known before.
    pub async fn put_templates(
        &mut self,
        connection: &ConnectionId,
        templates: &[Template],
        read_at: Timestamp,
    ) -> Result<(), Error> {
        let mut pen = self.pen();
        let (id, text, read_at) = (connection.as_str(), document::written(NOUN, templates)?, read_at.as_millis());
        sqlx::query!(
            "INSERT INTO template (connection, document, read_at) VALUES (?, ?, ?)
             ON CONFLICT (connection) DO UPDATE SET document = excluded.document, read_at = excluded.read_at",
            id,
            text,
            read_at
        )
        .execute(pen.connection())
        .await?;
        pen.changed(Change::Templates { connection: connection.clone() });
        Ok(())
    }
}

impl Reader {
    /// Templates of a connection and when they were read; `None` if they never were.
    pub async fn templates(&self, connection: &ConnectionId) -> Result<Option<(Vec<Template>, Timestamp)>, Error> {
        let id = connection.as_str();
        let row = sqlx::query!("SELECT document, read_at FROM template WHERE connection = ? LIMIT 1", id)
            .fetch_optional(self.pool())
            .await?;
        row.map(|row| Ok((document::read(NOUN, &row.document)?, Timestamp::from_millis(row.read_at)))).transpose()
    }
}
