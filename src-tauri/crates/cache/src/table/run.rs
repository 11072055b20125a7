//! Runs: what is known of each, and its steps once they have been read.
//!
//! A read can be overtaken by a newer one: pages of a backfill arrive after live events. Each read therefore carries its
//! version (generation, newest event, last change), and an older version never takes the place of a newer one.

use crate::{
    batch::Batch,
    change::Change,
    document,
    error::Error,
    query::{CachedDetail, OpenRun},
    reader::Reader,
};
use domain::{ConnectionId, Run, RunId, RunStatus, RunSummary, Timestamp};
use sqlx::SqliteConnection;

const NOUN: &str = "run";

impl Batch {
    /// Keeps what a list told of runs; gives those that are new or differ from what was known. A summary that is older
    /// than what is known is passed over.
    pub async fn upsert_run_summaries(
        &mut self,
        connection: &ConnectionId,
        summaries: &[RunSummary],
        read_at: Timestamp,
    ) -> Result<Vec<RunId>, Error> {
        let mut pen = self.pen();
        let mut changed = Vec::new();
        for summary in summaries {
            if let Kept::Changed(_) = keep_summary(pen.connection(), connection, summary, read_at).await? {
                changed.push(summary.id.clone());
            }
        }
        if changed.is_empty() {
            pen.changed_nothing();
        } else {
            pen.changed(Change::Runs { connection: connection.clone(), ids: changed.clone() });
        }
        Ok(changed)
    }

    /// Keeps a run with its steps; says whether that is anything new. A run that is older than what is known is passed
    /// over.
    pub async fn upsert_run(
        &mut self,
        connection: &ConnectionId,
        run: &Run,
        read_at: Timestamp,
    ) -> Result<bool, Error> {
        let mut pen = self.pen();
        let (id, mut changed) = match keep_summary(pen.connection(), connection, &run.summary, read_at).await? {
            Kept::Changed(id) => (id, true),
            // Older than the known summary, the steps may still be the newest that were ever read.
            Kept::Confirmed(id) | Kept::Older(id) => (id, false),
        };
        if keep_detail(pen.connection(), id, run, read_at).await? {
            super::step::keep(pen.connection(), connection, run).await?;
            super::breaker_attempt::keep(pen.connection(), id, connection, run).await?;
            changed = true;
        }
        if changed {
            pen.changed(Change::Runs { connection: connection.clone(), ids: vec![run.summary.id.clone()] });
        } else {
            pen.changed_nothing();
        }
        Ok(changed)
    }
}

impl Reader {
    /// A run with its steps; `None` if nothing is known of it.
    pub async fn run(&self, connection: &ConnectionId, run: &RunId) -> Result<Option<CachedDetail>, Error> {
        let (id, name) = (connection.as_str(), run.as_str());
        let row = sqlx::query!(
            r#"SELECT r.summary, r.read_at, d.metadata AS "metadata?", d.steps AS "steps?",
                      d.read_at AS "detail_read_at?",
                      ifnull((d.generation, d.last_seq, d.changed_at) = (r.generation, r.last_seq, r.changed_at), 0)
                          AS "complete!: bool"
               FROM run r LEFT JOIN run_detail d ON d.id = r.id
               WHERE r.connection = ? AND r.run = ? LIMIT 1"#,
            id,
            name
        )
        .fetch_optional(self.pool())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let metadata = row.metadata.map(|text| document::read(NOUN, &text)).transpose()?.unwrap_or_default();
        let steps = row.steps.map(|text| document::read(NOUN, &text)).transpose()?.unwrap_or_default();
        Ok(Some(CachedDetail {
            connection: connection.clone(),
            run: Run { summary: document::read(NOUN, &row.summary)?, metadata, steps },
            read_at: Timestamp::from_millis(row.detail_read_at.unwrap_or(row.read_at)),
            complete: row.complete,
        }))
    }

    /// Runs of a connection that are not over, newest first, at most 500.
    pub async fn open_runs(&self, connection: &ConnectionId) -> Result<Vec<OpenRun>, Error> {
        let (id, open) = (connection.as_str(), document::written(NOUN, &RunStatus::open())?);
        let rows = sqlx::query!(
            r#"SELECT r.run, r.changed_at, d.read_at AS "steps_read_at?"
               FROM run r LEFT JOIN run_detail d ON d.id = r.id
               WHERE r.connection = ? AND r.status IN (SELECT value FROM json_each(?))
               ORDER BY r.created_at DESC LIMIT 500"#,
            id,
            open
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| OpenRun {
                id: row.run.into(),
                changed_at: Timestamp::from_millis(row.changed_at),
                steps_read_at: row.steps_read_at.map(Timestamp::from_millis),
            })
            .collect())
    }
}

