//! What steps printed, each line once, and finding text in all of it.

use crate::{
    batch::Batch,
    change::Change,
    document,
    error::Error,
    query::{Hole, LogMatches},
    reader::Reader,
    table::sequence::{self, Numbered},
};
use domain::{ConnectionId, LogLine, RunId, StepId, Timestamp};

const NOUN: &str = "log line";
/// Lines that are read at a time while a whole log is searched.
const SEARCHED_AT_ONCE: usize = 2_000;

impl Batch {
    /// Keeps log lines of a run; gives how many were new. A line that is there already stays as it is.
    pub async fn append_logs(
        &mut self,
        connection: &ConnectionId,
        run: &RunId,
        lines: &[LogLine],
    ) -> Result<u64, Error> {
        let mut pen = self.pen();
        let (id, name) = (connection.as_str(), run.as_str());
        let rows: Vec<_> = lines
            .iter()
            .map(|line| {
                let (seq, at) = (document::stored(line.seq), line.at.as_millis());
                (seq, at, &line.step_id, line.attempt, line.stream, &line.text)
            })
            .collect();
        let rows = document::written(NOUN, &rows)?;
        let added = sqlx::query!(
            "INSERT INTO log (connection, run, seq, at, step, attempt, stream, text)
             SELECT ?, ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
             FROM json_each(?) WHERE true
             ON CONFLICT (connection, run, seq) DO NOTHING",
            id,
            name,
            rows
        )
        .execute(pen.connection())
        .await?
        .rows_affected();
        if added == 0 {
            pen.changed_nothing();
        } else {
            pen.changed(Change::Logs { connection: connection.clone(), run: run.clone() });
        }
        Ok(added)
    }
}

impl Reader {
    /// Cached log lines of a run, or of one of its steps, with sequence numbers above `after`, oldest first; `limit` is
    /// brought into 1 to 1,000.
    pub async fn logs(
        &self,
        connection: &ConnectionId,
        run: &RunId,
        step: Option<&StepId>,
        after: u64,
        limit: u32,
    ) -> Result<Vec<LogLine>, Error> {
        let (id, name, step) = (connection.as_str(), run.as_str(), step.map(StepId::as_str));
        let (after, limit) = (document::stored(after), limit.clamp(1, 1000));
        let rows = sqlx::query!(
            r#"SELECT seq, at, step, attempt AS "attempt: u32", stream, text FROM log
               WHERE connection = ?1 AND run = ?2 AND seq > ?3 AND (?4 IS NULL OR step = ?4) ORDER BY seq LIMIT ?5"#,
            id,
            name,
            after,
            step,
            limit
        )
        .fetch_all(self.pool())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(LogLine {
                    seq: document::counted(row.seq),
                    at: Timestamp::from_millis(row.at),
                    step_id: row.step.into(),
                    attempt: row.attempt,
                    stream: document::meaning(NOUN, row.stream)?,
                    text: row.text,
                })
            })
            .collect()
    }

    /// Lines in which `needle` is found, taken literally, in the whole cached log of a run or of one of its steps.
    /// Without `match_case`, upper and lower case of any script are the same. An empty needle is found nowhere.
    pub async fn find_in_log(
        &self,
        connection: &ConnectionId,
        run: &RunId,
        step: Option<&StepId>,
        needle: &str,
        match_case: bool,
    ) -> Result<LogMatches, Error> {
        let (id, name, step) = (connection.as_str(), run.as_str(), step.map(StepId::as_str));
        let folded = if match_case { needle.to_owned() } else { needle.to_lowercase() };
        let mut matches = LogMatches::default();
        let mut moment = self.moment().await?;
        let (mut after, limit) = (0, i64::try_from(SEARCHED_AT_ONCE).unwrap_or(i64::MAX));
        loop {
            let rows = sqlx::query!(
                "SELECT seq, text FROM log
                 WHERE connection = ?1 AND run = ?2 AND seq > ?3 AND (?4 IS NULL OR step = ?4) ORDER BY seq LIMIT ?5",
                id,
                name,
                after,
                step,
                limit
            )
            .fetch_all(&mut *moment)
            .await?;
            for row in &rows {
                after = row.seq;
                matches.searched += 1;
                let found = !folded.is_empty()
                    && if match_case { row.text.contains(&folded) } else { row.text.to_lowercase().contains(&folded) };
                if found {
                    matches.total += 1;
                    if matches.seqs.len() < LogMatches::MAX_SEQS {
                        matches.seqs.push(document::counted(row.seq));
                    }
                }
            }
            if rows.len() < SEARCHED_AT_ONCE {
                return Ok(matches);
            }
        }
    }

    /// Sequence numbers from 1 to `last_seq` whose log lines are not cached, oldest first, at most 100 holes.
    pub async fn log_holes(&self, connection: &ConnectionId, run: &RunId, last_seq: u64) -> Result<Vec<Hole>, Error> {
        let (id, name) = (connection.as_str(), run.as_str());
        let last = document::stored(last_seq);
        let known = sqlx::query_as!(
            Numbered,
            r#"SELECT seq AS "seq!", previous AS "previous!: i64" FROM (
                   SELECT seq, lag(seq, 1, 0) OVER (ORDER BY seq) AS previous FROM log
                   WHERE connection = ?1 AND run = ?2 AND seq BETWEEN 1 AND ?3
                   UNION ALL
                   SELECT ?3 + 1, ifnull(max(seq), 0) FROM log
                   WHERE connection = ?1 AND run = ?2 AND seq BETWEEN 1 AND ?3
               ) WHERE seq > previous + 1 ORDER BY seq LIMIT 100"#,
            id,
            name,
            last
        )
        .fetch_all(self.pool())
        .await?;
        Ok(sequence::holes(&known))
    }
}
