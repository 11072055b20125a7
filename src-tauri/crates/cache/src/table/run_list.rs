//! Lists of runs: filtered, counted and paged, newest first. They read summaries only.

use crate::{
    document,
    error::Error,
    query::{CachedRun, Found, RunPage, RunQuery},
    reader::Reader,
    search,
};
use domain::{ConnectionId, Page, RunId, RunStatus, Timestamp};

const NOUN: &str = "run";

impl Reader {
    /// One page of runs, newest first, together with how many there are in each state.
    pub async fn runs(&self, query: &RunQuery) -> Result<RunPage, Error> {
        let connection = query.connection.as_ref().map(ConnectionId::as_str);
        let wanted: Vec<_> = query.statuses.iter().map(|status| status.as_str()).collect();
        let statuses = if wanted.is_empty() { None } else { Some(document::written(NOUN, &wanted)?) };
        let kinds = if query.kinds.is_empty() { None } else { Some(document::written(NOUN, &query.kinds)?) };
        let since = query.since.map_or(i64::MIN, Timestamp::as_millis);
        let until = query.until.map_or(i64::MAX, Timestamp::as_millis);
        let (before_at, before_id) = query.after.as_deref().map_or(Ok((i64::MAX, i64::MAX)), read_key)?;
        let limit = i64::from(query.limit.clamp(1, RunQuery::MAX_LIMIT));
        let words = match query.text.as_deref().filter(|text| !text.trim().is_empty()) {
            None => None,
            Some(text) => match search::expression(text) {
                Some(words) => Some(words),
                None => return self.nothing().await,
            },
        };

        let mut moment = self.moment().await?;
        let found = match words {
            Some(words) => Some(search::runs_with(&words, &mut moment).await?),
            None => None,
        };
        let further = limit + 1;
        let mut rows = sqlx::query_as!(
            Row,
            r#"SELECT id AS "id!", connection AS "connection!", run AS "run!", summary AS "summary!",
                      created_at AS "created_at!", read_at AS "read_at!", complete AS "complete!: bool"
               FROM listed_run
               WHERE (created_at, id) < (?1, ?2) AND created_at >= ?3 AND created_at < ?4
                 AND (?5 IS NULL OR connection = ?5)
                 AND (?6 IS NULL OR status IN (SELECT value FROM json_each(?6)))
                 AND (?7 IS NULL OR id IN (SELECT value FROM json_each(?7)))
                 AND (?8 IS NULL OR connection IN (
                     SELECT c.id FROM connection c WHERE c.kind IN (SELECT value FROM json_each(?8))
                 ))
               ORDER BY created_at DESC, id DESC LIMIT ?9"#,
            before_at,
            before_id,
            since,
            until,
            connection,
            statuses,
            found,
            kinds,
            further
        )
        .fetch_all(&mut *moment)
        .await?;
        let counted = sqlx::query!(
            r#"SELECT status, count(*) AS "count!: i64" FROM run
               WHERE created_at >= ?1 AND created_at < ?2
                 AND (?3 IS NULL OR connection = ?3)
                 AND (?4 IS NULL OR id IN (SELECT value FROM json_each(?4)))
                 AND (?5 IS NULL OR connection IN (
                     SELECT c.id FROM connection c WHERE c.kind IN (SELECT value FROM json_each(?5))
                 ))
               GROUP BY status LIMIT 100"#,
            since,
            until,
            connection,
            found,
            kinds
        )
        .fetch_all(&mut *moment)
        .await?;
        let total = sqlx::query_scalar!("SELECT count(*) FROM run LIMIT 1").fetch_one(&mut *moment).await?;

        let shown = usize::try_from(limit).unwrap_or(usize::MAX);
        let next = if rows.len() > shown { rows.get(shown - 1).map(Row::key) } else { None };
        rows.truncate(shown);
        let items = rows.into_iter().map(Row::into_run).collect::<Result<_, _>>()?;
        let counts: Vec<_> = RunStatus::ALL
            .iter()
            .filter_map(|status| {
                let row = counted.iter().find(|row| row.status == status.as_str())?;
                Some((*status, document::counted(row.count)))
            })
            .collect();
        let matching = counts
            .iter()
            .filter(|(status, _)| query.statuses.is_empty() || query.statuses.contains(status))
            .map(|(_, count)| count)
            .sum();
        Ok(RunPage { page: Page { items, next }, counts, matching, total: document::counted(total) })
    }

    /// The run with this id on any connection, or the only one whose id begins so.
    pub async fn find_run(&self, name: &str) -> Result<Found, Error> {
        if name.is_empty() {
            return Ok(Found::None);
        }
        // No character sorts after the last one, so this is the end of all ids that begin with the name.
        let end = format!("{name}\u{10ffff}");
        let mut rows = sqlx::query_as!(
            Row,
            r#"SELECT id AS "id!", connection AS "connection!", run AS "run!", summary AS "summary!",
                      created_at AS "created_at!", read_at AS "read_at!", complete AS "complete!: bool"
               FROM listed_run WHERE run >= ?1 AND run < ?2 ORDER BY run <> ?1, created_at DESC, id DESC LIMIT 10"#,
            name,
            end
        )
        .fetch_all(self.pool())
        .await?;
        if rows.iter().any(|row| row.run == name) {
            rows.retain(|row| row.run == name);
        }
        if rows.len() > 1 {
            let named = rows.into_iter().map(|row| (row.connection.into(), RunId::from(row.run))).collect();
            return Ok(Found::Ambiguous(named));
        }
        match rows.pop() {
            Some(row) => Ok(Found::One(Box::new(row.into_run()?))),
            None => Ok(Found::None),
        }
    }

    async fn nothing(&self) -> Result<RunPage, Error> {
        let total = sqlx::query_scalar!("SELECT count(*) FROM run LIMIT 1").fetch_one(self.pool()).await?;
        Ok(RunPage { page: Page::empty(), counts: Vec::new(), matching: 0, total: document::counted(total) })
    }
}

struct Row {
    id: i64,
    connection: String,
    run: String,
    summary: String,
    created_at: i64,
    read_at: i64,
    complete: bool,
}

impl Row {
    fn key(&self) -> String {
        format!("{}.{}", self.created_at, self.id)
    }

    fn into_run(self) -> Result<CachedRun, Error> {
        Ok(CachedRun {
            connection: self.connection.into(),
            summary: document::read(NOUN, &self.summary)?,
            read_at: Timestamp::from_millis(self.read_at),
            complete: self.complete,
        })
    }
}

fn read_key(after: &str) -> Result<(i64, i64), Error> {
    after
        .split_once('.')
        .and_then(|(created_at, id)| Some((created_at.parse().ok()?, id.parse().ok()?)))
        .ok_or_else(|| Error::UnknownPage { after: after.to_owned() })
}
