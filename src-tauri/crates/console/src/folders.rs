//! Folders below a path, so that a person can choose one: names only, never what is in files.

use crate::{
    error::Error,
    view::{FolderEntry, FolderQuery},
};
use std::path::{Path, PathBuf};

/// Folders shown at most.
const SHOWN_MAX: usize = 200;
/// Directory entries looked at at most, so that a folder of a million files cannot hold the console up.
const LOOKED_AT_MAX: usize = 20_000;

/// Sub-folders of the folder, or of its parent those whose names begin with the last part of the path. Hidden ones are
/// shown only when that part begins with a dot.
pub(crate) async fn list(query: FolderQuery, home: Option<PathBuf>) -> Result<Vec<FolderEntry>, Error> {
    let listing = tokio::task::spawn_blocking(move || {
        let (folder, beginning) = split(&query.path, home)?;
        read(&folder, &beginning)
    });
    listing.await.map_err(|error| Error::Internal { doing: "listing folders", detail: error.to_string() })?
}

fn split(path: &str, home: Option<PathBuf>) -> Result<(PathBuf, String), Error> {
    if path.contains('\0') {
        return Err(Error::invalid("path", "characters", "a path holds no NUL character", "Check what was pasted."));
    }
    let home = home.unwrap_or_else(|| PathBuf::from(std::path::MAIN_SEPARATOR_STR));
    let path = match path {
        "" | "~" => return Ok((home, String::new())),
        path => path.strip_prefix("~/").map_or_else(|| PathBuf::from(path), |rest| home.join(rest)),
    };
    if !path.is_absolute() {
        return Err(Error::invalid(
            "path",
            "absolute",
            "a path begins at the root or with ~/",
            "Write the whole path.",
        ));
    }
    if path.is_dir() {
        return Ok((path, String::new()));
    }
    let last = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok((path.parent().map_or_else(|| path.clone(), Path::to_path_buf), last))
}

fn read(folder: &Path, beginning: &str) -> Result<Vec<FolderEntry>, Error> {
    let entries = std::fs::read_dir(folder).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::NotFound { what: format!("the folder {}", folder.display()) },
        std::io::ErrorKind::PermissionDenied => {
            Error::invalid("path", "permission", "this folder may not be read", "Choose another folder.")
        }
        _ => Error::invalid("path", "folder", "this is not a folder that can be read", "Choose another folder."),
    })?;
    let mut folders: Vec<PathBuf> = entries
        .take(LOOKED_AT_MAX)
        .filter_map(Result::ok)
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with(beginning) && (beginning.starts_with('.') || !name.starts_with('.'))
        })
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders.truncate(SHOWN_MAX);
    Ok(folders
        .into_iter()
        .map(|path| FolderEntry {
            is_repository: path.join(".git").exists(),
            path: path.to_string_lossy().into_owned(),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::list;
    use crate::view::FolderQuery;

    #[tokio::test]
    async fn shows_folders_only_and_hidden_ones_when_asked() {
        let home = tempfile::tempdir().unwrap();
        for name in ["alpha/.git", "alphabet", ".hidden", "beta"] {
            std::fs::create_dir_all(home.path().join(name)).unwrap();
        }
        std::fs::write(home.path().join("alpha.txt"), "not a folder").unwrap();
        let names = |path: &str| {
            let (query, home) = (FolderQuery { path: path.to_owned() }, home.path().to_path_buf());
            async move {
                let found = list(query, Some(home.clone())).await.unwrap();
                let relative = |path: &str| path.strip_prefix(home.to_str().unwrap()).unwrap().to_owned();
                found.iter().map(|folder| (relative(&folder.path), folder.is_repository)).collect::<Vec<_>>()
            }
        };
        let all = vec![("/alpha".into(), true), ("/alphabet".into(), false), ("/beta".into(), false)];
        assert_eq!(names("").await, all, "the home folder, without files and hidden folders");
        assert_eq!(names("~/alphab").await, all[1..2], "the beginning of a name");
        assert_eq!(names("~/.hi").await, [("/.hidden".to_owned(), false)], "hidden when a dot is typed");
        let relative = list(FolderQuery { path: "alpha".into() }, None).await;
        assert!(relative.is_err(), "a relative path depends on where the program was started, so it is refused");
    }
}
