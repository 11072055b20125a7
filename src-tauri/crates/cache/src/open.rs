//! How a cache comes to be: from its file, from a new file, or in memory; one of them always works.

use crate::{
    cache::Opened,
    error::Error,
    file,
    keepsake::{self, Keepsakes},
};
use sqlx::{
    Connection, SqliteConnection, SqlitePool,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::Path, time::Duration};

static MIGRATIONS: Migrator = sqlx::migrate!();

/// How long a connection waits for one of another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a read or write waits for its turn within this process.
const TURN_TIMEOUT: Duration = Duration::from_secs(30);
/// Reads that go on at the same time.
const READERS: u32 = 4;
/// Up to this size in bytes the whole file is checked when it is opened, which takes some tens of milliseconds. A larger
/// one is trusted unless it was marked.
const CHECKED_SIZE: u64 = 64 * 1024 * 1024;

pub(crate) struct Connected {
    pub(crate) origin: Opened,
    pub(crate) readers: SqlitePool,
    pub(crate) writers: SqlitePool,
    /// What a new cache has to be given.
    pub(crate) kept: Keepsakes,
}

/// Why the file was not opened.
enum Refusal {
    /// It is there, but what is in it cannot be used.
    Unusable(String),
    /// No file can be used there, at least not now.
    Impossible(String),
}

/// Opens the file, or a new one in its place, or none.
pub(crate) async fn open(path: &Path) -> Connected {
    // Without the lock two processes could set aside each other's new file. Where it cannot be had, no file can.
    let lock = {
        let path = path.to_owned();
        tokio::task::spawn_blocking(move || file::prepare(&path).and_then(|()| file::lock(&path))).await
    };
    let _lock = match lock {
        Ok(Ok(lock)) => lock,
        Ok(Err(error)) => return in_memory(impossible(&error)).await,
        Err(_) => return in_memory("The cache file could not be locked.".to_owned()).await,
    };
    let is_new = tokio::fs::metadata(path).await.is_ok_and(|file| file.len() == 0);
    match from_file(path).await {
        Ok((readers, writers)) => {
            let kept = if is_new { keepsake::beside(path).await } else { Keepsakes::default() };
            Connected { origin: Opened::File, readers, writers, kept }
        }
        Err(Refusal::Impossible(reason)) => Connected { kept: keepsake::beside(path).await, ..in_memory(reason).await },
        Err(Refusal::Unusable(reason)) => {
            tracing::warn!(reason, "the cache file is set aside");
            let kept = keepsake::of_broken(path).await;
            match rebuilt(path).await {
                Ok((readers, writers)) => Connected { origin: Opened::Rebuilt { reason }, readers, writers, kept },
                Err(Refusal::Impossible(second) | Refusal::Unusable(second)) => {
                    Connected { kept, ..in_memory(format!("{reason} {second}")).await }
                }
            }
        }
    }
}

async fn rebuilt(path: &Path) -> Result<(SqlitePool, SqlitePool), Refusal> {
    let aside = path.to_owned();
    match tokio::task::spawn_blocking(move || file::set_aside(&aside).and_then(|()| file::prepare(&aside))).await {
        Ok(Ok(())) => from_file(path).await,
        Ok(Err(error)) => Err(Refusal::Impossible(impossible(&error))),
        Err(_) => Err(Refusal::Impossible("The old cache file could not be set aside.".to_owned())),
    }
}

async fn from_file(path: &Path) -> Result<(SqlitePool, SqlitePool), Refusal> {
    if tokio::fs::try_exists(file::distrust_mark(path)).await.unwrap_or(false) {
        return Err(Refusal::Unusable("The cache file was found damaged.".to_owned()));
    }
    let size = tokio::fs::metadata(path).await.map_or(0, |file| file.len());
    let (readers, writers) = pools(SqliteConnectOptions::new().filename(path), size == 0);
    let checked = async {
        let mut connection = writers.acquire().await?;
        if size <= CHECKED_SIZE {
            check(&mut connection).await?;
        }
        migrate(&mut connection).await
    };
    match checked.await {
        Ok(()) => Ok((readers, writers)),
        Err(error) => {
            readers.close().await;
            writers.close().await;
            Err(judge(error))
        }
    }
}

async fn in_memory(reason: String) -> Connected {
    tracing::warn!(reason, "the cache is kept in memory");
    // All connections share one database, which lives as long as the writer's connection.
    let name = format!("file:breakwater-cache-{}?mode=memory&cache=shared", memory_number());
    let (readers, writers) = pools(SqliteConnectOptions::new().in_memory(true).shared_cache(true).filename(name), true);
    let migrated = async { migrate(&mut *writers.acquire().await?).await };
    if let Err(error) = migrated.await {
        // Every later read and write says that it failed; there is nothing further to fall back to.
        tracing::error!(%error, "not even the memory can be used");
    }
    Connected { origin: Opened::Memory { reason }, readers, writers, kept: Keepsakes::default() }
}

/// Tells apart several caches in the memory of one process.
fn memory_number() -> u64 {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

fn pools(options: SqliteConnectOptions, new: bool) -> (SqlitePool, SqlitePool) {
    let kept = || {
        SqlitePoolOptions::new()
            .acquire_timeout(TURN_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
    };
    let options = options.busy_timeout(BUSY_TIMEOUT).foreign_keys(true);
    // The journal mode belongs to the file and is set by the writer; a reader that set anything of the file would wait for
    // a write that is under way.
    let readers = kept().max_connections(READERS).connect_lazy_with(options.clone().pragma("query_only", "1"));
    let mut options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal);
    if new {
        options = options.auto_vacuum(SqliteAutoVacuum::Incremental);
    }
    (readers, kept().max_connections(1).connect_lazy_with(options))
}

async fn check(connection: &mut SqliteConnection) -> Result<(), MigrateError> {
    let found: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(connection).await?;
    if found == "ok" { Ok(()) } else { Err(MigrateError::Execute(sqlx::Error::Decode("damaged pages".into()))) }
}

/// Brings the schema to what this program knows: all of it or nothing, and only one process at a time.
async fn migrate(connection: &mut SqliteConnection) -> Result<(), MigrateError> {
    if is_current(connection).await {
        return Ok(());
    }
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    MIGRATIONS.run(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// Whether there is nothing to migrate, found out without keeping any writer waiting.
async fn is_current(connection: &mut SqliteConnection) -> bool {
    let applied =
        sqlx::query_as::<_, (i64, Vec<u8>)>("SELECT version, checksum FROM _sqlx_migrations ORDER BY version")
            .fetch_all(connection)
            .await;
    applied.is_ok_and(|applied| {
        applied.len() == MIGRATIONS.iter().count()
            && MIGRATIONS
                .iter()
                .zip(&applied)
                .all(|(known, (version, checksum))| known.version == *version && *known.checksum == **checksum)
    })
}

fn judge(error: MigrateError) -> Refusal {
    let cause = match error {
        MigrateError::VersionMissing(_) => {
            return Refusal::Unusable("The cache file was written by a newer version of this program.".to_owned());
        }
        MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _) => cause,
        _ => return Refusal::Unusable("The cache file has a layout that this program does not know.".to_owned()),
    };
    match Error::from(cause) {
        Error::Busy => Refusal::Impossible("The cache file is held by another process.".to_owned()),
        Error::NotWritable => {
            Refusal::Impossible("The cache file cannot be written: its disk is full or read-only.".to_owned())
        }
        _ => Refusal::Unusable("The cache file is damaged.".to_owned()),
    }
}

fn impossible(error: &std::io::Error) -> String {
    format!("No cache file can be written in the data directory: {}.", error.kind())
}
