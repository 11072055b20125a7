//! Where the socket of a data directory is, whether somebody answers on it, and a client of whoever does.
//!
//! A socket path has room for little more than 100 bytes. A longer one is replaced by a short one that both sides
//! compute alike, in a folder of this user alone; hence neither `TMPDIR` nor a session variable takes part in it.

use crate::start_error::StartError;
use client_breakwater::{BreakwaterClient, Limits};
use control_plane::Error;
use sha2::{Digest as _, Sha256};
use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

/// Longest path that is used as it is: `sun_path` holds 104 bytes on macOS and 108 on Linux, the final zero included.
const LONGEST: usize = 100;
/// How long a served socket may take to accept.
const PATIENCE: Duration = Duration::from_secs(2);

/// The socket of this data directory.
pub(crate) fn path(data_dir: &Path) -> PathBuf {
    let beside = data_dir.join("plane.sock");
    if beside.as_os_str().len() <= LONGEST {
        return beside;
    }
    let mut name = String::new();
    for byte in Sha256::digest(data_dir.as_os_str().as_encoded_bytes()).iter().take(12) {
        let _ = write!(name, "{byte:02x}");
    }
    shared_folder().join(format!("{name}.sock"))
}

/// Sees to it that the folder of the socket is there and belongs to this user alone.
#[cfg(unix)]
pub(crate) fn secure(socket: &Path) -> Result<(), StartError> {
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
    let folder = shared_folder();
    if socket.parent() != Some(&folder) {
        return Ok(());
    }
    let not_private = || StartError::NotPrivate { path: folder.clone() };
    match std::fs::DirBuilder::new().mode(0o700).create(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            return Err(StartError::DataDir { path: folder, source: error });
        }
        _ => {}
    }
    // Anybody may have made it before us, or made a link in its place.
    let found = std::fs::symlink_metadata(&folder).map_err(|_| not_private())?;
    let own = rustix::process::geteuid().as_raw();
    if found.is_dir() && found.uid() == own && found.mode() & 0o777 == 0o700 { Ok(()) } else { Err(not_private()) }
}

#[cfg(unix)]
fn shared_folder() -> PathBuf {
    PathBuf::from(format!("/tmp/breakwater-{}", rustix::process::geteuid().as_raw()))
}

#[cfg(not(unix))]
fn shared_folder() -> PathBuf {
    std::env::temp_dir().join("breakwater")
}

/// Whether somebody accepts connections there.
#[cfg(unix)]
pub(crate) async fn is_served(socket: &Path) -> bool {
    if secure(socket).is_err() {
        return false;
    }
    let connected = tokio::time::timeout(PATIENCE, tokio::net::UnixStream::connect(socket)).await;
    connected.is_ok_and(|connected| connected.is_ok())
}

/// A client of the control plane that serves this socket.
#[cfg(unix)]
pub(crate) fn client(socket: &Path, limits: Limits) -> Result<BreakwaterClient, StartError> {
    BreakwaterClient::unix(socket, limits)
        .map_err(|error| StartError::Plane(Error::Unreachable { detail: error.to_string() }))
}

#[cfg(not(unix))]
pub(crate) fn client(_: &Path, _: Limits) -> Result<BreakwaterClient, StartError> {
    Err(StartError::Plane(Error::Unreachable { detail: "there are no sockets on this system".to_owned() }))
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::{LONGEST, is_served, path};
    use std::path::Path;

    #[test]
    fn long_paths_get_a_short_socket_that_both_sides_agree_on() {
        let short = Path::new("/home/ana/.local/share/breakwater");
        assert_eq!(path(short), short.join("plane.sock"), "beside the data where it fits");
        let long = Path::new("/tmp").join("x".repeat(200));
        assert!(path(&long).as_os_str().len() <= LONGEST, "elsewhere where it does not");
        assert_eq!(path(&long), path(&long), "the same for whoever asks");
        assert_ne!(path(&long), path(&long.join("other")), "and another for another folder");
    }

    #[tokio::test]
    async fn a_socket_without_a_process_is_not_served() {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("plane.sock");
        assert!(!is_served(&socket).await, "nothing is there");
        let listener = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
        assert!(is_served(&socket).await, "somebody listens");
        drop(listener);
        assert!(!is_served(&socket).await, "the file outlived its process");
    }
}
