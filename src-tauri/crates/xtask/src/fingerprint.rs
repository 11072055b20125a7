//! Tells whether anything changed since a stamp was written, by content and not by date: a fresh clone has fresh dates.

use crate::failure::Failure;
use sha2::{Digest as _, Sha256};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// Hash over the names and contents of files; folders are walked, except those whose name is in `without`.
pub(crate) fn of(paths: &[PathBuf], without: &[&str]) -> Result<String, Failure> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, without, &mut files)?;
    }
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        let content = fs::read(&file).map_err(|error| Failure::io(&file, &error))?;
        hash.update(file.to_string_lossy().as_bytes());
        hash.update([0]);
        hash.update(content.len().to_le_bytes());
        hash.update(content);
    }
    let mut text = String::new();
    for byte in hash.finalize() {
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

/// Whether the stamp holds this hash.
pub(crate) fn is_fresh(stamp: &Path, hash: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|found| found.trim() == hash)
}

/// Writes the stamp.
pub(crate) fn keep(stamp: &Path, hash: &str) -> Result<(), Failure> {
    fs::write(stamp, hash).map_err(|error| Failure::io(stamp, &error))
}

fn collect(path: &Path, without: &[&str], files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if path.is_file() {
        files.push(path.to_path_buf());
    } else if path.is_dir() {
        for entry in fs::read_dir(path).map_err(|error| Failure::io(path, &error))? {
            let entry = entry.map_err(|error| Failure::io(path, &error))?;
            if !without.iter().any(|name| entry.file_name() == *name) {
                collect(&entry.path(), without, files)?;
            }
        }
    }
    Ok(())
}
