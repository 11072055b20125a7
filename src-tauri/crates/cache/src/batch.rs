//! Several writes that are committed, and then announced, together.
//!
//! The connection is private to this file. A table gets hold of it only through a [`Pen`], and a pen that is put down
//! without naming what it changed is announced as [`Change::Everything`]: no write can go unannounced.

use crate::{change::Change, error::Error, keepsake, table};
use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};
use std::{path::PathBuf, sync::Arc};
use tokio::sync::broadcast;

/// Who is told of a batch.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    /// Listeners in this process.
    pub(crate) announcements: broadcast::Sender<Change>,
    /// By which other processes know whose word it is.
    pub(crate) writer: Arc<str>,
    /// The file beside the cache that keeps connections; `None` where there is no file.
    pub(crate) keepsake: Option<Arc<PathBuf>>,
}

/// Writes that become visible together. Dropped without [`Batch::commit`], nothing of it has happened.
#[derive(Debug)]
pub struct Batch {
    transaction: Transaction<'static, Sqlite>,
    changes: Vec<Change>,
    desk: Desk,
}

impl Batch {
    pub(crate) async fn begin(pool: &SqlitePool, desk: Desk) -> Result<Self, Error> {
        // Taking the write lock first means that a batch either waits at its start or never: it cannot find out
        // halfway that another process wrote in between.
        let transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Self { transaction, changes: Vec::new(), desk })
    }

    pub(crate) const fn pen(&mut self) -> Pen<'_> {
        Pen { batch: self, put_down: false }
    }

    /// Makes the writes visible, then announces what they changed.
    pub async fn commit(mut self) -> Result<(), Error> {
        table::news::leave(&mut self.transaction, &self.desk.writer, &self.changes).await?;
        let concerns_connections = |change: &Change| matches!(change, Change::Connections | Change::Everything);
        if let Some(path) = self.desk.keepsake.filter(|_| self.changes.iter().any(concerns_connections)) {
            // Before the commit, because the write lock keeps two processes from overtaking each other with the file.
            let connections = table::connection::all(&mut *self.transaction).await?;
            keepsake::write(&path, connections).await;
        }
        self.transaction.commit().await?;
        for change in self.changes {
            // Nobody listening is no error.
            let _ = self.desk.announcements.send(change);
        }
        Ok(())
    }
}

/// The right to write, until it is said what was written.
pub(crate) struct Pen<'b> {
    batch: &'b mut Batch,
    put_down: bool,
}

impl Pen<'_> {
    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.batch.transaction
    }

    /// Puts the pen down, naming what was changed.
    pub(crate) fn changed(mut self, change: Change) {
        self.put_down = true;
        if !self.batch.changes.contains(&change) {
            self.batch.changes.push(change);
        }
    }

    /// Puts the pen down: the writes found everything as it should be.
    pub(crate) fn changed_nothing(mut self) {
        self.put_down = true;
    }
}

impl Drop for Pen<'_> {
    fn drop(&mut self) {
        if !self.put_down {
            self.batch.changes.push(Change::Everything);
        }
    }
}
