//! Opening cannot fail, whatever lies at the path.

use crate::sample::{at, connection, fresh, local, summary};
use cache::{Cache, Opened};
use std::{fs, path::Path};

/// That the cache keeps something and gives it back, wherever it lives.
async fn assert_works(cache: &Cache) {
    cache.writer().add_connection(&connection("works")).await.unwrap();
    let found = cache.reader().connections().await.unwrap();
    assert!(found.iter().any(|known| known.id.as_str() == "works"), "what was kept can be read: {found:?}");
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_was_kept_is_there_after_a_restart() {
    let (folder, cache) = fresh().await;
    cache.writer().upsert_run_summaries(&local(), &[summary("run_1", 5)], at(9)).await.unwrap();
    cache.close().await;
    let again = Cache::open(&folder.path().join("cache.db")).await;
    assert_eq!(again.origin(), &Opened::File, "a good file is used as it is");
    let page = again.reader().runs(&cache::RunQuery { limit: 10, ..Default::default() }).await.unwrap();
    assert_eq!(page.page.items.len(), 1, "the run of the earlier start is in the list");
    assert_eq!(page.page.items[0].read_at, at(9), "together with when it was read");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache.db");
    fs::write(&path, "this is not a database, but it is long enough to have a header of its own".repeat(40)).unwrap();
    let cache = Cache::open(&path).await;
    assert!(matches!(cache.origin(), Opened::Rebuilt { .. }), "a new file is built: {:?}", cache.origin());
    assert_works(&cache).await;
    let kept = fs::read_to_string(folder.path().join("cache.db.broken-1")).unwrap();
    assert!(kept.starts_with("this is not"), "the old file is kept beside the new one");
}

#[tokio::test]
async fn damage_in_the_middle_of_the_file_is_found() {
    let (folder, cache) = fresh().await;
    let many: Vec<_> = (0..2_000).map(|number| summary(&format!("run_{number:05}"), number)).collect();
    cache.writer().upsert_run_summaries(&local(), &many, at(9)).await.unwrap();
    cache.close().await;
    let path = folder.path().join("cache.db");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 16 * 1024].fill(0x5a);
    fs::write(&path, bytes).unwrap();
    let cache = Cache::open(&path).await;
    assert!(matches!(cache.origin(), Opened::Rebuilt { .. }), "damage is not carried along: {:?}", cache.origin());
    assert_works(&cache).await;
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_set_aside() {
    let (folder, cache) = fresh().await;
    cache.close().await;
    let path = folder.path().join("cache.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::query("INSERT INTO _sqlx_migrations VALUES (9999, 'from the future', 0, 1, x'00', 0)")
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    let cache = Cache::open(&path).await;
    let Opened::Rebuilt { reason } = cache.origin() else { panic!("a new file is built: {:?}", cache.origin()) };
    assert!(reason.contains("newer version"), "the operator is told why: {reason}");
    assert_works(&cache).await;
}

#[tokio::test]
async fn a_migration_that_fails_halfway_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache.db");
    // The second migration finds its first table taken, after the first migration has succeeded.
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let pool = sqlx::SqlitePool::connect_with(options.clone()).await.unwrap();
    sqlx::query("CREATE TABLE run_text (in_the_way TEXT)").execute(&pool).await.unwrap();
    pool.close().await;
    let cache = Cache::open(&path).await;
    assert!(matches!(cache.origin(), Opened::Rebuilt { .. }), "it is not used as it is: {:?}", cache.origin());
    let aside = options.filename(folder.path().join("cache.db.broken-1"));
    let pool = sqlx::SqlitePool::connect_with(aside).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_master").fetch_all(&pool).await.unwrap();
    assert_eq!(tables, ["run_text"], "of the first migration nothing stayed in the file that was set aside");
    assert_works(&cache).await;
}

#[tokio::test]
async fn where_no_file_is_possible_it_lives_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let in_the_way = folder.path().join("file");
    fs::write(&in_the_way, "").unwrap();
    let cache = Cache::open(&in_the_way.join("cache.db")).await;
    assert!(matches!(cache.origin(), Opened::Memory { .. }), "a file is no folder: {:?}", cache.origin());
    assert_works(&cache).await;
    let second = Cache::open(&in_the_way.join("cache.db")).await;
    assert!(second.reader().connections().await.unwrap().is_empty(), "two caches in memory share nothing");

    let path = folder.path().join("folder.db");
    fs::create_dir(&path).unwrap();
    let cache = Cache::open(&path).await;
    assert!(matches!(cache.origin(), Opened::Memory { .. }), "a folder is no file: {:?}", cache.origin());
    assert_works(&cache).await;
}

