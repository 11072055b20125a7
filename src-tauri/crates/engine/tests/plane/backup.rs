//! A backup is a whole copy of one moment, made while the plane works, or there is none.

#![expect(clippy::expect_used, reason = "a set-up that breaks is a failed test")]

use super::fixture::{Plane, TurnableClock, drill, plan, reopen_without_drill};
use domain::{RunStatus, SystemClock};
use engine::{BackupError, back_up, last_backup};
use serde_json::json;
use std::{fs, path::Path, sync::Arc};

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<_> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_copy_that_was_made_while_the_plane_works_is_a_plane_with_all_its_runs() {
    let plane = Plane::new().await;
    let run = plane.create(plan(json!([{ "name": "say", "tool": "echo", "inputs": { "message": "hello" } }]))).await;
    plane.ended(&run.summary.id).await;
    let held = plane.create(drill("hold")).await;
    assert_eq!(plane.engine.keeping().await.backed_up_at, None, "none was made yet");

    let backup = back_up(plane.dir.path(), None, &SystemClock).await.expect("a backup");
    let keeping = plane.engine.keeping().await;
    assert_eq!(keeping.backed_up_at, Some(backup.at), "the plane tells of it");
    assert_eq!(keeping.schema, Some(keeping.schema_expected), "and of its schema");
    assert_eq!(fs::metadata(&backup.path).expect("a file").len(), backup.bytes, "the size is that of the file");
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        assert_eq!(fs::metadata(&backup.path).expect("a file").mode() & 0o777, 0o600, "it is for its owner alone");
    }

    let elsewhere = tempfile::tempdir().expect("a folder");
    fs::copy(&backup.path, elsewhere.path().join("engine.db")).expect("a copy");
    let restored = reopen_without_drill(&elsewhere, &Arc::new(TurnableClock::default())).await;
    let found = restored.run(&run.summary.id).await.expect("the run that had ended");
    assert_eq!(found.summary.status, RunStatus::Succeeded, "it is as it was");
    assert!(restored.run(&held.summary.id).await.is_ok(), "the run that was open is there, too");
}

#[tokio::test]
async fn nothing_is_overwritten_and_what_cannot_be_copied_leaves_nothing_behind() {
    let plane = Plane::new().await;
    let out = tempfile::tempdir().expect("a folder");
    let to = out.path().join("copy.db");
    let first = back_up(plane.dir.path(), Some(&to), &SystemClock).await.expect("a backup");
    let before = fs::read(&to).expect("the copy");
    let again = back_up(plane.dir.path(), Some(&to), &SystemClock).await;
    assert!(matches!(again, Err(BackupError::Exists { .. })), "{again:?}");
    assert_eq!(fs::read(&to).expect("the copy"), before, "the copy is as it was");

    let broken = tempfile::tempdir().expect("a folder");
    let missing = back_up(broken.path(), None, &SystemClock).await;
    assert!(matches!(missing, Err(BackupError::Missing { .. })), "{missing:?}");
    // The second half of a database is no database.
    let half = before.get(before.len() / 2..).expect("a half");
    fs::write(broken.path().join("engine.db"), half).expect("a file");
    let refused = back_up(broken.path(), Some(&out.path().join("second.db")), &SystemClock).await;
    assert!(matches!(refused, Err(BackupError::Uncopied { .. } | BackupError::Broken { .. })), "{refused:?}");
    assert_eq!(names(out.path()), ["copy.db"], "neither a copy nor the beginning of one is left");
    assert_eq!(last_backup(broken.path()), None, "and none is told of");
    assert_eq!(last_backup(plane.dir.path()), Some(first), "the good one still is");
}
