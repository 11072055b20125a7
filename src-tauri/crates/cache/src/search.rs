//! Finding words anywhere in the cache: goals, steps, failures, reasons, logs.
//!
//! What an operator types is never a query language here: every word is quoted, so that no input is a syntax error. The
//! last word may be unfinished. Deliberately absent: ranking across nouns; newest first is what triage needs.

use crate::{
    document,
    error::Error,
    query::{FoundIn, SearchHit},
    reader::Reader,
};
use sqlx::SqliteConnection;

/// Most words of a query that count.
const MAX_WORDS: usize = 16;
/// Most characters of a word that count.
const MAX_WORD: usize = 100;

/// The query in FTS5's language: all words, the last as a beginning. `None` when there is no word in it.
pub(crate) fn expression(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split(|character: char| character.is_whitespace() || character.is_control())
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(MAX_WORDS)
        .map(|word| {
            let word: String = word.chars().take(MAX_WORD).collect();
            format!("\"{}\"", word.replace('"', "\"\""))
        })
        .collect();
    (!words.is_empty()).then(|| format!("{}*", words.join(" AND ")))
}

/// Row numbers of all runs in which the words of an expression are found, as a JSON array.
pub(crate) async fn runs_with(words: &str, database: &mut SqliteConnection) -> Result<String, Error> {
    Ok(sqlx::query_scalar!(
        r#"SELECT json_group_array(id) AS "ids!: String" FROM run WHERE (connection, run) IN (
               SELECT connection, run FROM run WHERE id IN (SELECT rowid FROM run_text WHERE run_text MATCH ?1)
               UNION
               SELECT connection, run FROM step WHERE id IN (SELECT rowid FROM step_text WHERE step_text MATCH ?1)
               UNION
               SELECT connection, run FROM event WHERE id IN (SELECT rowid FROM event_text WHERE event_text MATCH ?1)
               UNION
               SELECT connection, run FROM log WHERE id IN (SELECT rowid FROM log_text WHERE log_text MATCH ?1)
           ) LIMIT 1"#,
        words
    )
    .fetch_one(database)
    .await?)
}

impl Reader {
    /// Places where all words of `text` are found, newest first within each noun, the nouns taking turns; `limit` is
    /// brought into 1 to 200. Any text is allowed; one without a word finds nothing.
    pub async fn search(&self, text: &str, limit: u32) -> Result<Vec<SearchHit>, Error> {
        let Some(words) = expression(text) else { return Ok(Vec::new()) };
        let limit = limit.clamp(1, 200);
        let mut moment = self.moment().await?;
        let goals = sqlx::query_as!(
            Row,
            r#"SELECT r.connection AS "connection!", r.run AS "run!", r.goal AS "goal!", NULL AS "step: String",
                      NULL AS "seq: i64", snippet(run_text, 1, '', '', '…', 16) AS "snippet!: String"
               FROM run_text JOIN run r ON r.id = run_text.rowid
               WHERE run_text MATCH ? ORDER BY r.created_at DESC, r.id DESC LIMIT ?"#,
            words,
            limit
        )
        .fetch_all(&mut *moment)
        .await?;
        let steps = in_steps(0, &format!("name : ({words})"), limit, &mut moment).await?;
        let failures = in_steps(1, &format!("failure : ({words})"), limit, &mut moment).await?;
        let events = sqlx::query_as!(
            Row,
            r#"SELECT e.connection AS "connection!", e.run AS "run!", ifnull(r.goal, '') AS "goal!: String",
                      json_extract(e.document, '$.step') AS "step: String", e.seq AS "seq?: i64",
                      snippet(event_text, 0, '', '', '…', 16) AS "snippet!: String"
               FROM event_text JOIN event e ON e.id = event_text.rowid
               LEFT JOIN run r ON r.connection = e.connection AND r.run = e.run
               WHERE event_text MATCH ? ORDER BY event_text.rowid DESC LIMIT ?"#,
            words,
            limit
        )
        .fetch_all(&mut *moment)
        .await?;
        let logs = sqlx::query_as!(
            Row,
            r#"SELECT l.connection AS "connection!", l.run AS "run!", ifnull(r.goal, '') AS "goal!: String",
                      s.name AS "step?: String", l.seq AS "seq?: i64",
                      snippet(log_text, 0, '', '', '…', 16) AS "snippet!: String"
               FROM log_text JOIN log l ON l.id = log_text.rowid
               LEFT JOIN run r ON r.connection = l.connection AND r.run = l.run
               LEFT JOIN step s ON s.connection = l.connection AND s.run = l.run AND s.step = l.step
               WHERE log_text MATCH ? ORDER BY log_text.rowid DESC LIMIT ?"#,
            words,
            limit
        )
        .fetch_all(&mut *moment)
        .await?;

        let nouns = [
            (FoundIn::Goal, goals),
            (FoundIn::Step, steps),
            (FoundIn::Failure, failures),
            (FoundIn::Event, events),
            (FoundIn::Log, logs),
        ];
        let mut hits: Vec<_> = nouns
            .into_iter()
            .flat_map(|(what, rows)| rows.into_iter().enumerate().map(move |(turn, row)| (turn, row.into_hit(what))))
            .collect();
        hits.sort_by_key(|(turn, _)| *turn);
        Ok(hits.into_iter().map(|(_, hit)| hit).take(usize::try_from(limit).unwrap_or(usize::MAX)).collect())
    }
}

/// Steps in which words are found; the snippet comes from this column of `step_text`, 0 for the name and 1 for the failure.
async fn in_steps(
    column: i64,
    words: &str,
    limit: u32,
    database: &mut SqliteConnection,
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"SELECT s.connection AS "connection!", s.run AS "run!", ifnull(r.goal, '') AS "goal!: String",
                  s.name AS "step?: String", NULL AS "seq: i64", snippet(step_text, ?, '', '', '…', 16) AS "snippet!: String"
           FROM step_text JOIN step s ON s.id = step_text.rowid
           LEFT JOIN run r ON r.connection = s.connection AND r.run = s.run
           WHERE step_text MATCH ? ORDER BY r.created_at DESC, s.id LIMIT ?"#,
        column,
        words,
        limit
    )
    .fetch_all(database)
    .await
}

struct Row {
    connection: String,
    run: String,
    goal: String,
    step: Option<String>,
    seq: Option<i64>,
    snippet: String,
}

impl Row {
    fn into_hit(self, what: FoundIn) -> SearchHit {
        SearchHit {
            connection: self.connection.into(),
            run_id: self.run.into(),
            goal: self.goal,
            what,
            step: self.step,
            seq: self.seq.map(document::counted),
            snippet: self.snippet,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::expression;

    #[test]
    fn words_are_quoted_and_the_last_is_a_beginning() {
        assert_eq!(expression("deploy pay").as_deref(), Some(r#""deploy" AND "pay"*"#), "all words must be found");
        assert_eq!(
            expression(r#"say "NEAR( OR*"#).as_deref(),
            Some(r#""say" AND """NEAR(" AND "OR*"*"#),
            "no operator survives"
        );
        for nothing in ["", "  \t", "\"'()*-^:", "--- *** \0"] {
            assert_eq!(expression(nothing), None, "{nothing:?} holds no word");
        }
    }
}
