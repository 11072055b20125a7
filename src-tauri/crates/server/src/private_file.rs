//! Files that hold a secret: read only if nobody but their owner may look into them.
//!
//! Deliberately absent: mending the mode. A file that others could read may have been read.

use domain::Secret;
use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

/// Most bytes of such a file. Keys and passwords are far smaller.
const MOST: u64 = 64 * 1024;

/// Why a file with a secret is not used. None of these repeats the path, which may be a secret in the wrong place.
#[derive(Debug, thiserror::Error)]
pub enum PrivateFileError {
    /// Other users may read or change it.
    #[error("other users of this machine may read or change the file")]
    NotPrivate,
    /// It is a folder, a pipe or a device.
    #[error("this is no ordinary file")]
    NotAFile,
    /// It has more than 64 KiB.
    #[error("the file has more than 64 KiB")]
    TooLarge,
    /// It is not UTF-8 text.
    #[error("the file is not text")]
    NotText,
    /// It cannot be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(io::ErrorKind),
}

impl PrivateFileError {
    /// Stable name of the rule that the file breaks.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::NotPrivate => "private",
            Self::NotAFile | Self::TooLarge | Self::NotText => "file",
            Self::Unreadable(_) => "readable",
        }
    }

    /// What to do about it.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::NotPrivate => {
                "Take the rights of others away with chmod 600, and replace the secret if they may have read it."
            }
            Self::NotAFile | Self::TooLarge | Self::NotText => {
                "Name the text file that holds the secret and nothing else."
            }
            Self::Unreadable(_) => "Name a file that is there and that the user of the control plane may read.",
        }
    }
}

/// Reads a file that only its owner may read or change, of at most 64 KiB.
pub fn read_private(path: &Path) -> Result<Secret, PrivateFileError> {
    let unreadable = |error: io::Error| PrivateFileError::Unreadable(error.kind());
    // A pipe would hold up whoever opens it.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(PrivateFileError::NotAFile);
    }
    let file = File::open(path).map_err(unreadable)?;
    // What is judged is what is read, whatever takes the place of the path meanwhile.
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(PrivateFileError::NotAFile);
    }
    if !is_private(&metadata) {
        return Err(PrivateFileError::NotPrivate);
    }
    if metadata.len() > MOST {
        return Err(PrivateFileError::TooLarge);
    }
    let mut text = String::new();
    match file.take(MOST).read_to_string(&mut text) {
        Ok(_) => Ok(Secret::new(text)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(PrivateFileError::NotText),
        Err(error) => Err(unreadable(error)),
    }
}

#[cfg(unix)]
fn is_private(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let of_others = metadata.permissions().mode() & 0o077;
    of_others == 0
}

#[cfg(not(unix))]
const fn is_private(_: &std::fs::Metadata) -> bool {
    true
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::{PrivateFileError, read_private};
    use std::{fs, os::unix::fs::PermissionsExt as _};

    #[test]
    fn only_a_file_of_its_owner_alone_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        fs::write(&path, "hunter2").expect("a file");
        for mode in [0o644, 0o640, 0o604, 0o620, 0o602, 0o610] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
            let refused = read_private(&path).expect_err("others have rights");
            assert!(matches!(refused, PrivateFileError::NotPrivate), "{mode:o}: {refused}");
        }
        for mode in [0o600, 0o400, 0o700] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
            let read = read_private(&path).expect("nobody else has rights");
            assert_eq!(read.expose(), "hunter2", "{mode:o}: it is read whole");
        }
    }

    #[test]
    fn what_is_no_small_text_file_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        assert!(matches!(read_private(&path), Err(PrivateFileError::Unreadable(_))), "nothing is there");
        assert!(matches!(read_private(folder.path()), Err(PrivateFileError::NotAFile)), "a folder");
        let write = |bytes: &[u8]| {
            fs::write(&path, bytes).expect("a file");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("it is ours");
        };
        write(&[0xff, 0xfe]);
        assert!(matches!(read_private(&path), Err(PrivateFileError::NotText)), "no text");
        write(&vec![b'x'; 64 * 1024 + 1]);
        assert!(matches!(read_private(&path), Err(PrivateFileError::TooLarge)), "one byte too many");
    }
}