#[tokio::test]
async fn a_cache_that_is_distrusted_is_rebuilt_at_the_next_start_and_only_then() {
    let (folder, cache) = fresh().await;
    cache.distrust().await.unwrap();
    assert_works(&cache).await;
    cache.close().await;
    let path = folder.path().join("cache.db");
    let next = Cache::open(&path).await;
    assert!(matches!(next.origin(), Opened::Rebuilt { .. }), "the next start builds anew: {:?}", next.origin());
    next.close().await;
    assert_eq!(Cache::open(&path).await.origin(), &Opened::File, "the start after it trusts the new file");
    let broken: Vec<_> = names(folder.path()).into_iter().filter(|name| name.contains("broken")).collect();
    assert_eq!(broken, ["cache.db.broken-1"], "one old file is kept");
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, _cache) = fresh().await;
    for name in ["cache.db", "cache.db-wal", "connections.json"] {
        let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name} is for this user only, not {mode:o}");
    }
}

/// A cache with something that no plane could give back, closed.
async fn with_keepsakes() -> (tempfile::TempDir, std::path::PathBuf) {
    let (folder, cache) = fresh().await;
    cache.writer().add_connection(&connection("staging")).await.unwrap();
    cache.writer().set_preference("theme", Some(&serde_json::json!("dark"))).await.unwrap();
    let act = cache::Act {
        at: at(5),
        actor: "amira".into(),
        action: "cancel_run".into(),
        connection: Some(local()),
        target: "run_1".into(),
        reason: None,
        outcome: "done".into(),
        correlation_id: domain::CorrelationId::new("req-1"),
    };
    cache.writer().record_act(&act).await.unwrap();
    cache.writer().put_drill("drill_1", at(6), &serde_json::json!({"id": "drill_1"})).await.unwrap();
    cache.close().await;
    let path = folder.path().join("cache.db");
    (folder, path)
}

async fn ids(cache: &Cache) -> Vec<String> {
    cache.reader().connections().await.unwrap().into_iter().map(|known| known.id.to_string()).collect()
}

#[tokio::test]
async fn what_no_plane_could_give_back_is_carried_over() {
    let (_folder, path) = with_keepsakes().await;
    let cache = Cache::open(&path).await;
    cache.distrust().await.unwrap();
    cache.close().await;
    let cache = Cache::open(&path).await;
    assert!(matches!(cache.origin(), Opened::Rebuilt { .. }), "it is built anew: {:?}", cache.origin());
    assert_eq!(ids(&cache).await, ["local", "staging"], "connections");
    assert_eq!(cache.reader().preferences().await.unwrap()["theme"], "dark", "preferences");
    assert_eq!(cache.reader().acts(10).await.unwrap()[0].action, "cancel_run", "acts");
    assert_eq!(cache.reader().drills(10).await.unwrap()[0]["id"], "drill_1", "and what drills came to");
}

#[tokio::test]
async fn connections_outlive_a_file_of_which_nothing_can_be_read() {
    let (folder, path) = with_keepsakes().await;
    fs::write(&path, "nothing of this is a database any more".repeat(200)).unwrap();
    let cache = Cache::open(&path).await;
    assert!(matches!(cache.origin(), Opened::Rebuilt { .. }), "it is built anew: {:?}", cache.origin());
    assert_eq!(ids(&cache).await, ["local", "staging"], "they were kept beside it");
    cache.writer().remove_connection(&"staging".into()).await.unwrap();
    cache.close().await;
    fs::remove_file(&path).unwrap();
    assert_eq!(ids(&Cache::open(&path).await).await, ["local"], "one that was removed does not come back");
    let beside = fs::read_to_string(folder.path().join("connections.json")).unwrap();
    assert!(beside.contains("not_needed"), "it says where a token is: {beside}");
}

#[tokio::test]
async fn a_cache_of_an_earlier_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let shipped = sqlx::migrate!();
    let first: Vec<_> = shipped.iter().filter(|migration| migration.version <= 2).cloned().collect();
    let old = sqlx::migrate::Migrator { migrations: first.into(), ..sqlx::migrate::Migrator::DEFAULT };
    old.run(&pool).await.unwrap();
    sqlx::query("INSERT INTO preference VALUES ('theme', '\"dark\"')").execute(&pool).await.unwrap();
    pool.close().await;
    let cache = Cache::open(&path).await;
    assert_eq!(cache.origin(), &Opened::File, "an older file is used");
    assert_eq!(cache.reader().preferences().await.unwrap()["theme"], "dark", "with what is in it");
    cache.writer().note_upkeep("retention", at(7)).await.unwrap();
    assert_eq!(cache.reader().upkeep("retention").await.unwrap(), Some(at(7)), "and what came later works");
}
