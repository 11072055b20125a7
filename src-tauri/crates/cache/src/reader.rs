//! The handle that reads. What it reads is in `table/`, one file per noun.
//!
//! Its connections refuse to write, so a query that tried would fail rather than change something unannounced.

use crate::error::Error;
use sqlx::{Sqlite, SqlitePool, Transaction};

/// Reads the last committed state, without waiting for a write that is under way.
#[derive(Debug, Clone)]
pub struct Reader {
    pool: SqlitePool,
}

impl Reader {
    pub(crate) const fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }

    pub(crate) const fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// Several queries that must tell of the same moment.
    pub(crate) async fn moment(&self) -> Result<Transaction<'static, Sqlite>, Error> {
        Ok(self.pool.begin().await?)
    }
}
