//! The cache as files in a folder: where its companions lie, and how a broken one is set aside.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(suffix);
    PathBuf::from(name)
}

/// While this file exists, the cache beside it is not to be trusted.
pub(crate) fn distrust_mark(path: &Path) -> PathBuf {
    beside(path, ".distrusted")
}

/// Makes sure that folder and file are there and that nobody but this user can read the file.
pub(crate) fn prepare(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    open_private(path, false).map(drop)
}

/// An empty file that nobody but this user can read, in place of any earlier one.
pub(crate) fn private(path: &Path) -> io::Result<fs::File> {
    forget(path)?;
    open_private(path, true)
}

fn open_private(path: &Path, new: bool) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).create_new(new).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Keeps other processes from opening the cache until the file that it gives is dropped.
pub(crate) fn lock(path: &Path) -> io::Result<fs::File> {
    let lock = fs::OpenOptions::new().write(true).create(true).truncate(false).open(beside(path, ".lock"))?;
    lock.lock()?;
    Ok(lock)
}

/// Moves a cache that cannot be used to `<file>.broken-<n>`. Of earlier ones none is kept.
pub(crate) fn set_aside(path: &Path) -> io::Result<()> {
    let earlier = broken_ones(path)?;
    let number = earlier.iter().map(|(number, _)| *number).max().unwrap_or(0) + 1;
    for (_, old) in earlier {
        fs::remove_file(old)?;
    }
    // The journal belongs to the old file; left here it would be replayed into the new one.
    for companion in ["-wal", "-shm"] {
        forget(&beside(path, companion))?;
    }
    fs::rename(path, beside(path, &format!(".broken-{number}")))?;
    forget(&distrust_mark(path))
}

fn forget(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn broken_ones(path: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Ok(Vec::new());
    };
    let prefix = format!("{name}.broken-");
    let mut found = Vec::new();
    for entry in fs::read_dir(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })? {
        let entry = entry?;
        let number = entry.file_name().to_str().and_then(|name| name.strip_prefix(&prefix)?.parse().ok());
        if let Some(number) = number {
            found.push((number, entry.path()));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::set_aside;
    use std::fs;

    #[test]
    fn only_the_newest_broken_file_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cache.db");
        for content in ["first", "second", "third"] {
            fs::write(&path, content).unwrap();
            fs::write(folder.path().join("cache.db-wal"), "journal").unwrap();
            set_aside(&path).unwrap();
        }
        let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["cache.db.broken-3"], "one broken file stays, no journal and no file in its place");
        let kept = fs::read_to_string(folder.path().join("cache.db.broken-3")).unwrap();
        assert_eq!(kept, "third", "the one that stays is the newest");
    }
}
