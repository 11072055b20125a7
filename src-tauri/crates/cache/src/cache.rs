//! The cache as a whole: its two kinds of handle and its announcements.

use crate::{
    batch::Desk,
    change::Change,
    error::Error,
    file, keepsake, open,
    reader::Reader,
    table::news::{self, News},
    writer::Writer,
};
use sqlx::SqlitePool;
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};
use tokio::sync::broadcast;

/// Announcements that a slow listener may lag behind before it loses the oldest.
const ANNOUNCEMENTS: usize = 1024;

/// An open cache.
#[derive(Debug)]
pub struct Cache {
    origin: Opened,
    path: PathBuf,
    readers: SqlitePool,
    writers: SqlitePool,
    desk: Desk,
    others_seen: AtomicI64,
    news_seen: AtomicI64,
}

/// Where the picture lives, and why if not where it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// In its file, new or as it was left.
    File,
    /// In a new file, because the old one could not be used. That one lies beside it as `<file>.broken-<n>`.
    Rebuilt {
        /// Why, one sentence for a person.
        reason: String,
    },
    /// In memory until this process ends. Here alone a read waits for a write that is under way.
    Memory {
        /// Why, one sentence for a person.
        reason: String,
    },
}

impl Cache {
    /// Opens the cache in the file at `path`, whatever state that is in. Cannot fail.
    pub async fn open(path: &Path) -> Self {
        let open::Connected { origin, readers, writers, kept } = open::open(path).await;
        let (announcements, _) = broadcast::channel(ANNOUNCEMENTS);
        let keepsake = (!matches!(origin, Opened::Memory { .. })).then(|| Arc::new(keepsake::file_of(path)));
        let desk = Desk { announcements, writer: writer_name(), keepsake };
        let cache = Self {
            origin,
            path: path.to_owned(),
            readers,
            writers,
            desk,
            others_seen: AtomicI64::new(0),
            news_seen: AtomicI64::new(0),
        };
        if !kept.is_empty()
            && let Err(error) = kept.restore(&cache.writer()).await
        {
            tracing::error!(%error, "connections, preferences and acts are not carried over");
        }
        cache
    }

    /// Where the picture lives, and why if not where it should.
    pub const fn origin(&self) -> &Opened {
        &self.origin
    }

    /// A handle that reads. Cheap to make and to clone.
    pub fn reader(&self) -> Reader {
        Reader::new(self.readers.clone())
    }

    /// A handle that writes. All writers of one cache take turns on one connection.
    pub fn writer(&self) -> Writer {
        Writer::new(self.writers.clone(), self.desk.clone())
    }

    /// Every change that is committed from now on through a writer of this cache.
    ///
    /// A listener that lags more than 1,024 changes behind is told so by its receiver and must read everything again.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.desk.announcements.subscribe()
    }

    /// Announces what other processes have written since the last call, or [`Change::Everything`] where that is not
    /// known any more; says whether they wrote anything of interest.
    ///
    /// Meant to be called every second or so. It answers `false` at once while a write is under way.
    pub async fn notice_other_processes(&self) -> Result<bool, Error> {
        let Some(mut connection) = self.writers.try_acquire() else { return Ok(false) };
        // The version moves only when another connection commits, and no other connection of this process does.
        let version = sqlx::query_scalar::<_, i64>("PRAGMA data_version").fetch_one(&mut *connection).await?;
        let seen = self.others_seen.swap(version, Ordering::Relaxed);
        if seen == 0 {
            self.news_seen.store(news::newest(&mut connection).await?, Ordering::Relaxed);
        }
        if seen == 0 || seen == version {
            return Ok(false);
        }
        let last = self.news_seen.load(Ordering::Relaxed);
        let News { seen, changes } = news::since(&mut connection, last, &self.desk.writer).await?;
        self.news_seen.store(seen, Ordering::Relaxed);
        let changes = changes.unwrap_or_else(|| vec![Change::Everything]);
        let wrote = !changes.is_empty();
        for change in changes {
            // Nobody listening is no error.
            let _ = self.desk.announcements.send(change);
        }
        Ok(wrote)
    }

    /// Makes the next start set the file aside and build a new one, e.g. after [`Error::Damaged`].
    pub async fn distrust(&self) -> std::io::Result<()> {
        tokio::fs::write(file::distrust_mark(&self.path), []).await
    }

    /// Waits for reads and writes under way, then closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}

/// Tells apart whoever writes at the same time: processes, and caches within one.
fn writer_name() -> Arc<str> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{}.{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)).into()
}
