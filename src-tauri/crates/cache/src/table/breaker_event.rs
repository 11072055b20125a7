//! What happened to breakers: as their plane tells it, or as the console saw it.

use crate::{batch::Batch, change::Change, document, error::Error, query::KnownBreakerEvent, reader::Reader};
use domain::{BreakerEvent, BreakerSource, ConnectionId, Timestamp};

const NOUN: &str = "breaker event";

impl Batch {
    /// Keeps what happened to breakers of one source, and says how much of it is news. What a plane numbers is kept once;
    /// a `seq` of 0 says that it is not numbered.
    pub async fn append_breaker_events(
        &mut self,
        connection: Option<&ConnectionId>,
        source: BreakerSource,
        events: &[BreakerEvent],
    ) -> Result<u64, Error> {
        let mut pen = self.pen();
        if let Some(connection) = connection {
            super::connection::require(connection, pen.connection()).await?;
        }
        let (scope, source) = (connection.map_or("", ConnectionId::as_str), document::word(NOUN, &source)?);
        let mut news = 0;
        for event in events {
            let seq = (event.seq > 0).then(|| document::stored(event.seq));
            let (at, text) = (event.at.as_millis(), document::written(NOUN, event)?);
            let added = sqlx::query!(
                "INSERT INTO breaker_event (connection, source, breaker, seq, at, document) VALUES (?, ?, ?, ?, ?, ?)
                 ON CONFLICT DO NOTHING",
                scope,
                source,
                event.breaker,
                seq,
                at,
                text
            )
            .execute(pen.connection())
            .await?;
            news += added.rows_affected();
        }
        if news == 0 {
            pen.changed_nothing();
        } else {
            pen.changed(Change::Breakers { connection: connection.cloned() });
        }
        Ok(news)
    }
}

impl Reader {
    /// What happened to one breaker, newest first; `limit` is brought into 1 to 1,000.
    pub async fn breaker_events(
        &self,
        connection: Option<&ConnectionId>,
        source: BreakerSource,
        breaker: &str,
        limit: u32,
    ) -> Result<Vec<BreakerEvent>, Error> {
        let scope = connection.map_or("", ConnectionId::as_str);
        let (source, limit) = (document::word(NOUN, &source)?, limit.clamp(1, 1000));
        let rows = sqlx::query!(
            "SELECT id, seq, document FROM breaker_event
             WHERE connection = ? AND source = ? AND breaker = ? ORDER BY at DESC, id DESC LIMIT ?",
            scope,
            source,
            breaker,
            limit
        )
        .fetch_all(self.pool())
        .await?;
        rows.into_iter().map(|row| numbered(row.id, row.seq, &row.document)).collect()
    }

    /// What happened to any breaker since a time, oldest first, at most 10,000.
    pub async fn breaker_events_since(&self, since: Timestamp) -> Result<Vec<KnownBreakerEvent>, Error> {
        let since = since.as_millis();
        let rows = sqlx::query!(
            "SELECT id, seq, connection, source, document FROM breaker_event WHERE at >= ? ORDER BY at, id LIMIT 10000",
            since
        )
        .fetch_all(self.pool())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(KnownBreakerEvent {
                    connection: (!row.connection.is_empty()).then(|| row.connection.into()),
                    source: document::meaning(NOUN, row.source)?,
                    event: numbered(row.id, row.seq, &row.document)?,
                })
            })
            .collect()
    }
}

/// An event as it is kept. What no plane has numbered is told apart by its row.
fn numbered(row: i64, seq: Option<i64>, text: &str) -> Result<BreakerEvent, Error> {
    let mut event: BreakerEvent = document::read(NOUN, text)?;
    if seq.is_none() {
        event.seq = document::counted(row);
    }
    Ok(event)
}
