//! Backups of the database of a plane, made while the plane works: a whole copy of one moment, checked before it counts.
//!
//! A copy grows beside its last place and is moved there once SQLite has found it whole. When the last good one was made is
//! noted in the data directory, where the plane reads it. Deliberately absent: a schedule, and the removal of old copies;
//! whoever runs the plane has both already.

use domain::{Clock, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

/// The database of a plane in its data directory.
pub(crate) const DATABASE: &str = "engine.db";
/// Where copies are put if nobody names another place.
const FOLDER: &str = "backups";
/// What is noted of the last good one.
const NOTE: &str = "backup.json";

/// A good backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// Where it is.
    pub path: PathBuf,
    /// When it was made.
    pub at: Timestamp,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Why there is no new backup. What was there before is still there.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is nothing to copy.
    #[error("there is no database at {}", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A file of that name is there, and no backup writes over another.
    #[error("{} is there already", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A file or folder cannot be written.
    #[error("{} cannot be written: {source}", path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// SQLite cannot copy it.
    #[error("the database cannot be copied: {detail}")]
    Uncopied {
        /// What SQLite says.
        detail: String,
    },
    /// The copy is not whole, so the database may not be either.
    #[error("the copy is not whole: {detail}")]
    Broken {
        /// What SQLite found first.
        detail: String,
    },
}

/// Copies the database of a data directory to `to`, or into the folder of backups there.
///
/// # Errors
/// If there is no database, the file is there already or cannot be written, or the copy is not whole.
pub async fn back_up(data_dir: &Path, to: Option<&Path>, clock: &dyn Clock) -> Result<Backup, BackupError> {
    let database = data_dir.join(DATABASE);
    if !database.is_file() {
        return Err(BackupError::Missing { path: database });
    }
    let at = clock.now();
    let path = match to {
        Some(path) => path.to_owned(),
        None => folder(data_dir)?.join(format!("engine-{}.db", at.to_string().replace(':', "-"))),
    };
    if path.exists() {
        return Err(BackupError::Exists { path });
    }
    let growing = beside(&path);
    let made = grow(&database, &growing).await;
    let placed = made.and_then(|bytes| place(&growing, &path).map(|()| bytes));
    let bytes = placed.inspect_err(|_| drop(fs::remove_file(&growing)))?;
    let backup = Backup { path: fs::canonicalize(&path).unwrap_or(path), at, bytes };
    note(data_dir, &backup)?;
    Ok(backup)
}

/// The last good backup that was made of this data directory, if any is known.
pub fn last_backup(data_dir: &Path) -> Option<Backup> {
    serde_json::from_slice(&fs::read(data_dir.join(NOTE)).ok()?).ok()
}

/// A whole and checked copy at this place.
async fn grow(database: &Path, growing: &Path) -> Result<u64, BackupError> {
    // What an earlier attempt left is no backup.
    let _ = fs::remove_file(growing);
    // SQLite fills an empty file, which so is for its owner only from its first byte on.
    private(growing).map_err(|source| BackupError::Unwritable { path: growing.to_owned(), source })?;
    let uncopied = |error: sqlx::Error| BackupError::Uncopied { detail: error.to_string() };
    let mut source = open(database).await.map_err(uncopied)?;
    let copied = sqlx::query("VACUUM INTO ?1").bind(growing.to_string_lossy().into_owned()).execute(&mut source).await;
    let closed = source.close().await;
    copied.map_err(uncopied)?;
    closed.map_err(uncopied)?;
    check(growing).await?;
    let unwritable = |source| BackupError::Unwritable { path: growing.to_owned(), source };
    let file = File::open(growing).map_err(unwritable)?;
    file.sync_all().map_err(unwritable)?;
    Ok(file.metadata().map_err(unwritable)?.len())
}

/// Opens the copy as somebody who needs it would.
async fn check(copy: &Path) -> Result<(), BackupError> {
    let broken = |error: sqlx::Error| BackupError::Broken { detail: error.to_string() };
    let mut copy = open(copy).await.map_err(broken)?;
    let found: String = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut copy).await.map_err(broken)?;
    // A copy of nothing is whole, too.
    let plane: i64 = sqlx::query_scalar("SELECT count(*) FROM plane").fetch_one(&mut copy).await.map_err(broken)?;
    copy.close().await.map_err(broken)?;
    match (found.as_str(), plane) {
        ("ok", 1) => Ok(()),
        ("ok", _) => Err(BackupError::Broken { detail: "it is not of a plane".to_owned() }),
        _ => Err(BackupError::Broken { detail: found }),
    }
}

async fn open(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path).create_if_missing(false)).await
}

/// Gives the copy its name, unless the name was taken meanwhile.
fn place(growing: &Path, path: &Path) -> Result<(), BackupError> {
    match fs::hard_link(growing, path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(BackupError::Exists { path: path.to_owned() });
        }
        Err(source) => return Err(BackupError::Unwritable { path: path.to_owned(), source }),
    }
    let _ = fs::remove_file(growing);
    // The name survives a power cut as the bytes do.
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)
        .and_then(|folder| folder.sync_all())
        .map_err(|source| BackupError::Unwritable { path: parent.to_owned(), source })
}

fn note(data_dir: &Path, backup: &Backup) -> Result<(), BackupError> {
    let path = data_dir.join(NOTE);
    let growing = beside(&path);
    let written = serde_json::to_vec(backup).map_err(io::Error::from).and_then(|text| {
        let _ = fs::remove_file(&growing);
        private(&growing)?;
        fs::write(&growing, text)?;
        fs::rename(&growing, &path)
    });
    written.map_err(|source| BackupError::Unwritable { path, source })
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    path.with_file_name(name)
}

fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn folder(data_dir: &Path) -> Result<PathBuf, BackupError> {
    let path = data_dir.join(FOLDER);
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&path).map_err(|source| BackupError::Unwritable { path: path.clone(), source })?;
    Ok(path)
}
