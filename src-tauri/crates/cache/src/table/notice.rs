//! What an operator was told, by cause.

use crate::{batch::Batch, change::Change, document, error::Error, query::KeptNotice, reader::Reader};
use domain::Timestamp;

const NOUN: &str = "notice";

impl Batch {
    /// Keeps a notice; says whether it is ours. It is not where another process has told the same cause, or has seen its
    /// end, since this one looked: then that stays as it is.
    pub async fn put_notice(&mut self, notice: &KeptNotice) -> Result<bool, Error> {
        let mut pen = self.pen();
        let text = document::written(NOUN, &notice.document)?;
        let (began_at, told_at) = (notice.began_at.as_millis(), notice.told_at.map(Timestamp::as_millis));
        let over_at = notice.over_at.map(Timestamp::as_millis);
        let known = sqlx::query!("SELECT told_at, over_at FROM notice WHERE cause = ? LIMIT 1", notice.cause)
            .fetch_optional(pen.connection())
            .await?;
        let is_taken = known.is_some_and(|known| {
            let is_told = known.over_at.is_none() && known.told_at.is_some() && known.told_at != told_at;
            is_told || (known.over_at.is_some() && over_at.is_some())
        });
        if is_taken {
            pen.changed_nothing();
            return Ok(false);
        }
        sqlx::query!(
            "INSERT INTO notice (cause, began_at, told_at, over_at, document) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (cause) DO UPDATE SET began_at = excluded.began_at, told_at = excluded.told_at,
                 over_at = excluded.over_at, document = excluded.document",
            notice.cause,
            began_at,
            told_at,
            over_at,
            text
        )
        .execute(pen.connection())
        .await?;
        pen.changed(Change::Notices);
        Ok(true)
    }
}

impl Reader {
    /// Notices whose cause is still there, and after these those that are over, each newest first; `limit` is brought into
    /// 1 to 1,000.
    pub async fn notices(&self, limit: u32) -> Result<Vec<KeptNotice>, Error> {
        let limit = limit.clamp(1, 1000);
        let rows = sqlx::query!(
            "SELECT cause, began_at, told_at, over_at, document FROM notice
             ORDER BY over_at IS NOT NULL, began_at DESC, cause LIMIT ?",
            limit
        )
        .fetch_all(self.pool())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(KeptNotice {
                    cause: row.cause,
                    began_at: Timestamp::from_millis(row.began_at),
                    told_at: row.told_at.map(Timestamp::from_millis),
                    over_at: row.over_at.map(Timestamp::from_millis),
                    document: document::read(NOUN, &row.document)?,
                })
            })
            .collect()
    }
}
