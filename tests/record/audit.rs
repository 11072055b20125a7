//! `breakwater audit` with and without a running plane, over an audit that is whole and over one that somebody changed.

use crate::house::{House, text};
use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt as _, process::Output};

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("it ends by itself, not with {}", output.status))
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("it is JSON: {error}: {} {}", text(&output.stdout), text(&output.stderr)))
}

fn lines(output: &Output) -> Vec<Value> {
    let said = text(&output.stdout);
    said.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

/// A head with another hash.
fn forged(head: &str) -> String {
    let (seq, hash) = head.split_once(':').expect("SEQ:HASH");
    let first = if hash.starts_with('0') { '1' } else { '0' };
    format!("{seq}:{first}{}", &hash[1..])
}

/// Changes the database as whoever can write the file could.
fn change(house: &House, statement: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(house.data().join("engine.db"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let mut database =
            <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.expect("the database opens");
        let done = sqlx::query(statement).execute(&mut database).await.expect("it can be changed");
        assert_eq!(done.rows_affected(), 1, "one row is changed");
        sqlx::Connection::close(database).await.expect("it closes");
    });
}

#[test]
fn what_is_changed_in_the_audit_is_named_and_a_head_that_was_kept_shows_more() {
    let house = House::new(Vec::new());
    for name in ["ci", "deploy"] {
        assert_eq!(code(&house.say(&["token", "create", name])), 0, "an act without a running plane");
    }
    let (plane, _) = house.stay(&["plane", "--listen", "127.0.0.1:0"], "http://");
    assert_eq!(code(&house.say(&["token", "create", "third"])), 0, "and one through it");

    let through = house.say(&["audit", "verify", "-o", "json"]);
    assert_eq!(code(&through), 0, "the chain is whole: {}", text(&through.stderr));
    let state = json(&through);
    assert_eq!((&state["whole"], &state["lost"]), (&true.into(), &0.into()), "nothing is missing: {state}");
    let (entries, head) = (state["entries"].as_u64().expect("a number"), state["head"].as_str().expect("a head"));
    assert!(head.starts_with(&format!("{entries}:")), "the head is the last entry: {state}");
    let head = head.to_owned();
    assert_eq!(code(&house.say(&["token", "create", "fourth"])), 0, "the audit goes on");

    let judge = |expected: &str| {
        let output = house.say(&["audit", "verify", "--expect", expected]);
        (code(&output), text(&output.stdout))
    };
    let later = format!("{}{}", entries + 9, &head[head.find(':').expect("a head")..]);
    let missing = format!("{} was expected", entries + 9);
    let told = |running: &str| {
        assert_eq!(judge(&head).0, 0, "{running}: a head that was kept still holds: {}", judge(&head).1);
        let (exit, said) = judge(&forged(&head));
        assert_eq!(exit, 8, "{running}: a forged one does not: {said}");
        assert!(said.contains(&format!("entry {entries} is not the one")), "{running}: the place is named: {said}");
        let (exit, said) = judge(&later);
        assert!(exit == 8 && said.contains(&missing), "{running}: a later one is missing: {said}");
    };
    told("through the plane");
    let listed = house.say(&["audit", "ls", "--limit", "2", "-o", "json"]);
    assert_eq!(json(&listed).as_array().map(Vec::len), Some(2), "as many as were asked for");
    assert_eq!(json(&listed)[0]["seq"], entries + 1, "newest first");
    assert_eq!(code(&house.say(&["audit", "ls", "--team", "team_none"])), 3, "there is no such team");
    let through = lines(&house.say(&["audit", "export"]));
    plane.end();

    told("with no plane");
    assert_eq!(code(&house.say(&["audit", "ls", "--team", "team_none"])), 3, "there is no such team either");
    let alone = lines(&house.say(&["audit", "export"]));
    assert_eq!(alone[..through.len()], through, "both ways give the same entries");
    let places: Vec<_> = alone.iter().filter_map(|entry| entry["seq"].as_u64()).collect();
    assert_eq!(places, (1..=places.len() as u64).collect::<Vec<_>>(), "all of them, oldest first");
    assert_eq!(lines(&house.say(&["audit", "export", "--after", "2"]))[0]["seq"], 3, "or what came later");

    change(&house, "UPDATE audit SET actor = 'x' || substr(actor, 2) WHERE seq = 2");
    let broken = house.say(&["audit", "verify"]);
    assert_eq!(code(&broken), 8, "a chain that was changed is not whole: {}", text(&broken.stdout));
    assert!(text(&broken.stdout).contains("entry 2 was edited"), "the entry is named: {}", text(&broken.stdout));
    let (plane, _) = house.stay(&["plane", "--listen", "127.0.0.1:0"], "http://");
    let broken = json(&house.say(&["audit", "verify", "-o", "json"]));
    assert_eq!((&broken["whole"], &broken["head"]), (&false.into(), &Value::Null), "its head is nothing to keep");
    plane.end();

    change(&house, "UPDATE audit SET outcome = 'done' WHERE seq = 1");
    let first = || {
        let output = house.say(&["audit", "verify"]);
        (code(&output), text(&output.stdout), text(&output.stderr))
    };
    let (exit, said, why) = first();
    assert!(exit == 8 && said.contains("entry 1 was edited"), "nor one that cannot be read any more: {said} {why}");
    let (plane, _) = house.stay(&["plane", "--listen", "127.0.0.1:0"], "http://");
    let (exit, said, why) = first();
    assert!(exit == 8 && said.contains("entry 1 was edited"), "through the plane as well: {said} {why}");
    plane.end();
}

#[test]
fn an_export_is_a_new_file_of_this_user_alone() {
    let house = House::new(Vec::new());
    assert_eq!(code(&house.say(&["token", "create", "ci"])), 0, "an act");
    let path = house.data().join("audit.ndjson");
    let name = path.to_str().expect("temporary paths are UTF-8");
    assert_eq!(code(&house.say(&["audit", "export", name])), 0, "it is written");
    let mode = fs::metadata(&path).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "nobody else reads who did what");
    let printed = text(&house.say(&["audit", "export"]).stdout);
    assert_eq!(fs::read_to_string(&path).expect("it is text"), printed, "the same as on standard output");
    fs::write(&path, "something of mine").expect("it is ours");
    assert_eq!(code(&house.say(&["audit", "export", name])), 4, "what is there is not overwritten");
    assert_eq!(fs::read_to_string(&path).expect("it is text"), "something of mine", "not even a little");
}
