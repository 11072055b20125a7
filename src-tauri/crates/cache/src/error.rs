//! What can go wrong while the cache is read or written. Opening it is not in this list: that cannot fail.

/// Why the cache did not answer or did not keep something.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process held the file for longer than the cache waits, 5 seconds.
    #[error("the cache is being written by another process; try again")]
    Busy,
    /// The file is damaged. The next start builds a new one.
    #[error("the cache file is damaged; it is rebuilt at the next start")]
    Damaged,
    /// The disk is full, or the file may not be written.
    #[error("the cache cannot be written: the disk is full or the file is read-only")]
    NotWritable,
    /// Something was to be kept of a connection that is not there, or no longer.
    #[error("there is no such connection")]
    NoSuchConnection,
    /// Another connection has this name already.
    #[error("another connection has the name {name:?}")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// The key of a page is none that this cache gave out.
    #[error("{after:?} is not the key of a page")]
    UnknownPage {
        /// What was given.
        after: String,
    },
    /// What is kept was written by a program that knows other nouns.
    #[error("a cached {noun} cannot be read")]
    Unreadable {
        /// What it was to be.
        noun: &'static str,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The database failed in a way that has no name here.
    #[error("the cache failed")]
    Database(#[source] sqlx::Error),
}

/// SQLite's primary result codes, <https://www.sqlite.org/rescode.html>.
mod code {
    pub(super) const BUSY: u32 = 5;
    pub(super) const LOCKED: u32 = 6;
    pub(super) const READ_ONLY: u32 = 8;
    pub(super) const IO: u32 = 10;
    pub(super) const CORRUPT: u32 = 11;
    pub(super) const FULL: u32 = 13;
    pub(super) const CANNOT_OPEN: u32 = 14;
    pub(super) const NOT_A_DATABASE: u32 = 26;
}

/// The primary result code of an error that SQLite itself raised.
fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let extended: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(extended & 0xff)
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return Self::Busy;
        }
        if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation) {
            return Self::NoSuchConnection;
        }
        match primary_code(&error) {
            Some(code::BUSY | code::LOCKED) => Self::Busy,
            Some(code::CORRUPT | code::NOT_A_DATABASE) => Self::Damaged,
            Some(code::FULL | code::READ_ONLY | code::IO | code::CANNOT_OPEN) => Self::NotWritable,
            _ => Self::Database(error),
        }
    }
}

impl Error {
    pub(crate) const fn unreadable(noun: &'static str) -> impl FnOnce(serde_json::Error) -> Self {
        move |source| Self::Unreadable { noun, source }
    }
}
