//! `log_lines`: what steps printed, numbered within the run.

use super::super::column::{Word, document, signed, small, unsigned};
use crate::{Error, store::PendingLine};
use domain::{LogLine, LogStream, RunId, Timestamp};
use sqlx::{SqliteConnection, SqliteExecutor};

/// Adds lines of one run in one statement, with the numbers after `last`.
pub(crate) async fn insert_all(
    conn: &mut SqliteConnection,
    run: &RunId,
    last: i64,
    lines: &[&PendingLine],
) -> Result<(), Error> {
    let rows: Vec<_> = lines
        .iter()
        .map(|line| (line.at.as_millis(), &line.step, line.attempt, line.stream.as_str(), &line.text))
        .collect();
    let (id, rows) = (run.as_str(), document(&rows)?);
    sqlx::query!(
        "INSERT INTO log_lines (run_id, seq, at, step_id, attempt, stream, text)
         SELECT ?1, ?2 + 1 + key, value->>0, value->>1, value->>2, value->>3, value->>4 FROM json_each(?3)",
        id,
        last,
        rows
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Lines of one run after a sequence number, oldest first.
pub(crate) async fn of_run(
    conn: impl SqliteExecutor<'_>,
    run: &RunId,
    after: u64,
    limit: u32,
) -> Result<Vec<LogLine>, Error> {
    let (id, after) = (run.as_str(), signed(after));
    let rows = sqlx::query!(
        r#"SELECT seq, at, step_id, attempt, stream AS "stream: Word<LogStream>", text
           FROM log_lines WHERE run_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3"#,
        id,
        after,
        limit
    );
    let lines = rows.fetch_all(conn).await?.into_iter().map(|row| LogLine {
        seq: unsigned(row.seq),
        at: Timestamp::from_millis(row.at),
        step_id: row.step_id.into(),
        attempt: small(row.attempt),
        stream: row.stream.0,
        text: row.text,
    });
    Ok(lines.collect())
}
