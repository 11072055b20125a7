//! What an act on the engine can end in, named by what it means for the caller.

use crate::identity_provider::IdentityError;
use domain::{Fault, Permission, Role};
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
        /// Stable, e.g. `run_is_terminal`, `gate_not_open` or `team_is_full`.
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
    /// The caller is known and may not do this.
    #[error("{message}")]
    Forbidden {
        /// One sentence for a person.
        message: String,
        /// Who may, or what to do instead.
        remedy: String,
    },
    /// What was shown does not say who calls.
    #[error("{message}")]
    Unauthenticated {
        /// Stable, e.g. `sign_in_refused` or `session_over`.
        code: &'static str,
        /// One sentence for a person.
        message: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// Somebody else who is needed for it cannot be asked now.
    #[error("{message}")]
    Elsewhere {
        /// Stable, e.g. `identity_provider_unreachable`.
        code: &'static str,
        /// One sentence for a person.
        message: String,
        /// What to do about it.
        remedy: &'static str,
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

impl From<IdentityError> for Error {
    fn from(error: IdentityError) -> Self {
        let (code, message, remedy) = (error.code(), error.to_string(), error.remedy());
        match error {
            IdentityError::Invalid { faults } => Self::Invalid { faults },
            IdentityError::AttemptOver | IdentityError::Refused { .. } | IdentityError::NotBelieved { .. } => {
                Self::Unauthenticated { code, message, remedy }
            }
            IdentityError::Unreachable { .. } | IdentityError::Failing { .. } | IdentityError::NoRandomness => {
                Self::Elsewhere { code, message, remedy }
            }
        }
    }
}

impl Error {
    /// The caller lacks a permission in the team.
    pub fn lacks(permission: Permission) -> Self {
        let who: Vec<_> = Role::ALL
            .iter()
            .filter(|role| role.permissions().contains(&permission))
            .map(|role| role.as_str())
            .collect();
        Self::Forbidden {
            message: format!("this needs the permission `{}` in the team", permission.as_str()),
            remedy: format!("Ask somebody who has it: usually {}.", who.join(", ")),
        }
    }

    /// The caller does not own the team.
    pub(crate) fn owner_only() -> Self {
        Self::Forbidden {
            message: "only the owner of the team may do this".to_owned(),
            remedy: "Ask the owner.".to_owned(),
        }
    }

    /// The caller is no person.
    pub(crate) fn person_only(what: &str) -> Self {
        Self::Forbidden {
            message: format!("a key cannot {what}"),
            remedy: "Sign in as a person, or use the local socket of the plane.".to_owned(),
        }
    }

    /// The caller is not the plane's operator.
    pub(crate) fn operator_only(what: &str) -> Self {
        Self::Forbidden {
            message: format!("only the operator of the plane may {what}"),
            remedy: "Do it on the machine of the plane, as the user that it runs as.".to_owned(),
        }
    }
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
