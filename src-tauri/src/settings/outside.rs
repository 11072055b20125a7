//! What settings lead to outside of their file, given from above so that tests need neither a keychain nor the
//! environment of their process.

use crate::data_dir::DataDir;
use credentials::{CredentialStore, Keychain};
use domain::{Clock as _, SystemClock, Timestamp};
use std::{
    env,
    ffi::OsString,
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// The service under which a person keeps the secrets of the control plane. Steps have another one, so that no plan can
/// name these.
const SERVICE: &str = "breakwater-plane";

/// What the command line says of listening by TCP.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asked {
    /// Where; it wins over the file.
    pub(crate) listen: Option<SocketAddr>,
    /// Whether other machines may reach that.
    pub(crate) allow_network: bool,
}

/// What settings lead to outside of their file.
#[derive(Debug)]
pub(crate) struct Outside<'a> {
    /// Where relative paths begin.
    pub(super) dir: &'a Path,
    /// Where secrets are kept by name.
    pub(super) keychain: Box<dyn CredentialStore>,
    /// The environment.
    pub(super) variable: fn(&str) -> Option<OsString>,
    /// Now, for certificates.
    pub(super) now: Timestamp,
    /// What the command line says of listening; `None` if this process does not listen by TCP, and then the TLS files are
    /// not looked at either.
    pub(super) asked: Option<Asked>,
}

impl<'a> Outside<'a> {
    /// The keychain, the environment and the clock of this process.
    pub(super) fn real(dir: &'a DataDir, asked: Option<Asked>) -> Self {
        Self {
            dir: dir.path(),
            keychain: Box::new(Keychain::new(SERVICE)),
            variable: |name| env::var_os(name).filter(|value| !value.is_empty()),
            now: SystemClock.now(),
            asked,
        }
    }

    /// A path as the file gives it: a relative one begins in the data directory.
    pub(super) fn path(&self, given: &str) -> PathBuf {
        self.dir.join(given)
    }
}
