//! The checker of invariants sees damage: a checker that finds nothing anywhere would prove nothing.

use super::fixture::{Plane, drill, plan};
use engine::invariants::check_file;
use serde_json::json;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::time::Duration;

/// Each of these breaks a promise in its own way.
const DAMAGE: &[(&str, &str)] = &[
    ("a gap in the events", "DELETE FROM events WHERE seq = 3"),
    ("a lost log line", "DELETE FROM log_lines WHERE seq = 1"),
    ("a run that ended twice", "UPDATE events SET kind = 'run.failed' WHERE seq = 2"),
    ("a final run with another end", "UPDATE runs SET status = 'cancelled' WHERE status = 'succeeded'"),
    ("a final run with an open step", "UPDATE steps SET status = 'queued', ended_at = NULL WHERE status = 'succeeded'"),
    ("an open run without work", "UPDATE runs SET status = 'running', ended_at = NULL WHERE status = 'succeeded'"),
    ("an attempt that nobody counted", "DELETE FROM attempts WHERE status = 'succeeded'"),
    ("attempts at the same time", "UPDATE attempts SET ended_at = ended_at + 100000 WHERE number = 1"),
    ("more attempts than allowed", "UPDATE steps SET max_attempts = 1 WHERE attempts > 1"),
    ("a step that differs from its attempt", "UPDATE attempts SET status = 'succeeded' WHERE status = 'failed'"),
    ("a dead letter that was lost", "DELETE FROM dead_letters"),
    ("sums that drifted", "UPDATE runs SET steps_succeeded = steps_succeeded + 1"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_damage_is_seen() {
    let plane = Plane::new().await;
    let retry = json!({ "max_attempts": 2, "delay_ms": 1, "max_delay_ms": 1 });
    let steps = json!([
        { "name": "bad", "tool": "fail", "retry": retry },
        { "name": "talks", "tool": "echo", "inputs": { "message": "hello" } },
    ]);
    for plan in [plan(steps), drill("yield")] {
        let run = plane.create(plan).await;
        plane.ended(&run.summary.id).await;
    }
    plane.engine.shutdown(Duration::from_secs(10)).await;
    let sound = plane.dir.path().join("engine.db");
    assert_eq!(check_file(&sound).await, Ok(vec![]), "nothing is wrong before the damage");

    for (what, damage) in DAMAGE {
        let copy = plane.dir.path().join("damaged.db");
        std::fs::copy(&sound, &copy).expect("the file can be copied");
        let options = SqliteConnectOptions::new().filename(&copy).foreign_keys(false);
        let mut conn = SqliteConnection::connect_with(&options).await.expect("the copy can be opened");
        let changed = sqlx::query(*damage).execute(&mut conn).await.expect("it can be damaged").rows_affected();
        assert!(changed > 0, "{what}: the damage is really done");
        conn.close().await.expect("the copy can be closed");
        let faults = check_file(&copy).await.expect("the copy can be checked");
        assert!(!faults.is_empty(), "{what} is seen");
    }
}
