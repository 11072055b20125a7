//! The audit among people who have the file: an entry that cannot be written stops no act and is told of later, and whatever is
//! done to the chain is seen and its place is named.

#![expect(clippy::expect_used, reason = "a set-up that breaks is a failed test")]

use super::fixture::{Plane, act, drill, intruder, reopen};
use domain::{AuditEntry, AuditOutcome, AuditState, Permission};
use engine::accounts::{RefusedAct, Scope};
use sqlx::{Connection, SqliteConnection};
use std::time::Duration;

const BROKEN: &str = "CREATE TRIGGER broken BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no room'); END";

async fn run(conn: &mut SqliteConnection, statement: &str) {
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(conn).await.expect("the statement is carried out");
}

async fn entries(plane: &Plane) -> Vec<AuditEntry> {
    plane.engine.audit_after(0, 1_000).await.expect("the audit can be read")
}

/// Renames the home team, which is one act.
async fn rename(plane: &Plane, name: &str) {
    let rename = domain::TeamAct::Rename { team: engine::accounts::HOME.to_owned(), name: name.to_owned() };
    plane.engine.act_on_team(&rename, None, &act()).await.expect("the act succeeds");
}

#[tokio::test(flavor = "multi_thread")]
async fn acts_succeed_without_the_audit_and_the_next_entry_tells_of_the_gap() {
    let plane = Plane::new().await;
    rename(&plane, "Before").await;
    let before = entries(&plane).await.len();
    let mut other = intruder(&plane).await;
    run(&mut other, BROKEN).await;
    rename(&plane, "During").await;
    let started = plane.create(drill("yield")).await;
    plane.ended(&started.summary.id).await;
    let new =
        domain::NewApiKey { name: "ci".to_owned(), team: None, permissions: vec![Permission::Read], expires_at: None };
    let key = plane.engine.create_api_key(&new, None, &act()).await.expect("a key is made all the same");
    let caller = plane.engine.caller(key.secret.expose()).await.expect("keys can be read");
    assert!(caller.is_some(), "what was done holds");
    assert_eq!(plane.engine.unrecorded_acts().await.expect("a count"), 3, "three acts are counted");
    let refused = RefusedAct {
        actor: "127.0.0.1".to_owned(),
        principal: "nobody".to_owned(),
        act: "sign_in".to_owned(),
        target: None,
        team: None,
        code: "sign_in_refused".to_owned(),
    };
    for _ in 0..4 {
        plane.engine.record_refusal(refused.clone(), &"c".into());
    }
    let counted = async {
        while plane.engine.unrecorded_acts().await.expect("a count") < 7 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), counted).await.expect("refusals are counted, each of them");
    let state = plane.engine.verify_audit(None).await.expect("it can be checked");
    assert_eq!((state.whole, state.lost), (true, 7), "what is there is whole, and what is not is known: {state:?}");
    assert_eq!(entries(&plane).await.len(), before, "nothing was written");

    run(&mut other, "DROP TRIGGER broken").await;
    rename(&plane, "After").await;
    let after = entries(&plane).await;
    let [.., gap, next] = after.as_slice() else { panic!("there are two more: {after:?}") };
    assert_eq!(
        (gap.act.as_str(), gap.times, &gap.outcome),
        ("audit.gap", 7, &AuditOutcome::Done),
        "the gap comes first"
    );
    assert_eq!(next.act, "team.rename", "then the act itself");
    assert_eq!(after.len(), before + 2, "one gap for all of it");
    let state = plane.engine.verify_audit(None).await.expect("it can be checked");
    assert_eq!((state.whole, state.lost), (true, 0), "the chain goes on: {state:?}");
    drop(other);
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_that_fails_half_way_through_a_gap_loses_no_count() {
    let plane = Plane::new().await;
    let mut other = intruder(&plane).await;
    run(&mut other, BROKEN).await;
    rename(&plane, "One").await;
    rename(&plane, "Two").await;
    run(&mut other, "DROP TRIGGER broken").await;
    // The gap itself can be written, what follows it cannot.
    let only_gaps = "CREATE TRIGGER broken BEFORE INSERT ON audit WHEN NEW.act <> 'audit.gap'
                     BEGIN SELECT RAISE(ABORT, 'no room'); END";
    run(&mut other, only_gaps).await;
    rename(&plane, "Three").await;
    run(&mut other, "DROP TRIGGER broken").await;
    rename(&plane, "Four").await;
    let gaps: Vec<_> = entries(&plane).await.into_iter().filter(|entry| entry.act == "audit.gap").collect();
    let lost: Vec<_> = gaps.iter().map(|entry| entry.times).collect();
    assert_eq!(lost, [2, 1], "two were lost, then one");
    assert!(plane.engine.verify_audit(None).await.expect("it can be checked").whole, "the chain is whole");
    drop(other);
    plane.finish().await;
}

