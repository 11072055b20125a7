//! When each connection was watched. Spans of one connection never overlap and never touch.

use crate::{batch::Batch, change::Change, error::Error, reader::Reader};
use domain::{ConnectionId, Coverage, Span, Timestamp};
use std::time::Duration;

impl Batch {
    /// Adds a span in which a connection was watched, joined with every span that is at most `tolerance` away from it.
    /// A span that ends before it starts, because a clock was set back, is left out.
    pub async fn extend_coverage(
        &mut self,
        connection: &ConnectionId,
        span: Span,
        tolerance: Duration,
    ) -> Result<(), Error> {
        let mut pen = self.pen();
        let id = connection.as_str();
        if span.to < span.from {
            pen.changed_nothing();
            return Ok(());
        }
        let slack = i64::try_from(tolerance.as_millis()).unwrap_or(i64::MAX);
        let (from, to) = (span.from.as_millis(), span.to.as_millis());
        let (earliest, latest) = (from.saturating_sub(slack), to.saturating_add(slack));
        let near = sqlx::query!(
            r#"SELECT min(span_from) AS "first: i64", max(span_to) AS "last: i64", count(*) AS "spans: i64" FROM coverage
               WHERE connection = ? AND span_from <= ? AND span_to >= ? LIMIT 1"#,
            id,
            latest,
            earliest
        )
        .fetch_one(pen.connection())
        .await?;
        let (first, last) = (near.first.unwrap_or(from).min(from), near.last.unwrap_or(to).max(to));
        if near.spans == 1 && near.first == Some(first) && near.last == Some(last) {
            pen.changed_nothing();
            return Ok(());
        }
        sqlx::query!(
            "DELETE FROM coverage WHERE connection = ? AND span_from <= ? AND span_to >= ?",
            id,
            latest,
            earliest
        )
        .execute(pen.connection())
        .await?;
        sqlx::query!("INSERT INTO coverage (connection, span_from, span_to) VALUES (?, ?, ?)", id, first, last)
            .execute(pen.connection())
            .await?;
        pen.changed(Change::Coverage { connection: connection.clone() });
        Ok(())
    }
}

impl Reader {
    /// When a connection was watched: spans that end at `since` or later, the newest 2,000 of them, oldest first.
    pub async fn coverage(&self, connection: &ConnectionId, since: Timestamp) -> Result<Coverage, Error> {
        let (id, since) = (connection.as_str(), since.as_millis());
        let mut rows = sqlx::query!(
            "SELECT span_from, span_to FROM coverage WHERE connection = ? AND span_to >= ?
             ORDER BY span_from DESC LIMIT 2000",
            id,
            since
        )
        .fetch_all(self.pool())
        .await?;
        rows.reverse();
        let spans = rows
            .into_iter()
            .map(|row| Span { from: Timestamp::from_millis(row.span_from), to: Timestamp::from_millis(row.span_to) })
            .collect();
        Ok(Coverage { connection: connection.clone(), spans })
    }
}
