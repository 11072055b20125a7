//! The plane itself.

mod version;

pub(crate) use version::Version;
