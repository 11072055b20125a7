//! What can go wrong with a secret. No variant carries the secret or a platform's own text.

use crate::store::KeychainStatus;

/// Why a secret was not read, kept or forgotten.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no keychain to ask.
    #[error("{reason}")]
    Unavailable {
        /// Why, one sentence for a person.
        reason: String,
        /// What to do about it.
        remedy: String,
    },
    /// The keychain is there but does not open: it is locked, was never created, or a person said no.
    #[error("{reason}")]
    Denied {
        /// Why, one sentence for a person.
        reason: String,
        /// What to do about it.
        remedy: String,
    },
    /// The keychain cannot take this name or a secret of this length.
    #[error("the keychain cannot keep this credential: its {what} is longer than {limit} characters")]
    TooLong {
        /// Which part: `name`, `secret` or the platform's own attribute.
        what: String,
        /// Most characters that it takes.
        limit: u32,
    },
    /// The keychain refuses this name.
    #[error("the keychain does not accept the name {name:?}")]
    NameRefused {
        /// The name.
        name: String,
    },
    /// Something is stored under this name that is no text; another program may have put it there.
    #[error("what the keychain holds under {name:?} is not a credential of this program")]
    Unreadable {
        /// The name.
        name: String,
    },
    /// The keychain failed in the middle of the call; it may or may not have been carried out.
    #[error("the keychain failed while it was asked")]
    Failed,
}

impl Error {
    /// What a person can do about it, where something can be done.
    pub fn remedy(&self) -> Option<&str> {
        match self {
            Self::Unavailable { remedy, .. } | Self::Denied { remedy, .. } => Some(remedy),
            Self::Unreadable { .. } => {
                Some("Remove the entry with your system's password manager, then sign in again.")
            }
            Self::TooLong { .. } | Self::NameRefused { .. } | Self::Failed => None,
        }
    }

    /// The same as a status: whether secrets can be kept at all after this.
    pub fn as_status(&self) -> KeychainStatus {
        match self {
            Self::Unavailable { reason, remedy } | Self::Denied { reason, remedy } => {
                KeychainStatus::Unavailable { reason: reason.clone(), remedy: remedy.clone() }
            }
            Self::Failed => KeychainStatus::Unavailable {
                reason: "The keychain failed while it was asked.".into(),
                remedy: "Try again; if it fails again, restart your system's keychain service.".into(),
            },
            Self::TooLong { .. } | Self::NameRefused { .. } | Self::Unreadable { .. } => KeychainStatus::Available,
        }
    }
}
