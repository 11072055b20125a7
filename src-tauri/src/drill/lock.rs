//! One drill at a time in one data directory, whichever process plays it.
//!
//! The system lets the lock go when its process dies, so a drill that died is told from one that goes.

use crate::data_dir::DataDir;
use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
};

/// Held as long as a drill goes.
#[derive(Debug)]
pub(super) struct Held(#[expect(dead_code, reason = "the lock goes when this is dropped")] File);

impl Held {
    /// Takes it; `None` if another process has it.
    pub(super) fn take(dir: &DataDir) -> io::Result<Option<Self>> {
        let file = private().open(dir.drill_lock())?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

#[cfg(unix)]
fn private() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    options
}

#[cfg(not(unix))]
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    options
}
