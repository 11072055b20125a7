//! Preferences: what the operator chose, by name.

use crate::{batch::Batch, change::Change, document, error::Error, reader::Reader};
use serde_json::Value;
use sqlx::SqliteExecutor;
use std::collections::BTreeMap;

const NOUN: &str = "preference";

impl Batch {
    /// Keeps a preference; `None` forgets it.
    pub async fn set_preference(&mut self, key: &str, value: Option<&Value>) -> Result<(), Error> {
        let mut pen = self.pen();
        match value {
            Some(value) => {
                let text = document::written(NOUN, value)?;
                sqlx::query!(
                    "INSERT INTO preference (key, value) VALUES (?, ?)
                     ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    key,
                    text
                )
                .execute(pen.connection())
                .await?;
            }
            None => {
                sqlx::query!("DELETE FROM preference WHERE key = ?", key).execute(pen.connection()).await?;
            }
        }
        pen.changed(Change::Preferences { key: key.to_owned() });
        Ok(())
    }
}

impl Reader {
    /// Every preference, at most 1,000.
    pub async fn preferences(&self) -> Result<BTreeMap<String, Value>, Error> {
        all(self.pool()).await
    }
}

/// Every preference, at most 1,000.
pub(crate) async fn all(database: impl SqliteExecutor<'_>) -> Result<BTreeMap<String, Value>, Error> {
    let rows = sqlx::query!("SELECT key, value FROM preference ORDER BY key LIMIT 1000").fetch_all(database).await?;
    rows.into_iter().map(|row| Ok((row.key, document::read(NOUN, &row.value)?))).collect()
}
