//! Breakers as last read.

use crate::{batch::Batch, change::Change, document, error::Error, query::CachedBreaker, reader::Reader};
use domain::{Breaker, BreakerSource, ConnectionId, Timestamp};
use sqlx::SqliteConnection;

const NOUN: &str = "breaker";

impl Batch {
    /// Keeps all breakers of one source: `connection` is where they were read from or what they protect, `None` for the
    /// console's own that protect no connection. Those that are no longer among them are forgotten; their past is kept.
    pub async fn put_breakers(
        &mut self,
        connection: Option<&ConnectionId>,
        source: BreakerSource,
        breakers: &[Breaker],
        read_at: Timestamp,
    ) -> Result<(), Error> {
        let mut pen = self.pen();
        if let Some(connection) = connection {
            super::connection::require(connection, pen.connection()).await?;
        }
        let scope = connection.map_or("", ConnectionId::as_str);
        let source = document::word(NOUN, &source)?;
        let read_at = read_at.as_millis();
        for breaker in breakers {
            keep(pen.connection(), scope, &source, breaker, read_at).await?;
        }
        let ids: Vec<_> = breakers.iter().map(|breaker| &breaker.id).collect();
        let ids = document::written(NOUN, &ids)?;
        sqlx::query!(
            "DELETE FROM breaker WHERE connection = ? AND source = ? AND breaker NOT IN (SELECT value FROM json_each(?))",
            scope,
            source,
            ids
        )
        .execute(pen.connection())
        .await?;
        // Its age changed even if nothing else did, and faces show the age.
        pen.changed(Change::Breakers { connection: connection.cloned() });
        Ok(())
    }
}

async fn keep(
    database: &mut SqliteConnection,
    connection: &str,
    source: &str,
    breaker: &Breaker,
    read_at: i64,
) -> Result<(), Error> {
    let (state, since) = (document::word(NOUN, &breaker.state)?, breaker.since.as_millis());
    let text = document::written(NOUN, breaker)?;
    sqlx::query!(
        "INSERT INTO breaker (connection, source, breaker, state, since, document, read_at) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (connection, source, breaker) DO UPDATE SET state = excluded.state, since = excluded.since,
             document = excluded.document, read_at = excluded.read_at",
        connection,
        source,
        breaker.id,
        state,
        since,
        text,
        read_at
    )
    .execute(database)
    .await?;
    Ok(())
}

impl Reader {
    /// Every breaker as last read, at most 1,000.
    pub async fn breakers(&self) -> Result<Vec<CachedBreaker>, Error> {
        let rows =
            sqlx::query!("SELECT document, read_at FROM breaker ORDER BY connection, source, breaker LIMIT 1000")
                .fetch_all(self.pool())
                .await?;
        rows.into_iter()
            .map(|row| {
                let breaker = document::read(NOUN, &row.document)?;
                Ok(CachedBreaker { breaker, read_at: Timestamp::from_millis(row.read_at) })
            })
            .collect()
    }
}
