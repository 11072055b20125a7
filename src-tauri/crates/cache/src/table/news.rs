//! What each batch changed, so that other processes need not read everything again. Pruned as it is written.

use crate::{change::Change, document, error::Error};
use sqlx::SqliteConnection;

const NOUN: &str = "change";
/// Rows that are kept for a process that looks late.
const KEPT: i64 = 500;
/// How often old rows are deleted, in rows.
const PRUNED_EVERY: i64 = 50;

/// What others changed since the last look.
pub(crate) struct News {
    /// Up to which row this is.
    pub(crate) seen: i64,
    /// What others changed; `None` if some of it is not known any more.
    pub(crate) changes: Option<Vec<Change>>,
}

/// Leaves word of what is about to be committed. How far a feed has been read concerns nobody else.
pub(crate) async fn leave(database: &mut SqliteConnection, writer: &str, changes: &[Change]) -> Result<(), Error> {
    let told: Vec<_> = changes.iter().filter(|change| !matches!(change, Change::FeedPosition { .. })).collect();
    if told.is_empty() {
        return Ok(());
    }
    let text = document::written(NOUN, &told)?;
    let id = sqlx::query!("INSERT INTO news (writer, changes) VALUES (?, ?)", writer, text)
        .execute(&mut *database)
        .await?
        .last_insert_rowid();
    if id % PRUNED_EVERY == 0 {
        let oldest = id - KEPT;
        sqlx::query!("DELETE FROM news WHERE id <= ?", oldest).execute(database).await?;
    }
    Ok(())
}

/// The newest row; 0 if there is none.
pub(crate) async fn newest(database: &mut SqliteConnection) -> Result<i64, Error> {
    let newest = sqlx::query_scalar!(r#"SELECT ifnull(max(id), 0) AS "id!: i64" FROM news LIMIT 1"#);
    Ok(newest.fetch_one(database).await?)
}

/// What others than this writer changed after this row.
pub(crate) async fn since(database: &mut SqliteConnection, seen: i64, writer: &str) -> Result<News, Error> {
    let rows = sqlx::query!("SELECT id, writer, changes FROM news WHERE id > ? ORDER BY id LIMIT 1000", seen)
        .fetch_all(database)
        .await?;
    let mut news = News { seen, changes: Some(Vec::new()) };
    for row in rows {
        let is_next = row.id == news.seen + 1;
        news.seen = row.id;
        // A later version of this program may know changes that this one does not.
        let told = document::read::<Vec<Change>>(NOUN, &row.changes).ok().filter(|_| is_next);
        match (told, &mut news.changes) {
            (Some(told), Some(changes)) if row.writer != writer => changes.extend(told),
            (Some(_), _) => {}
            (None, _) => news.changes = None,
        }
    }
    Ok(news)
}
