//! Several writes that are committed, and then announced, together.
//!
//! The connection is private to this file. A table gets hold of it only through a [`Pen`], and a pen that is put down
//! without naming what it changed is announced as [`Change::Everything`]: no write can go unannounced.

use crate::{change::Change, error::Error};
use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};
use tokio::sync::broadcast;

/// Writes that become visible together. Dropped without [`Batch::commit`], nothing of it has happened.
#[derive(Debug)]
pub struct Batch {
    transaction: Transaction<'static, Sqlite>,
    changes: Vec<Change>,
    announcements: broadcast::Sender<Change>,
}

impl Batch {
    pub(crate) async fn begin(pool: &SqlitePool, announcements: broadcast::Sender<Change>) -> Result<Self, Error> {
        // Taking the write lock first means that a batch either waits at its start or never: it cannot find out
        // halfway that another process wrote in between.
        let transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Self { transaction, changes: Vec::new(), announcements })
    }

    pub(crate) const fn pen(&mut self) -> Pen<'_> {
        Pen { batch: self, put_down: false }
    }

    /// Makes the writes visible, then announces what they changed.
    pub async fn commit(self) -> Result<(), Error> {
        self.transaction.commit().await?;
        for change in self.changes {
            // Nobody listening is no error.
            let _ = self.announcements.send(change);
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
