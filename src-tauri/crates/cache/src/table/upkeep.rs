//! When something that is done now and then was last done, whichever process did it.

use crate::{batch::Batch, error::Error, reader::Reader};
use domain::Timestamp;

impl Batch {
    /// Notes that this was done. Nobody who reads nouns has to know.
    pub async fn note_upkeep(&mut self, name: &str, at: Timestamp) -> Result<(), Error> {
        let mut pen = self.pen();
        let at = at.as_millis();
        sqlx::query!(
            "INSERT INTO upkeep (name, done_at) VALUES (?, ?)
             ON CONFLICT (name) DO UPDATE SET done_at = excluded.done_at",
            name,
            at
        )
        .execute(pen.connection())
        .await?;
        pen.changed_nothing();
        Ok(())
    }
}

impl Reader {
    /// When this was last done; `None` if never.
    pub async fn upkeep(&self, name: &str) -> Result<Option<Timestamp>, Error> {
        let at = sqlx::query_scalar!("SELECT done_at FROM upkeep WHERE name = ? LIMIT 1", name)
            .fetch_optional(self.pool())
            .await?;
        Ok(at.map(Timestamp::from_millis))
    }
}
