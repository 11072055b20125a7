//! The cache as a whole: its two kinds of handle and its announcements.

use crate::{change::Change, error::Error, file, open, reader::Reader, writer::Writer};
use sqlx::SqlitePool;
use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicI64, Ordering},
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
    announcements: broadcast::Sender<Change>,
    others_seen: AtomicI64,
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
        let open::Connected { origin, readers, writers } = open::open(path).await;
        let (announcements, _) = broadcast::channel(ANNOUNCEMENTS);
        Self { origin, path: path.to_owned(), readers, writers, announcements, others_seen: AtomicI64::new(0) }
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
        Writer::new(self.writers.clone(), self.announcements.clone())
    }

    /// Every change that is committed from now on through a writer of this cache.
    ///
    /// A listener that lags more than 1,024 changes behind is told so by its receiver and must read everything again.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.announcements.subscribe()
    }

    /// Announces [`Change::Everything`] if another process has written since the last call; says whether it did.
    ///
    /// Meant to be called every second or so. It answers `false` at once while a write is under way.
    pub async fn notice_other_processes(&self) -> Result<bool, Error> {
        let Some(mut connection) = self.writers.try_acquire() else { return Ok(false) };
        // The version moves only when another connection commits, and no other connection of this process does.
        let version = sqlx::query_scalar::<_, i64>("PRAGMA data_version").fetch_one(&mut *connection).await?;
        let seen = self.others_seen.swap(version, Ordering::Relaxed);
        let wrote = seen != 0 && seen != version;
        if wrote {
            // Nobody listening is no error.
            let _ = self.announcements.send(Change::Everything);
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
