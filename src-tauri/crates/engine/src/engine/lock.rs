//! One data directory, one engine: an exclusive lock on a file that the system lets go of when the process dies.

use crate::OpenError;
use parking_lot::Mutex;
use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    io,
    path::Path,
};

/// The lock of a data directory, held until it is released or dropped.
#[derive(Debug)]
pub(super) struct DataLock(Mutex<Option<File>>);

impl DataLock {
    /// Makes the directory if it is missing, for its owner only, and takes the lock.
    pub(super) fn take(data_dir: &Path) -> Result<Self, OpenError> {
        let unusable = |source: io::Error| OpenError::DataDir { path: data_dir.to_owned(), source };
        builder().recursive(true).create(data_dir).map_err(unusable)?;
        let path = data_dir.join("engine.lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(Mutex::new(Some(file)))),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path }),
            Err(TryLockError::Error(error)) => Err(unusable(error)),
        }
    }

    /// Lets go of the directory.
    pub(super) fn release(&self) {
        self.0.lock().take();
    }
}

#[cfg(unix)]
fn builder() -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = DirBuilder::new();
    builder.mode(0o700);
    builder
}

#[cfg(not(unix))]
fn builder() -> DirBuilder {
    DirBuilder::new()
}
