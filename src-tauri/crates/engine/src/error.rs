//! What an act on the engine can end in, named by what it means for the caller.

use domain::Fault;
use std::path::PathBuf;

/// Why the engine did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no such thing.
    #[error("{what} is not there")]
    NotFound {
        /// What was looked for, e.g. `run run_0199…`.
        what: String,
    },
    /// The state of the thing does not allow this.
    #[error("{message}")]
    Conflict {
        /// Stable: `run_is_terminal`, `run_is_stopping`, `step_not_retryable` or `gate_not_open`.
        code: &'static str,
        /// One sentence for a person.
        message: String,
        /// What to do instead.
        remedy: String,
    },
    /// The input is refused.
    #[error("the input has {} fault(s)", faults.len())]
    Invalid {
        /// Every fault, not only the first.
        faults: Vec<Fault>,
    },
    /// The idempotency key was used before with another body.
    #[error("this idempotency key was already used for another request")]
    IdempotencyMismatch,
    /// The engine is ending and takes no more work.
    #[error("the control plane is shutting down")]
    ShuttingDown,
    /// The database cannot be read or written now; nothing was changed.
    #[error("the database of the control plane cannot be used now: {detail}")]
    Storage {
        /// What SQLite said.
        detail: String,
    },
}

/// Why the engine could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has this data directory open.
    #[error("{} is in use by another control plane; stop that one first or choose another data directory", path.display())]
    InUse {
        /// The lock file.
        path: PathBuf,
    },
    /// The data directory cannot be made or locked.
    #[error("{} cannot be used as data directory: {source}", path.display())]
    DataDir {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no database, is damaged, or cannot be read.
    #[error("{} cannot be read as a database: {detail}; move it away or restore a copy of it", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        detail: String,
    },
    /// The database belongs to a newer version of this program.
    #[error("{} was written by a newer version of this program; start that version", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
    },
}
