//! Forgetting: what is old, or everything.
//!
//! Old rows go in many short batches, so that neither another process nor the sync of this one waits for long. A crash in
//! between leaves a run with holes in its log, which are repaired like any other hole, or forgotten next time.

use crate::{change::Change, error::Error, query::Forgotten, writer::Writer};
use domain::{ConnectionId, RunId, Timestamp};

/// Log lines and events that are forgotten in one batch.
const LINES_AT_ONCE: i64 = 5_000;

struct Victim {
    connection: String,
    run: String,
}

/// Forgets what is old; see [`Writer::apply_retention`].
pub(crate) async fn old(writer: &Writer, older_than: Timestamp, max_runs: u32) -> Result<Forgotten, Error> {
    let mut forgotten = Forgotten::default();
    let limit = older_than.as_millis();
    loop {
        let victims = old_runs(writer, limit, max_runs).await?;
        if victims.is_empty() {
            break;
        }
        for victim in &victims {
            forget_run(writer, victim).await?;
            forgotten.runs += 1;
        }
    }
    loop {
        let victims = orphans(writer, limit).await?;
        if victims.is_empty() {
            break;
        }
        for victim in &victims {
            forget_run(writer, victim).await?;
        }
    }
    forget_moments(writer, limit, &mut forgotten).await?;
    // Free pages at the end of the file go back to the disk.
    let mut connection = writer.pool().acquire().await?;
    sqlx::query("PRAGMA incremental_vacuum").fetch_all(&mut *connection).await?;
    Ok(forgotten)
}

/// Some of the runs that are too old or too many.
async fn old_runs(writer: &Writer, limit: i64, max_runs: u32) -> Result<Vec<Victim>, Error> {
    Ok(sqlx::query_as!(
        Victim,
        r#"SELECT connection AS "connection!", run AS "run!" FROM run WHERE id IN (
               SELECT id FROM run WHERE status IN ('succeeded', 'failed', 'cancelled') AND changed_at < ?1
               UNION
               SELECT id FROM (SELECT id FROM run ORDER BY created_at DESC, id DESC LIMIT -1 OFFSET ?2)
           ) LIMIT 200"#,
        limit,
        max_runs
    )
    .fetch_all(writer.pool())
    .await?)
}

/// Some of the old events and log lines whose run is not in the cache: it never came, or went before them.
async fn orphans(writer: &Writer, limit: i64) -> Result<Vec<Victim>, Error> {
    Ok(sqlx::query_as!(
        Victim,
        r#"SELECT connection AS "connection!: String", run AS "run!: String" FROM (
               SELECT connection, run, at FROM event UNION ALL SELECT connection, run, at FROM log
           ) AS line
           WHERE NOT EXISTS (SELECT 1 FROM run WHERE run.connection = line.connection AND run.run = line.run)
           GROUP BY connection, run HAVING max(at) < ? LIMIT 200"#,
        limit
    )
    .fetch_all(writer.pool())
    .await?)
}

/// Forgets one run with all that belongs to it, its row last.
async fn forget_run(writer: &Writer, victim: &Victim) -> Result<(), Error> {
    loop {
        let mut batch = writer.batch().await?;
        let mut pen = batch.pen();
        let logs = sqlx::query!(
            "DELETE FROM log WHERE id IN (SELECT id FROM log WHERE connection = ? AND run = ? LIMIT ?)",
            victim.connection,
            victim.run,
            LINES_AT_ONCE
        )
        .execute(pen.connection())
        .await?
        .rows_affected();
        let events = sqlx::query!(
            "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE connection = ? AND run = ? LIMIT ?)",
            victim.connection,
            victim.run,
            LINES_AT_ONCE
        )
        .execute(pen.connection())
        .await?
        .rows_affected();
        let chunk = LINES_AT_ONCE.unsigned_abs();
        let last = logs < chunk && events < chunk;
        if last {
            sqlx::query!("DELETE FROM step WHERE connection = ? AND run = ?", victim.connection, victim.run)
                .execute(pen.connection())
                .await?;
            sqlx::query!("DELETE FROM run WHERE connection = ? AND run = ?", victim.connection, victim.run)
                .execute(pen.connection())
                .await?;
        }
        let connection = ConnectionId::from(victim.connection.as_str());
        pen.changed(Change::Runs { connection, ids: vec![RunId::from(victim.run.as_str())] });
        batch.commit().await?;
        if last {
            return Ok(());
        }
    }
}

