//! The local socket: a file that only its owner can open, made without taking anybody else's place.

use crate::error::ServeError;
use std::{
    fs, io,
    os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};
use tokio::net::{UnixListener, UnixStream};

/// A local socket that is listened on, but not served yet: who connects now is answered as soon as it is.
///
/// Its file goes with it, unless another one took its place meanwhile.
#[derive(Debug)]
pub struct LocalSocket {
    pub(crate) listener: UnixListener,
    pub(crate) file: SocketFile,
}

impl LocalSocket {
    /// Makes the socket, with mode 0600. One that a dead process left is replaced; one that somebody answers on, or
    /// anything that is no socket, is left alone.
    pub async fn bind(path: &Path) -> Result<Self, ServeError> {
        let failed = |source| ServeError::Socket { path: path.to_owned(), source };
        make_way(path).await?;
        let listener = UnixListener::bind(path).map_err(failed)?;
        let file = SocketFile { path: path.to_owned(), identity: identity(path) };
        // Whoever slipped in before the mode was narrowed still meets the check of the user of every connection.
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(failed)?;
        Ok(Self { listener, file })
    }
}

/// The file of a socket.
#[derive(Debug)]
pub(crate) struct SocketFile {
    path: PathBuf,
    identity: Option<(u64, u64)>,
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if self.identity.is_some() && identity(&self.path) == self.identity {
            let _ = fs::remove_file(&self.path);
        }
    }
}

async fn make_way(path: &Path) -> Result<(), ServeError> {
    let failed = |source| ServeError::Socket { path: path.to_owned(), source };
    match fs::symlink_metadata(path) {
        Ok(found) if !found.file_type().is_socket() => Err(ServeError::NotASocket { path: path.to_owned() }),
        Ok(_) => match UnixStream::connect(path).await {
            Ok(_) => Err(ServeError::SocketInUse { path: path.to_owned() }),
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path).map_err(failed),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(failed(error)),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failed(error)),
    }
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    fs::symlink_metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

#[cfg(test)]
mod tests {
    use super::LocalSocket;
    use crate::error::ServeError;
    use std::{fs, os::unix::fs::PermissionsExt};

    #[tokio::test]
    async fn a_socket_that_nobody_answers_on_is_replaced_and_a_served_one_is_not() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("plane.sock");
        drop(std::os::unix::net::UnixListener::bind(&path).expect("a socket that its process left behind"));
        let socket = LocalSocket::bind(&path).await.expect("the stale socket is replaced");
        let mode = fs::metadata(&path).expect("the socket is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "only the owner can open it");
        let second = LocalSocket::bind(&path).await.expect_err("somebody answers");
        assert!(matches!(second, ServeError::SocketInUse { .. }), "a served socket is left alone: {second}");
        drop(socket);
        assert!(!path.exists(), "the socket goes with its server");
    }

    #[tokio::test]
    async fn what_is_no_socket_is_left_alone() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("plane.sock");
        fs::write(&path, "precious").expect("a file");
        let refused = LocalSocket::bind(&path).await.expect_err("the path is taken");
        assert!(matches!(refused, ServeError::NotASocket { .. }), "a file is no stale socket: {refused}");
        assert_eq!(fs::read_to_string(&path).ok().as_deref(), Some("precious"), "nothing was removed");
        let link = dir.path().join("link.sock");
        std::os::unix::fs::symlink(&path, &link).expect("a link");
        let refused = LocalSocket::bind(&link).await.expect_err("a link is not followed");
        assert!(matches!(refused, ServeError::NotASocket { .. }), "a link is no socket: {refused}");
    }
}
