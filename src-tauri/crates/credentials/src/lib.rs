//! Where the console keeps secrets: the keychain of the operating system, or the memory of this process.
//!
//! A secret is stored under a service (this program) and a name (which of its secrets). Nothing here writes a secret
//! to a file, a log, an error or a `Debug` output. Deliberately absent: a file store. When the machine has no
//! keychain, the caller is told why and what to do, and may offer to keep the secret for this session only.

mod cause;
mod error;
mod keychain;
mod memory;
mod store;

pub use error::Error;
pub use keychain::Keychain;
pub use memory::MemoryStore;
pub use store::{CredentialStore, KeychainStatus};
