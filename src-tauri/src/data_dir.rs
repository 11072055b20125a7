//! Where this program keeps what it keeps: one folder of one user.

use crate::{socket, start_error::StartError};
use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

/// The data directory, made and absolute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DataDir {
    path: PathBuf,
}

impl DataDir {
    /// The folder that was given, or the one where this platform keeps such things. Made if missing, for its owner only.
    pub(crate) fn open(given: Option<&Path>) -> Result<Self, StartError> {
        let wanted = given.map_or_else(of_platform, |path| Ok(path.to_owned()))?;
        let failed = |source| StartError::DataDir { path: wanted.clone(), source };
        make_private(&wanted).map_err(failed)?;
        // Two names of one folder must lead to one socket.
        let path = fs::canonicalize(&wanted).map_err(failed)?;
        Ok(Self { path })
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The console's cache.
    pub(crate) fn cache(&self) -> PathBuf {
        self.path.join("cache.db")
    }

    /// The settings of the built-in control plane, if somebody wrote them down.
    pub(crate) fn settings(&self) -> PathBuf {
        self.path.join("plane.toml")
    }

    /// What this program writes about itself.
    pub(crate) fn logs(&self) -> PathBuf {
        self.path.join("logs")
    }

    /// The same, made if missing.
    pub(crate) fn make_logs(&self) -> io::Result<PathBuf> {
        let logs = self.logs();
        make_private(&logs)?;
        Ok(logs)
    }

    /// Where a drill has its plane while it goes. Not made by this.
    pub(crate) fn drill(&self) -> Self {
        Self { path: self.path.join("drill") }
    }

    /// Makes the folder for its owner alone, if it is missing.
    pub(crate) fn make(&self) -> io::Result<()> {
        make_private(&self.path)
    }

    /// Held by the process that plays a drill. It stays behind empty, as the lock of the engine does.
    pub(crate) fn drill_lock(&self) -> PathBuf {
        self.path.join("drill.lock")
    }

    /// Where the built-in control plane is reached.
    pub(crate) fn socket(&self) -> PathBuf {
        socket::path(&self.path)
    }
}

fn of_platform() -> Result<PathBuf, StartError> {
    let set = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || env::home_dir().filter(|home| !home.as_os_str().is_empty()).ok_or(StartError::NoHome);
    if cfg!(target_os = "macos") {
        return Ok(home()?.join("Library/Application Support/Breakwater"));
    }
    if cfg!(windows) {
        return set("LOCALAPPDATA").map(|folder| folder.join("Breakwater")).ok_or(StartError::NoHome);
    }
    Ok(set("XDG_DATA_HOME").map_or_else(|| home().map(|home| home.join(".local/share")), Ok)?.join("breakwater"))
}

/// Makes the folder for its owner alone. One that is there already is narrowed only while it is empty: a folder that
/// somebody uses for other things too keeps its mode, since every file of ours has a mode of its own.
#[cfg(unix)]
fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 && fs::read_dir(path)?.next().is_none() {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn make_private(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::DataDir;
    use std::{fs, os::unix::fs::PermissionsExt as _};

    fn mode(path: &std::path::Path) -> u32 {
        fs::metadata(path).expect("it is there").permissions().mode() & 0o777
    }

    #[test]
    fn it_is_made_for_its_owner_and_found_again_by_any_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let wanted = folder.path().join("a/data");
        let dir = DataDir::open(Some(&wanted)).expect("it can be made");
        assert_eq!(mode(dir.path()), 0o700, "nobody else looks in");
        let detour = folder.path().join("a/../a/data");
        assert_eq!(DataDir::open(Some(&detour)).expect("it is there"), dir, "another way to the same folder");
    }

    #[test]
    fn an_empty_folder_is_narrowed_and_a_used_one_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("shared");
        fs::create_dir(&path).expect("a folder");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("open to all");
        fs::write(path.join("notes.txt"), "mine").expect("a file");
        DataDir::open(Some(&path)).expect("it can be used");
        assert_eq!(mode(&path), 0o755, "a folder with other things in it keeps its mode");
        fs::write(path.join("engine.db"), "").expect("a file");
        DataDir::open(Some(&path)).expect("it can be used again");
        assert_eq!(mode(&path), 0o755, "also after our own files came to lie beside them");
        for name in ["notes.txt", "engine.db"] {
            fs::remove_file(path.join(name)).expect("it can be removed");
        }
        DataDir::open(Some(&path)).expect("it can be used");
        assert_eq!(mode(&path), 0o700, "an empty one becomes ours");
    }
}
