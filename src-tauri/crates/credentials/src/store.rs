//! The one question that the console asks of any place for secrets.

use crate::error::Error;
use domain::Secret;

/// A place for secrets. Names are the caller's, 1 to 255 characters, e.g. `connection/local/token`.
#[async_trait::async_trait]
pub trait CredentialStore: Send + Sync + std::fmt::Debug {
    /// The secret of this name; `None` when there is none.
    async fn get(&self, name: &str) -> Result<Option<Secret>, Error>;

    /// Keeps a secret under this name, in place of any earlier one.
    async fn set(&self, name: &str, secret: &Secret) -> Result<(), Error>;

    /// Forgets the secret of this name. That there is none is not an error.
    async fn delete(&self, name: &str) -> Result<(), Error>;

    /// Whether secrets can be kept here. A keychain that is there but locked may still refuse a later `set`.
    async fn status(&self) -> KeychainStatus;
}

/// Whether secrets can be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeychainStatus {
    /// They can.
    Available,
    /// They cannot.
    Unavailable {
        /// Why, one sentence for a person.
        reason: String,
        /// What to do about it, one sentence for a person.
        remedy: String,
    },
}

impl KeychainStatus {
    /// Whether secrets can be kept.
    pub const fn is_available(&self) -> bool {
        matches!(self, Self::Available)
    }
}