/// What a check says before and after something was done to the file of a stopped plane, and whether it can still be listed.
async fn after(damage: &[&str]) -> (AuditState, AuditState, bool) {
    let plane = Plane::new().await;
    for name in ["One", "Two", "Three", "Four", "Five", "Six"] {
        rename(&plane, name).await;
    }
    let whole = plane.engine.verify_audit(None).await.expect("it can be checked");
    plane.engine.shutdown(Duration::from_secs(5)).await;
    let (dir, clock, drill) = (plane.dir, plane.clock, plane.drill);
    drop(plane.engine);
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.path().join("engine.db"));
    let mut conn = SqliteConnection::connect_with(&options).await.expect("the file can be opened");
    for statement in damage {
        run(&mut conn, statement).await;
    }
    conn.close().await.expect("it is closed");
    let engine = reopen(&dir, 1, &drill, &clock).await;
    let checked = tokio::time::timeout(Duration::from_secs(30), engine.verify_audit(None)).await;
    let damaged = checked.expect("whatever is in the file, checking it ends").expect("it can be checked");
    let is_listed = engine.audit(&Scope::Everywhere, None, 10).await.is_ok();
    engine.shutdown(Duration::from_secs(5)).await;
    (whole, damaged, is_listed)
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_done_to_the_file_is_seen_and_its_place_named() {
    let cases: [(&str, &[&str], &str); 10] = [
        ("an edit of who", &["UPDATE audit SET actor = 'eve' WHERE seq = 3"], "entry 3"),
        ("an edit of when", &["UPDATE audit SET at = at + 1 WHERE seq = 2"], "entry 2"),
        ("an edit of how often", &["UPDATE audit SET times = 2 WHERE seq = 1"], "entry 1"),
        ("a hash that was made up", &["UPDATE audit SET hash = 'x' WHERE seq = 4"], "entry 4"),
        ("an entry less", &["DELETE FROM audit WHERE seq = 3"], "entry 3"),
        ("the first one less", &["DELETE FROM audit WHERE seq = 1"], "entry 1"),
        ("a cut end", &["DELETE FROM audit WHERE seq > 4"], "entry 4"),
        ("nothing left", &["DELETE FROM audit"], "entry 0"),
        (
            "another order",
            &[
                "UPDATE audit SET seq = 100 WHERE seq = 2",
                "UPDATE audit SET seq = 2 WHERE seq = 3",
                "UPDATE audit SET seq = 3 WHERE seq = 100",
            ],
            "entry 2",
        ),
        (
            "one more than was written",
            &["INSERT INTO audit SELECT seq + 1, at, team, actor, principal, act, target, outcome, reason, correlation_id,
                  times, state_before, state_after, hash FROM audit ORDER BY seq DESC LIMIT 1"],
            "entry 7",
        ),
    ];
    for (what, damage, place) in cases {
        let (whole, damaged, is_listed) = after(damage).await;
        assert!(whole.whole && whole.entries == 6, "{what}: it was whole: {whole:?}");
        assert!(is_listed, "{what}: and can still be read");
        let said = damaged.broken.clone().unwrap_or_default();
        assert!(!damaged.whole && said.contains(place), "{what} is found at {place}: {damaged:?}");
    }
    let (_, untouched, _) = after(&["UPDATE teams SET name = 'Eve'"]).await;
    assert!(untouched.whole, "what is not the audit is not its business: {untouched:?}");
}

/// Makes the table of the audit anew, so that any column takes anything.
const LOOSE: [&str; 3] =
    ["ALTER TABLE audit RENAME TO kept", "CREATE TABLE audit AS SELECT * FROM kept", "DROP TABLE kept"];

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_any_more_is_named_as_what_was_edited() {
    for (what, damage, place) in [
        ("an outcome that is no word", r#"UPDATE audit SET outcome = '{"is":"allowed"}' WHERE seq = 3"#, 3),
        ("an outcome that is no document", "UPDATE audit SET outcome = 'done' WHERE seq = 1", 1),
        ("half a document", "UPDATE audit SET state_after = substr(state_after, 2) WHERE seq = 2", 2),
        ("a number that is none", "UPDATE audit SET state_before = '1e999' WHERE seq = 4", 4),
        ("bytes that are no text", "UPDATE audit SET actor = CAST(x'ff' AS TEXT) WHERE seq = 5", 5),
        ("a hash that is no text", "UPDATE audit SET hash = CAST(x'ff' AS TEXT) WHERE seq = 6", 6),
        ("the last two", "UPDATE audit SET outcome = '' WHERE seq > 4", 5),
        ("a word in place of a moment", "UPDATE audit SET at = 'yesterday' WHERE seq = 3", 3),
        ("a word in place of a count", "UPDATE audit SET times = 'once' WHERE seq = 3", 3),
        ("bytes in place of an act", "UPDATE audit SET act = x'ff00' WHERE seq = 3", 3),
        ("no outcome", "UPDATE audit SET outcome = NULL WHERE seq = 2", 2),
        ("nobody", "UPDATE audit SET actor = NULL WHERE seq = 2", 2),
        ("no hash", "UPDATE audit SET hash = NULL WHERE seq = 2", 2),
        ("a word in place of a place", "UPDATE audit SET seq = 'two' WHERE seq = 2", 2),
        ("no place", "UPDATE audit SET seq = NULL WHERE seq = 2", 2),
        ("a missing one before", "DELETE FROM audit WHERE seq = 2; UPDATE audit SET outcome = '' WHERE seq = 3", 2),
    ] {
        let damage: Vec<_> = LOOSE.into_iter().chain(damage.split("; ")).collect();
        let (whole, damaged, _) = after(&damage).await;
        assert!(whole.whole, "{what}: it was whole: {whole:?}");
        let said = damaged.broken.clone().unwrap_or_default();
        assert!(!damaged.whole && said.starts_with(&format!("entry {place} ")), "{what} is at {place}: {damaged:?}");
    }
    let more = "INSERT INTO audit (seq, actor, outcome) VALUES (7, 'eve', 'anything')";
    let (_, longer, _) = after(&[&LOOSE[..], &[more]].concat()).await;
    let said = longer.broken.clone().unwrap_or_default();
    assert!(said.starts_with("entry 7 was not written by this plane"), "nor is a forged end readable: {longer:?}");
}
