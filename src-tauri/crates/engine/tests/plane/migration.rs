//! A database of an earlier version is opened with all that is in it, and what was added since is filled in.
//!
//! The rows are those of a plane of today, moved into tables as they were. Deliberately absent: rows that only code of that time
//! could have written.

#![expect(clippy::expect_used, reason = "a set-up that breaks is a failed test")]

use super::{
    fixture::{act, plan},
    usage::{Plane, asked},
};
use domain::{Clock as _, NewApiKey, Permission, Run, RunId, TeamAct, TeamId, TeamUsage, Timestamp};
use engine::{
    Engine, NewRun, RunQuery,
    accounts::{Caller, HOME, Scope},
};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection, migrate::Migrator, sqlite::SqliteConnectOptions};
use std::{path::Path, time::Duration};
use tempfile::TempDir;

/// The tables of the version before there were teams that have other columns now, and where their rows come from.
const BEFORE_TEAMS: [(&str, &str); 2] = [
    ("idempotency_keys", "SELECT principal, key, fingerprint, subject, created_at FROM now.idempotency_keys"),
    ("tokens", "SELECT id, name, hash, created_at, revoked_at FROM now.api_keys"),
];

/// A folder with the database of a plane that has ended, as the first `version` migrations made it.
async fn set_back(dir: &TempDir, version: i64, changed: &[(&str, &str)]) -> TempDir {
    let earlier = tempfile::tempdir().expect("a folder");
    let options = SqliteConnectOptions::new().filename(earlier.path().join("engine.db")).create_if_missing(true);
    let mut conn = SqliteConnection::connect_with(&options.foreign_keys(false)).await.expect("a database");
    let shipped = sqlx::migrate!("./migrations");
    let first: Vec<_> = shipped.iter().filter(|migration| migration.version <= version).cloned().collect();
    let old = Migrator { migrations: first.into(), ..Migrator::DEFAULT };
    old.run_direct(None, &mut conn, false).await.expect("the tables are made");
    let now = dir.path().join("engine.db").display().to_string();
    sqlx::query("ATTACH DATABASE ?1 AS now").bind(now).execute(&mut conn).await.expect("the other database");
    let tables = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE '%sql%'";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut conn).await.expect("tables");
    for table in tables {
        let columns: Option<String> = sqlx::query_scalar(
            "SELECT group_concat(name) FROM pragma_table_info(?1, 'main')
             WHERE name IN (SELECT name FROM pragma_table_info(?1, 'now'))",
        )
        .bind(&table)
        .fetch_one(&mut conn)
        .await
        .expect("columns");
        let rows = if let Some((_, rows)) = changed.iter().find(|(name, _)| *name == table) {
            format!("INSERT INTO {table} {rows}")
        } else {
            let columns = columns.expect("the table is still there");
            format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM now.{table}")
        };
        for statement in [format!("DELETE FROM main.{table}"), rows] {
            sqlx::query(AssertSqlSafe(statement)).execute(&mut conn).await.expect("rows are moved");
        }
    }
    conn.close().await.expect("it is closed");
    earlier
}

/// What is told of runs and of what they used.
async fn told(engine: &Engine, runs: &[RunId], team: &TeamId, until: Timestamp) -> (Vec<Run>, TeamUsage) {
    let mut told = Vec::new();
    for run in runs {
        told.push(engine.run(run).await.expect("the run is there"));
    }
    (told, engine.usage(team, Timestamp::from_millis(0), until).await.expect("usage is read"))
}

async fn count(dir: &Path, statement: &'static str) -> i64 {
    let options = SqliteConnectOptions::new().filename(dir.join("engine.db"));
    let mut conn = SqliteConnection::connect_with(&options).await.expect("the database opens");
    sqlx::query_scalar(statement).fetch_one(&mut conn).await.expect("a count")
}

async fn fits_together(plane: Plane) {
    plane.engine.shutdown(Duration::from_secs(5)).await;
    let faults = engine::invariants::check_file(&plane.dir.path().join("engine.db")).await.expect("it can be checked");
    assert_eq!(faults, Vec::<String>::new(), "every invariant holds");
}

/// A run that uses nothing, under a key.
fn idle(team: &TeamId) -> NewRun {
    let plan = plan(json!([{ "name": "true", "tool": "shell", "inputs": { "argv": ["true"] } }]));
    NewRun { plan, template: None, team: team.clone(), idempotency_key: Some("key-0001".to_owned()) }
}

