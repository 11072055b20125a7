//! Drills that were ended. What they came to is the operator's own: no control plane could give it back.

use crate::{batch::Batch, change::Change, document, error::Error, reader::Reader};
use domain::Timestamp;
use serde_json::Value;
use sqlx::SqliteExecutor;

const NOUN: &str = "drill";

impl Batch {
    /// Keeps what a drill came to.
    pub async fn put_drill(&mut self, id: &str, started_at: Timestamp, drill: &Value) -> Result<(), Error> {
        let mut pen = self.pen();
        let (text, started_at) = (document::written(NOUN, drill)?, started_at.as_millis());
        sqlx::query!(
            "INSERT INTO drill (id, started_at, document) VALUES (?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET started_at = excluded.started_at, document = excluded.document",
            id,
            started_at,
            text
        )
        .execute(pen.connection())
        .await?;
        pen.changed(Change::Drills);
        Ok(())
    }
}

impl Reader {
    /// The newest drills, newest first; `limit` is brought into 1 to 200.
    pub async fn drills(&self, limit: u32) -> Result<Vec<Value>, Error> {
        let kept = newest(self.pool(), limit.clamp(1, 200)).await?;
        Ok(kept.into_iter().map(|drill| drill.document).collect())
    }
}

/// A drill as it is kept.
#[derive(Debug)]
pub(crate) struct KeptDrill {
    pub(crate) id: String,
    pub(crate) started_at: Timestamp,
    pub(crate) document: Value,
}

/// So many of the newest drills, newest first.
pub(crate) async fn newest(database: impl SqliteExecutor<'_>, limit: u32) -> Result<Vec<KeptDrill>, Error> {
    let rows =
        sqlx::query!("SELECT id, started_at, document FROM drill ORDER BY started_at DESC, id DESC LIMIT ?", limit)
            .fetch_all(database)
            .await?;
    rows.into_iter()
        .map(|row| {
            let started_at = Timestamp::from_millis(row.started_at);
            Ok(KeptDrill { id: row.id, started_at, document: document::read(NOUN, &row.document)? })
        })
        .collect()
}
