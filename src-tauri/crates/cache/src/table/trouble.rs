//! What is wrong with runs now: those that failed lately, and gates that wait for a person.

use crate::{
    document,
    error::Error,
    query::{FailedLately, OpenGate},
    reader::Reader,
};
use domain::{ConnectionId, Timestamp};

const NOUN: &str = "run";

impl Reader {
    /// Runs of a connection that failed since a time, newest first, at most 20,000.
    pub async fn failed_since(&self, connection: &ConnectionId, since: Timestamp) -> Result<Vec<FailedLately>, Error> {
        let (id, since) = (connection.as_str(), since.as_millis());
        let rows = sqlx::query!(
            r#"SELECT r.run, r.goal, r.changed_at, r.generation, r.summary ->> 'current_step' AS "step: String",
                      r.summary ->> 'requested_by' AS "requested_by: String", r.summary -> 'failure' AS "failure: String",
                      ifnull((d.generation, d.last_seq, d.changed_at) = (r.generation, r.last_seq, r.changed_at), 0)
                          AS "complete!: bool"
               FROM run AS r LEFT JOIN run_detail AS d ON d.id = r.id
               WHERE r.connection = ? AND r.changed_at >= ? AND r.status = 'failed'
               ORDER BY r.changed_at DESC LIMIT 20000"#,
            id,
            since
        )
        .fetch_all(self.pool())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(FailedLately {
                    run: row.run.into(),
                    goal: row.goal,
                    step: row.step,
                    failure: row.failure.map_or(Ok(None), |text| document::read(NOUN, &text))?,
                    requested_by: row.requested_by,
                    generation: u32::try_from(row.generation).unwrap_or(u32::MAX),
                    complete: row.complete,
                    at: Timestamp::from_millis(row.changed_at),
                })
            })
            .collect()
    }

    /// Steps of open runs that wait for a person's verdict, at most 50, those that expire first first.
    pub async fn open_gates(&self, connection: &ConnectionId) -> Result<Vec<OpenGate>, Error> {
        let id = connection.as_str();
        let rows = sqlx::query!(
            r#"SELECT step.run AS "run!", step.step AS "step!" FROM step
               JOIN run ON run.connection = step.connection AND run.run = step.run
               WHERE step.connection = ? AND step.status = 'waiting' AND step.waiting_for = 'approval'
                     AND run.status IN ('queued', 'running', 'waiting')
               ORDER BY step.waiting_until IS NULL, step.waiting_until, step.id LIMIT 50"#,
            id
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().map(|row| OpenGate { run: row.run.into(), step: row.step.into() }).collect())
    }

    /// When attempts started that failed at a breaker since a time, oldest first, at most 200.
    pub async fn failures_at(
        &self,
        connection: &ConnectionId,
        breaker: &str,
        since: Timestamp,
    ) -> Result<Vec<Timestamp>, Error> {
        let (id, since) = (connection.as_str(), since.as_millis());
        let rows = sqlx::query_scalar!(
            "SELECT started_at FROM breaker_attempt
             WHERE connection = ? AND breaker = ? AND started_at >= ? AND verdict = 'failure'
             ORDER BY started_at LIMIT 200",
            id,
            breaker,
            since
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().map(Timestamp::from_millis).collect())
    }
}
