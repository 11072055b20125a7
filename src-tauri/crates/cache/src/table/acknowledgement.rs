//! Problems that somebody has in hand.

use crate::{batch::Batch, change::Change, error::Error, query::Acknowledged, reader::Reader};
use domain::Timestamp;

impl Batch {
    /// Notes who has a problem in hand, or that nobody has it any more.
    pub async fn acknowledge(&mut self, problem: &str, by: Option<(&str, Timestamp)>) -> Result<(), Error> {
        let mut pen = self.pen();
        match by {
            Some((actor, at)) => {
                let at = at.as_millis();
                sqlx::query!(
                    "INSERT INTO acknowledgement (problem, actor, at) VALUES (?, ?, ?)
                     ON CONFLICT (problem) DO UPDATE SET actor = excluded.actor, at = excluded.at",
                    problem,
                    actor,
                    at
                )
                .execute(pen.connection())
                .await?;
            }
            None => {
                sqlx::query!("DELETE FROM acknowledgement WHERE problem = ?", problem)
                    .execute(pen.connection())
                    .await?;
            }
        }
        pen.changed(Change::Acts);
        Ok(())
    }
}

impl Reader {
    /// Problems that somebody has in hand, newest first, at most 1,000.
    pub async fn acknowledged(&self) -> Result<Vec<Acknowledged>, Error> {
        let rows = sqlx::query!("SELECT problem, actor, at FROM acknowledgement ORDER BY at DESC LIMIT 1000")
            .fetch_all(self.pool())
            .await?;
        let known = rows.into_iter().map(|row| Acknowledged {
            problem: row.problem,
            actor: row.actor,
            at: Timestamp::from_millis(row.at),
        });
        Ok(known.collect())
    }
}
