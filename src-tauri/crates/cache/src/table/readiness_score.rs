//! Each change of the score of readiness.

use crate::{batch::Batch, change::Change, document, error::Error, reader::Reader};
use domain::{ConnectionId, ScorePoint, Span, Timestamp};
use std::collections::HashMap;

const NOUN: &str = "readiness score";

impl Batch {
    /// The score of each connection as it was last kept.
    pub async fn last_scores(&mut self) -> Result<HashMap<ConnectionId, u32>, Error> {
        let mut pen = self.pen();
        let rows = sqlx::query!(
            "SELECT connection, score FROM readiness_score
             WHERE id IN (SELECT max(id) FROM readiness_score GROUP BY connection) LIMIT 1000"
        )
        .fetch_all(pen.connection())
        .await?;
        pen.changed_nothing();
        let score = |stored: i64| u32::try_from(stored).unwrap_or(0);
        Ok(rows.into_iter().map(|row| (row.connection.as_str().into(), score(row.score))).collect())
    }

    /// Keeps that the score of a connection became another one.
    pub async fn put_score(&mut self, connection: &ConnectionId, point: &ScorePoint) -> Result<(), Error> {
        let mut pen = self.pen();
        super::connection::require(connection, pen.connection()).await?;
        let (of, at) = (connection.as_str(), point.at.as_millis());
        let because = document::written(NOUN, &point.because)?;
        sqlx::query!(
            "INSERT INTO readiness_score (connection, score, because, at) VALUES (?, ?, ?, ?)",
            of,
            point.score,
            because,
            at
        )
        .execute(pen.connection())
        .await?;
        pen.changed(Change::Checks);
        Ok(())
    }
}

impl Reader {
    /// The scores of a connection within a span of time, newest first, and after these the one that held when it began,
    /// if any; `limit` is brought into 1 to 10,000.
    pub async fn scores(&self, connection: &ConnectionId, within: Span, limit: u32) -> Result<Vec<ScorePoint>, Error> {
        let (of, limit) = (connection.as_str(), limit.clamp(1, 10_000));
        let (from, to) = (within.from.as_millis(), within.to.as_millis());
        let rows = sqlx::query!(
            "SELECT score, because, at FROM readiness_score
             WHERE connection = ?1 AND at <= ?3 AND at >= coalesce(
                 (SELECT max(at) FROM readiness_score WHERE connection = ?1 AND at < ?2), ?2)
             ORDER BY at DESC, id DESC LIMIT ?4",
            of,
            from,
            to,
            limit
        )
        .fetch_all(self.pool())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(ScorePoint {
                    at: Timestamp::from_millis(row.at),
                    score: u32::try_from(row.score).unwrap_or(0),
                    because: document::read(NOUN, &row.because)?,
                })
            })
            .collect()
    }
}
