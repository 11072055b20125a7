//! The plane itself.

mod disk;
mod version;

pub(crate) use disk::Disk;
pub(crate) use version::Version;
