//! Forgetting what is old, and everything.

use crate::sample::{at, connection, event, fresh, line, local, run, step, summary};
use cache::{Act, Cache, Forgotten, RunQuery};
use domain::{RunStatus, RunSummary, Span};
use serde_json::json;
use std::{path::Path, time::Duration};

fn act(moment: i64) -> Act {
    Act {
        at: at(moment),
        actor: "operator".into(),
        action: "retry_step".into(),
        connection: Some(local()),
        target: "run_1/build".into(),
        reason: Some("flaky".into()),
        outcome: "done".into(),
        correlation_id: "c-1".into(),
    }
}

fn ended(id: &str, moment: i64) -> RunSummary {
    RunSummary { status: RunStatus::Failed, ..summary(id, moment) }
}

async fn ids(cache: &Cache) -> Vec<String> {
    let page = cache.reader().runs(&RunQuery { limit: 200, ..RunQuery::default() }).await.unwrap();
    page.page.items.into_iter().map(|found| found.summary.id.to_string()).collect()
}

#[tokio::test]
async fn old_runs_go_with_all_that_belongs_to_them() {
    let (_folder, cache) = fresh().await;
    let writer = cache.writer();
    for (id, moment) in [("run_old", 10), ("run_new", 1_000)] {
        let whole = run(ended(id, moment), vec![step(&format!("step of {id}"), Some("lost"))]);
        writer.upsert_run(&local(), &whole, at(1)).await.unwrap();
        writer.append_events(&local(), &[event(id, 1, Some("lost"))]).await.unwrap();
        let lines: Vec<_> = (1..=6_000).map(|seq| line(seq, "s", "lost")).collect();
        writer.append_logs(&local(), &id.into(), &lines).await.unwrap();
    }
    writer.upsert_run_summaries(&local(), &[summary("run_open", 5)], at(1)).await.unwrap();
    writer.append_events(&local(), &[event("run_that_never_came", 7, None)]).await.unwrap();
    writer.append_events(&local(), &[event("run_that_may_come", 5_000, None)]).await.unwrap();
    writer.record_act(&act(10)).await.unwrap();
    writer.record_act(&act(1_000)).await.unwrap();
    writer.extend_coverage(&local(), Span { from: at(1), to: at(20) }, Duration::ZERO).await.unwrap();
    writer.extend_coverage(&local(), Span { from: at(90), to: at(110) }, Duration::ZERO).await.unwrap();

    let forgotten = writer.apply_retention(at(100), 1_000).await.unwrap();
    assert_eq!(forgotten, Forgotten { runs: 1, acts: 1, transitions: 0, spans: 1 }, "it tells what it forgot");
    assert_eq!(ids(&cache).await, ["run_new", "run_open"], "a run that has not ended stays, however old");
    let reader = cache.reader();
    assert_eq!(reader.events(&local(), &"run_old".into(), 0, 9).await.unwrap(), [], "its events went with it");
    assert_eq!(
        reader.logs(&local(), &"run_old".into(), None, 0, 9).await.unwrap(),
        [],
        "and its log, in several batches"
    );
    let hits = reader.search("lost", 200).await.unwrap();
    assert!(hits.iter().all(|hit| hit.run_id.as_str() == "run_new"), "and it is found no more");
    assert_eq!(
        reader.logs(&local(), &"run_new".into(), None, 5_999, 9).await.unwrap().len(),
        1,
        "newer ones are whole"
    );
    assert_eq!(reader.events(&local(), &"run_that_never_came".into(), 0, 9).await.unwrap(), [], "old strays went");
    assert_eq!(reader.events(&local(), &"run_that_may_come".into(), 0, 9).await.unwrap().len(), 1, "new ones wait");
    assert_eq!(reader.acts(9).await.unwrap(), [act(1_000)], "a newer act is kept");
    assert_eq!(reader.coverage(&local(), at(0)).await.unwrap().spans.len(), 1, "a span that reaches over is kept");
    let again = writer.apply_retention(at(100), 1_000).await.unwrap();
    assert_eq!(again, Forgotten::default(), "a second time there is nothing left to forget");
}

#[tokio::test]
async fn of_too_many_runs_the_newest_stay() {
    let (_folder, cache) = fresh().await;
    let many: Vec<_> = (0..450).map(|number| summary(&format!("run_{number:03}"), number)).collect();
    cache.writer().upsert_run_summaries(&local(), &many, at(1)).await.unwrap();
    let forgotten = cache.writer().apply_retention(at(0), 2).await.unwrap();
    assert_eq!(forgotten.runs, 448, "all but as many as may stay");
    assert_eq!(ids(&cache).await, ["run_449", "run_448"], "the newest stay");
}

fn size(path: &Path) -> u64 {
    ["cache.db", "cache.db-wal"]
        .iter()
        .map(|name| std::fs::metadata(path.join(name)).map_or(0, |file| file.len()))
        .sum()
}

#[tokio::test]
async fn a_wipe_leaves_no_row_and_no_text_and_shrinks_the_file() {
    let (folder, cache) = fresh().await;
    let writer = cache.writer();
    let whole = run(ended("run_1", 1), vec![step("build", Some("lost"))]);
    writer.upsert_run(&local(), &whole, at(1)).await.unwrap();
    writer.append_events(&local(), &[event("run_1", 1, Some("lost"))]).await.unwrap();
    let lines: Vec<_> = (1..=20_000).map(|seq| line(seq, "s", &format!("mentioned-only-here {seq}"))).collect();
    writer.append_logs(&local(), &"run_1".into(), &lines).await.unwrap();
    writer.record_act(&act(1)).await.unwrap();
    writer.set_preference("theme", Some(&json!("dark"))).await.unwrap();
    let before = size(folder.path());
    writer.wipe().await.unwrap();
    assert!(size(folder.path()) * 4 < before, "{} of {before} bytes are left", size(folder.path()));

    let path = folder.path().join("cache.db");
    let pool = sqlx::SqlitePool::connect_with(sqlx::sqlite::SqliteConnectOptions::new().filename(&path)).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE '%\\_text%' ESCAPE '\\'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(tables.len() >= 16, "every noun is looked at: {tables:?}");
    let news: Vec<String> = sqlx::query_scalar("SELECT changes FROM news").fetch_all(&pool).await.unwrap();
    assert_eq!(news, [r#"["everything"]"#], "what is left is the word that all of it went");
    for table in tables.iter().filter(|table| !matches!(table.as_str(), "news" | "sqlite_sequence")) {
        let rows: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(rows, 0, "nothing is left of {table}");
    }
    pool.close().await;
    cache.close().await;
    let bytes = std::fs::read(&path).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(!text.contains("mentioned"), "what was printed cannot be read from the file any more");
    let cache = Cache::open(&path).await;
    cache.writer().add_connection(&connection("local")).await.unwrap();
    assert_eq!(cache.reader().search("mentioned", 9).await.unwrap(), [], "and the emptied file works");
}
