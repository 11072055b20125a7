//! What attempts met at breakers: the join from a breaker to the runs that it failed, held up or is about to meet.

use crate::{
    document,
    error::Error,
    query::{MetStep, StepAhead},
    reader::Reader,
};
use domain::{ConnectionId, Run, Timestamp};
use sqlx::SqliteConnection;

const NOUN: &str = "attempt";

/// The columns that both ways to a step have in common.
macro_rules! ahead {
    ($row:ident) => {
        StepAhead {
            run: $row.run.into(),
            goal: $row.goal,
            template: $row.template,
            run_status: document::meaning(NOUN, $row.run_status)?,
            step: $row.step.into(),
            name: $row.name,
            tool: $row.tool,
            status: document::meaning(NOUN, $row.status)?,
            waiting_for: $row.waiting_for.map(|word| document::meaning(NOUN, word)).transpose()?,
            waiting_until: $row.waiting_until.map(Timestamp::from_millis),
            attempts: document::counted($row.attempts),
        }
    };
}

/// Brings what the attempts of a run met to what was just read of it.
pub(super) async fn keep(
    database: &mut SqliteConnection,
    id: i64,
    connection: &ConnectionId,
    run: &Run,
) -> Result<(), Error> {
    let rows: Vec<_> = run
        .steps
        .iter()
        .flat_map(|step| step.attempts.iter().map(move |attempt| (step, attempt)))
        .filter_map(|(step, attempt)| {
            let breaker = attempt.breaker.as_ref()?;
            Some((&step.id, attempt.number, breaker, attempt.breaker_verdict, attempt.started_at.as_millis()))
        })
        .collect();
    let (connection, rows) = (connection.as_str(), document::written(NOUN, &rows)?);
    sqlx::query!("DELETE FROM breaker_attempt WHERE run = ?", id).execute(&mut *database).await?;
    sqlx::query!(
        "INSERT INTO breaker_attempt (run, step, number, connection, breaker, verdict, started_at)
         SELECT ?, value ->> 0, value ->> 1, ?, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?)",
        id,
        connection,
        rows
    )
    .execute(database)
    .await?;
    Ok(())
}

impl Reader {
    /// Steps whose attempts failed at a breaker, or were refused by it, since a time: those hit last first, at most
    /// 50,000.
    pub async fn steps_hit(
        &self,
        connection: &ConnectionId,
        breaker: &str,
        since: Timestamp,
    ) -> Result<Vec<MetStep>, Error> {
        let (connection, since) = (connection.as_str(), since.as_millis());
        let rows = sqlx::query!(
            r#"SELECT run.run AS "run!", run.goal AS "goal!", run.status AS "run_status!",
                      run.summary ->> 'template' AS "template: String", step.step AS "step!", step.name AS "name!",
                      step.tool AS "tool!", step.status AS "status!", step.waiting_for, step.waiting_until,
                      step.attempts AS "attempts!", hit.newest_number AS "newest_number!: i64",
                      hit.failures AS "failures!: i64", hit.refusals AS "refusals!: i64",
                      hit.first_at AS "first_at!: i64", hit.newest_at AS "newest_at!: i64"
               FROM (SELECT run, step, max(number) AS newest_number, sum(verdict = 'failure') AS failures,
                            sum(verdict = 'refused') AS refusals, min(started_at) AS first_at,
                            max(started_at) AS newest_at
                     FROM breaker_attempt
                     WHERE connection = ?1 AND breaker = ?2 AND started_at >= ?3 AND verdict IN ('failure', 'refused')
                     GROUP BY run, step) AS hit
               JOIN run ON run.id = hit.run
               JOIN step ON step.connection = run.connection AND step.run = run.run AND step.step = hit.step
               ORDER BY hit.newest_at DESC, step.id DESC LIMIT 50000"#,
            connection,
            breaker,
            since
        )
        .fetch_all(self.pool())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(MetStep {
                    ahead: ahead!(row),
                    was_hit_last: row.newest_number == row.attempts,
                    failures: document::counted(row.failures),
                    refusals: document::counted(row.refusals),
                    first_at: Timestamp::from_millis(row.first_at),
                    newest_at: Timestamp::from_millis(row.newest_at),
                })
            })
            .collect()
    }

    /// Steps that are not over and meet a breaker when they call, hit by it or not: at most 50,000.
    pub async fn steps_ahead(&self, connection: &ConnectionId, breaker: &str) -> Result<Vec<StepAhead>, Error> {
        let connection = connection.as_str();
        let rows = sqlx::query!(
            r#"SELECT run.run AS "run!", run.goal AS "goal!", run.status AS "run_status!",
                      run.summary ->> 'template' AS "template: String", step.step AS "step!", step.name AS "name!",
                      step.tool AS "tool!", step.status AS "status!", step.waiting_for, step.waiting_until,
                      step.attempts AS "attempts!"
               FROM step JOIN run ON run.connection = step.connection AND run.run = step.run
               WHERE step.connection = ?1 AND step.breaker = ?2 AND step.status IN ('queued', 'running', 'waiting')
                     AND run.status IN ('queued', 'running', 'waiting')
               ORDER BY step.id DESC LIMIT 50000"#,
            connection,
            breaker
        )
        .fetch_all(self.pool())
        .await?;
        rows.into_iter().map(|row| Ok(ahead!(row))).collect()
    }

    /// When the failures began that a breaker had counted by `until`: the first after its last success, at most an hour
    /// before; `None` if it counted none.
    pub async fn failing_since(
        &self,
        connection: &ConnectionId,
        breaker: &str,
        until: Timestamp,
    ) -> Result<Option<Timestamp>, Error> {
        const AT_MOST_MS: i64 = 3_600_000;
        let (connection, until) = (connection.as_str(), until.as_millis());
        let earliest = until - AT_MOST_MS;
        let began = sqlx::query_scalar!(
            r#"SELECT min(started_at) AS "began: i64" FROM breaker_attempt
               WHERE connection = ?1 AND breaker = ?2 AND started_at BETWEEN ?4 AND ?3 AND verdict = 'failure'
                     AND started_at > ifnull(
                         (SELECT max(started_at) FROM breaker_attempt
                          WHERE connection = ?1 AND breaker = ?2 AND started_at BETWEEN ?4 AND ?3
                                AND verdict = 'success'), 0)
               LIMIT 1"#,
            connection,
            breaker,
            until,
            earliest
        )
        .fetch_one(self.pool())
        .await?;
        Ok(began.map(Timestamp::from_millis))
    }

    /// Runs of a connection that changed since a time and whose steps are not known as they are now, counted up to 10,000.
    pub async fn runs_unread_since(&self, connection: &ConnectionId, since: Timestamp) -> Result<u64, Error> {
        let (connection, since) = (connection.as_str(), since.as_millis());
        let unread = sqlx::query_scalar!(
            r#"SELECT count(*) AS "unread!: i64" FROM (
                   SELECT 1 FROM run LEFT JOIN run_detail AS detail ON detail.id = run.id
                   WHERE run.connection = ?1 AND run.changed_at >= ?2
                         AND (detail.id IS NULL OR (detail.generation, detail.last_seq, detail.changed_at)
                              <> (run.generation, run.last_seq, run.changed_at))
                   LIMIT 10000) LIMIT 1"#,
            connection,
            since
        )
        .fetch_one(self.pool())
        .await?;
        Ok(document::counted(unread))
    }
}