async fn forget_moments(writer: &Writer, limit: i64, forgotten: &mut Forgotten) -> Result<(), Error> {
    let mut batch = writer.batch().await?;
    let mut pen = batch.pen();
    let acts = sqlx::query!("DELETE FROM act WHERE at < ?", limit).execute(pen.connection()).await?;
    let breakers = sqlx::query!("DELETE FROM breaker_event WHERE at < ?", limit).execute(pen.connection()).await?;
    // The newest of each stays however old it is: it still holds.
    let checks = sqlx::query!(
        "DELETE FROM check_transition WHERE at < ? AND id NOT IN
             (SELECT max(id) FROM check_transition GROUP BY connection, readiness_check)",
        limit
    )
    .execute(pen.connection())
    .await?;
    let scores = sqlx::query!(
        "DELETE FROM readiness_score WHERE at < ? AND id NOT IN
             (SELECT max(id) FROM readiness_score GROUP BY connection)",
        limit
    )
    .execute(pen.connection())
    .await?;
    let spans = sqlx::query!("DELETE FROM coverage WHERE span_to < ?", limit).execute(pen.connection()).await?;
    let told = sqlx::query!("DELETE FROM told WHERE read_at < ?", limit).execute(pen.connection()).await?;
    let in_hand = sqlx::query!("DELETE FROM acknowledgement WHERE at < ?", limit).execute(pen.connection()).await?;
    let notices = sqlx::query!("DELETE FROM notice WHERE over_at < ?", limit).execute(pen.connection()).await?;
    forgotten.acts = acts.rows_affected();
    forgotten.transitions = breakers.rows_affected() + checks.rows_affected() + scores.rows_affected();
    forgotten.spans = spans.rows_affected();
    let rest = told.rows_affected() + in_hand.rows_affected() + notices.rows_affected();
    if forgotten.acts + forgotten.transitions + forgotten.spans + rest == 0 {
        pen.changed_nothing();
    } else {
        pen.changed(Change::Everything);
    }
    batch.commit().await
}

/// Forgets everything; see [`Writer::wipe`].
pub(crate) async fn all(writer: &Writer) -> Result<(), Error> {
    let mut batch = writer.batch().await?;
    let mut pen = batch.pen();
    // Whatever has a key to a connection goes with it; the rest has none.
    sqlx::query!("DELETE FROM connection").execute(pen.connection()).await?;
    sqlx::query!("DELETE FROM breaker").execute(pen.connection()).await?;
    sqlx::query!("DELETE FROM breaker_event").execute(pen.connection()).await?;
    sqlx::query!("DELETE FROM readiness_check").execute(pen.connection()).await?;
    sqlx::query!("DELETE FROM check_transition").execute(pen.connection()).await?;
    sqlx::query!("DELETE FROM acknowledgement").execute(pen.connection()).await?;
    sqlx::query!("DELETE FROM readiness_score").execute(pen.connection()).await?;
    sqlx::query!("DELETE FROM act").execute(pen.connection()).await?;
    sqlx::query!("DELETE FROM preference").execute(pen.connection()).await?;
    sqlx::query!("DELETE FROM drill").execute(pen.connection()).await?;
    sqlx::query!("DELETE FROM notice").execute(pen.connection()).await?;
    sqlx::query!("DELETE FROM news").execute(pen.connection()).await?;
    // An index keeps the words of deleted rows until it is built anew.
    sqlx::query!("INSERT INTO run_text (run_text) VALUES ('rebuild')").execute(pen.connection()).await?;
    sqlx::query!("INSERT INTO step_text (step_text) VALUES ('rebuild')").execute(pen.connection()).await?;
    sqlx::query!("INSERT INTO event_text (event_text) VALUES ('rebuild')").execute(pen.connection()).await?;
    sqlx::query!("INSERT INTO log_text (log_text) VALUES ('rebuild')").execute(pen.connection()).await?;
    pen.changed(Change::Everything);
    batch.commit().await?;
    // Deleted text stays readable in free pages until the file is written anew and its journal emptied.
    let mut connection = writer.pool().acquire().await?;
    sqlx::query("VACUUM").execute(&mut *connection).await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_all(&mut *connection).await?;
    Ok(())
}