/// Runs that used something, one that failed, and one that used nothing.
async fn work(plane: &Plane, team: &TeamId) -> Vec<RunId> {
    let mut failing = asked("openai", "gpt-x", [8, 0, 1]);
    failing["fails"] = true.into();
    let mut runs = Vec::new();
    for inputs in [asked("anthropic", "claude-x", [100, 10, 7]), asked("anthropic", "claude-y", [1, 2, 3]), failing] {
        runs.push(plane.spend(team, &inputs).await);
    }
    let id = plane.engine.create_run(idle(team), &act()).await.expect("a run").run.summary.id;
    plane.ended(&id).await;
    runs.push(id);
    runs
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_from_before_billing_tells_what_each_team_used() {
    let plane = Plane::new().await;
    let create = TeamAct::Create { name: "Other".to_owned(), billing_email: None };
    plane.engine.act_on_team(&create, None, &act()).await.expect("a team");
    let teams = plane.engine.teams(&act().caller).await.expect("teams");
    let other = TeamId::from(teams.into_iter().find(|team| team.name == "Other").expect("the team").id);
    let home = TeamId::from(HOME);
    let (of_home, of_other) =
        (work(&plane, &home).await, [plane.spend(&other, &asked("openai", "gpt-x", [5; 3])).await]);
    let until = plane.clock.now().plus(Duration::from_hours(1));
    let before =
        (told(&plane.engine, &of_home, &home, until).await, told(&plane.engine, &of_other, &other, until).await);
    assert_eq!((before.0.1.lines.len(), before.1.1.lines.len()), (3, 1), "both used something: {before:?}");
    let chain = plane.engine.verify_audit(None).await.expect("the audit is read");
    plane.engine.shutdown(Duration::from_secs(5)).await;

    let plane = Plane::over(set_back(&plane.dir, 3, &[]).await, plane.clock).await;
    let after =
        (told(&plane.engine, &of_home, &home, until).await, told(&plane.engine, &of_other, &other, until).await);
    assert_eq!(after, before, "runs and usage are what they were, by provider and model of each team");
    let blank = "SELECT count(*) FROM attempts WHERE usage IS NULL AND (provider IS NOT NULL OR model IS NOT NULL)";
    assert_eq!(count(plane.dir.path(), blank).await, 0, "who used nothing asked nobody");
    assert_eq!(plane.engine.verify_audit(chain.link().as_ref()).await.expect("it is read"), chain, "the chain goes on");
    let bill = plane.engine.billing(&home).await.expect("the bill is told");
    assert_eq!((bill.subscription, bill.trouble.as_deref()), (None, Some("billing_not_configured")), "nobody pays yet");
    plane.spend(&home, &asked("anthropic", "claude-x", [1, 1, 1])).await;
    let usage = plane.since(&home, Timestamp::from_millis(0)).await;
    let line = usage.lines.iter().find(|line| line.model.as_deref() == Some("claude-x")).expect("its line");
    assert_eq!(line.used.attempts, 2, "what comes now is added to what was: {usage:?}");
    fits_together(plane).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_older_than_teams_belongs_to_the_home_team() {
    let plane = Plane::new().await;
    let home = TeamId::from(HOME);
    let runs = work(&plane, &home).await;
    let new = NewApiKey { name: "ci".to_owned(), team: None, permissions: Permission::ALL.to_vec(), expires_at: None };
    let token = plane.engine.create_api_key(&new, None, &act()).await.expect("a key").secret.expose().to_owned();
    let until = plane.clock.now().plus(Duration::from_hours(1));
    let before = told(&plane.engine, &runs, &home, until).await;
    plane.engine.shutdown(Duration::from_secs(5)).await;

    let plane = Plane::over(set_back(&plane.dir, 2, &BEFORE_TEAMS).await, plane.clock).await;
    let engine = &plane.engine;
    assert_eq!(told(engine, &runs, &home, until).await, before, "runs and usage are what they were");
    let listed = engine.list_runs(&RunQuery::of(Scope::Teams(vec![home.clone()]))).await.expect("a list");
    let listed: Vec<_> = listed.items.into_iter().map(|run| run.id).rev().collect();
    assert_eq!(listed, runs, "all of them are of the home team");
    for run in &runs {
        assert_eq!(engine.team_of_run(run).await.expect("it is known"), Some(home.clone()), "{run} has no other team");
    }
    let teams = engine.teams(&act().caller).await.expect("teams");
    let teams: Vec<_> = teams.into_iter().map(|team| (team.id, team.name)).collect();
    assert_eq!(teams, [(HOME.to_owned(), "Home".to_owned())], "the only team there is");

    let caller = engine.caller(&token).await.expect("keys are read").expect("the token is good as before");
    let Caller::Key { name, team: None, permissions, .. } = &caller else { panic!("for every team, not {caller:?}") };
    assert_eq!((name.as_str(), &permissions[..]), ("ci", Permission::ALL), "and opens what it opened");
    let again = engine.create_run(idle(&home), &act()).await.expect("it is answered");
    assert!(again.replayed && again.run.summary.id == runs[3], "a key of before still makes nothing twice");

    let state = engine.verify_audit(None).await.expect("the audit is read");
    assert_eq!((state.whole, state.entries), (true, 0), "what was done before is in no audit: {state:?}");
    let rename = TeamAct::Rename { team: HOME.to_owned(), name: "Harbour".to_owned() };
    engine.act_on_team(&rename, None, &act()).await.expect("the team can be looked after");
    let state = engine.verify_audit(None).await.expect("the audit is read");
    assert_eq!((state.whole, state.entries), (true, 1), "and the chain begins: {state:?}");
    fits_together(plane).await;
}