/// How new a read of a run is: later fields only decide between equal earlier ones.
type Version = (i64, i64, i64);

fn version(summary: &RunSummary) -> Version {
    (i64::from(summary.generation), document::stored(summary.last_seq), summary.changed_at.as_millis())
}

/// What became of a summary; the number is that of its row.
enum Kept {
    /// It is new, or differs from what was known.
    Changed(i64),
    /// It is what was known.
    Confirmed(i64),
    /// It is older than what is known.
    Older(i64),
}

async fn keep_summary(
    database: &mut SqliteConnection,
    connection: &ConnectionId,
    summary: &RunSummary,
    read_at: Timestamp,
) -> Result<Kept, Error> {
    let (connection, run, status) = (connection.as_str(), summary.id.as_str(), summary.status.as_str());
    let (created_at, read_at) = (summary.created_at.as_millis(), read_at.as_millis());
    let (generation, last_seq, changed_at) = version(summary);
    let text = document::written(NOUN, summary)?;
    let known = sqlx::query!(
        "SELECT id, generation, last_seq, changed_at, summary, read_at FROM run WHERE connection = ? AND run = ? LIMIT 1",
        connection,
        run
    )
    .fetch_optional(&mut *database)
    .await?;
    let Some(known) = known else {
        let added = sqlx::query!(
            "INSERT INTO run (connection, run, goal, status, created_at, changed_at, generation, last_seq, summary, read_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            connection,
            run,
            summary.goal,
            status,
            created_at,
            changed_at,
            generation,
            last_seq,
            text,
            read_at
        )
        .execute(database)
        .await?;
        return Ok(Kept::Changed(added.last_insert_rowid()));
    };
    let (new, old) = (version(summary), (known.generation, known.last_seq, known.changed_at));
    let differs = known.summary != text;
    // Not everything that a summary tells makes an event, so of two reads of one version the later one counts.
    if new < old || (new == old && differs && read_at < known.read_at) {
        return Ok(Kept::Older(known.id));
    }
    let read_at = read_at.max(known.read_at);
    if !differs {
        sqlx::query!("UPDATE run SET read_at = ? WHERE id = ?", read_at, known.id).execute(database).await?;
        return Ok(Kept::Confirmed(known.id));
    }
    sqlx::query!(
        "UPDATE run SET goal = ?, status = ?, created_at = ?, changed_at = ?, generation = ?, last_seq = ?, summary = ?,
                read_at = ?
         WHERE id = ?",
        summary.goal,
        status,
        created_at,
        changed_at,
        generation,
        last_seq,
        text,
        read_at,
        known.id
    )
    .execute(database)
    .await?;
    Ok(Kept::Changed(known.id))
}

async fn keep_detail(database: &mut SqliteConnection, id: i64, run: &Run, read_at: Timestamp) -> Result<bool, Error> {
    let known = sqlx::query!(
        "SELECT generation, last_seq, changed_at, metadata, steps, read_at FROM run_detail WHERE id = ? LIMIT 1",
        id
    )
    .fetch_optional(&mut *database)
    .await?;
    let (metadata, steps) = (document::written(NOUN, &run.metadata)?, document::written(NOUN, &run.steps)?);
    let new = version(&run.summary);
    let (generation, last_seq, changed_at) = new;
    let mut read_at = read_at.as_millis();
    let mut changed = true;
    if let Some(known) = known {
        let old = (known.generation, known.last_seq, known.changed_at);
        let differs = known.metadata != metadata || known.steps != steps;
        if new < old || (new == old && differs && read_at < known.read_at) {
            return Ok(false);
        }
        changed = differs || new != old;
        read_at = read_at.max(known.read_at);
    }
    sqlx::query!(
        "INSERT INTO run_detail (id, changed_at, generation, last_seq, metadata, steps, read_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET changed_at = excluded.changed_at, generation = excluded.generation,
             last_seq = excluded.last_seq, metadata = excluded.metadata, steps = excluded.steps,
             read_at = excluded.read_at",
        id,
        changed_at,
        generation,
        last_seq,
        metadata,
        steps,
        read_at
    )
    .execute(database)
    .await?;
    Ok(changed)
}
