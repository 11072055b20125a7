//! Finding runs, and reading while something is written.

use crate::bench::{Bench, named, quick};
use console::{
    SyncMode,
    view::{AddConnection, LogSearch, RunQuery},
};
use domain::{ConnectionState, Environment, RunStatus};
use std::time::Duration;

#[tokio::test]
async fn a_run_is_found_by_a_beginning_that_only_it_has() {
    let bench = Bench::on_demand().await;
    for _ in 0..12 {
        bench.plane.begin("many", &["a"]);
    }
    let one = bench.console.run(named(&"run_0000000".into())).await.unwrap_err();
    assert_eq!(one.code, "ambiguous_run", "several begin so");
    assert!(one.faults.len() > 1, "and they are listed");
    let found = bench.console.run(named(&"run_00000012".into())).await.unwrap();
    assert_eq!(found.run.summary.id.as_str(), "run_00000012", "the whole id is unique");
    let found = bench.console.run(named(&"run_0000001".into())).await;
    assert_eq!(found.unwrap_err().code, "ambiguous_run", "10, 11 and 12 begin so");
    let none = bench.console.run(named(&"run_7".into())).await.unwrap_err();
    assert_eq!(none.code, "not_found", "none begins so");
    let empty = bench.console.run(named(&"".into())).await.unwrap_err();
    assert_eq!(empty.code, "invalid", "nothing is no beginning");
}

#[tokio::test]
async fn an_unknown_run_is_asked_for_while_watching() {
    let bench = Bench::live().await;
    bench.until(ConnectionState::Live).await;
    bench.plane.swallow_events(1);
    let run = bench.plane.begin("unannounced", &["a"]);
    let view = bench.console.run(named(&run)).await.unwrap();
    assert_eq!(view.run.summary.goal, "unannounced", "the plane was asked");
}

#[tokio::test]
async fn reads_do_not_wait_for_a_write_that_takes_long() {
    let bench = Bench::live().await;
    let run = bench.plane.begin("read me", &["a"]);
    bench.told(&run).await;
    let other = cache::Cache::open(&bench.cache_file()).await;
    let held = other.writer().batch().await.unwrap();
    let read = tokio::time::timeout(Duration::from_secs(2), async {
        bench.console.runs(RunQuery::default()).await.unwrap();
        bench.console.run(named(&run)).await.unwrap();
        bench.events(&run).await
    });
    assert!(read.await.is_ok(), "another process holds the write lock, and reads go on");
    held.commit().await.unwrap();
}

#[tokio::test]
async fn text_is_found_in_a_whole_log() {
    let bench = Bench::on_demand().await;
    let run = bench.plane.begin("log", &["a", "b"]);
    for number in 0..1_500 {
        bench.plane.print(&run, if number % 2 == 0 { "a" } else { "b" }, &format!("line {number}"));
    }
    bench.logs(&run).await;
    let search = LogSearch {
        connection: None,
        run: run.clone(),
        step: Some("b".into()),
        text: "LINE 149".into(),
        match_case: false,
    };
    let found = bench.console.find_in_log(search.clone()).await.unwrap();
    assert_eq!((found.total, found.searched), (6, 750), "149, 1491, 1493, …, and only in the log of that step");
    let exact = bench.console.find_in_log(LogSearch { match_case: true, ..search }).await.unwrap();
    assert_eq!(exact.total, 0, "case matters when asked to");
}

#[tokio::test]
async fn a_key_that_no_page_gave_is_refused() {
    let bench = Bench::on_demand().await;
    let error =
        bench.console.runs(RunQuery { after: Some("garbage".into()), ..RunQuery::default() }).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.faults[0].path.as_str()), ("invalid", "after"), "a fault of the caller");
}

#[tokio::test]
async fn the_log_of_a_run_that_nobody_watches_is_read_when_it_is_asked_for() {
    let bench = Bench::live().await;
    let run = bench.plane.begin("quiet", &["a"]);
    bench.plane.print(&run, "a", "said before");
    bench.told(&run).await;
    testkit::eventually("the log", async || Some(bench.logs(&run).await).filter(|logs| logs.complete).map(drop)).await;
}

#[tokio::test]
async fn a_list_does_not_hide_what_is_old() {
    let bench = Bench::on_demand().await;
    let oldest = bench.plane.begin("the lighthouse", &["a"]);
    bench.plane.ask(&oldest, "a", "go?");
    for number in 0..260 {
        bench.plane.begin(&format!("number {number}"), &["a"]);
    }
    let waiting = RunQuery { statuses: vec![RunStatus::Waiting], ..RunQuery::default() };
    let list = bench.console.runs(waiting.clone()).await.unwrap();
    assert_eq!(list.items.len(), 1, "the plane was asked for runs in this state, and not for its newest");
    assert!(list.sources[0].complete, "there is no other in this state");
    let page = bench.console.runs(RunQuery::default()).await.unwrap();
    assert_eq!((page.items.len(), page.next.is_some()), (50, true), "one page, and there is another");
    assert!(!page.sources[0].complete, "it says that there are older runs");
    let bench = Bench::over(bench.plane.clone(), SyncMode::OnDemand, quick()).await;
    let prefix = bench.console.run(named(&"run_0000000".into())).await.unwrap_err();
    assert_eq!(prefix.code, "ambiguous_run", "the beginning of an id is looked for among all runs");

    let bench = Bench::over(bench.plane.clone(), SyncMode::OnDemand, quick()).await;
    let whole = bench.console.runs(RunQuery { whole: true, ..RunQuery::default() }).await.unwrap();
    assert_eq!((whole.total, whole.sources[0].complete), (261, true), "asked for all, it reads all");
    let bench = Bench::over(bench.plane.clone(), SyncMode::OnDemand, quick()).await;
    let search = RunQuery { text: Some("lighthouse".into()), whole: true, ..RunQuery::default() };
    assert_eq!(bench.console.runs(search).await.unwrap().items.len(), 1, "a search looks through all of it");

    bench.plane.status(&oldest, RunStatus::Succeeded);
    assert!(bench.console.runs(waiting).await.unwrap().items.is_empty(), "a run that has moved on is not listed");
}

#[tokio::test]
async fn a_run_on_two_connections_is_that_of_the_built_in_plane_or_has_to_be_named() {
    let bench = Bench::on_demand().await;
    let run = bench.plane.begin("twice", &["a"]);
    let add = |name: &str| AddConnection {
        name: name.into(),
        base_url: "https://plane.example.com".into(),
        kind: None,
        environment: Environment::Staging,
        read_only: None,
        token: Some("secret".into()),
        session_only: false,
    };
    for name in ["one", "other"] {
        bench.console.add_connection(add(name)).await.unwrap();
        let of = RunQuery { connection: Some(name.into()), ..RunQuery::default() };
        assert_eq!(bench.console.runs(of).await.unwrap().items.len(), 1, "{name} has it");
    }
    let error = bench.console.run(named(&run)).await.unwrap_err();
    let listed: Vec<_> = error.faults.iter().map(|fault| fault.message.as_str()).collect();
    assert_eq!((error.code.as_str(), listed), ("ambiguous_run", vec!["other", "one"]), "the connections are named");
    assert!(error.hint.is_some_and(|hint| hint.contains("--connection")), "more of the id would not help");
    bench.console.runs(RunQuery::default()).await.unwrap();
    let view = bench.console.run(named(&run)).await.unwrap();
    assert_eq!(view.connection_name, "local", "where nothing else is said the built-in plane is meant");
}

#[tokio::test]
async fn a_cache_that_is_found_damaged_is_built_anew_at_the_next_start() {
    let bench = Bench::on_demand().await;
    for number in 0..300 {
        bench.plane.begin(&format!("number {number} {}", "x".repeat(2_000)), &["a"]);
    }
    bench.console.runs(RunQuery { whole: true, ..RunQuery::default() }).await.unwrap();
    bench.console.shutdown().await;
    let bench = bench.again(SyncMode::CacheOnly).await;
    let mut bytes = std::fs::read(bench.cache_file()).unwrap();
    let healthy = bytes.len() / 3;
    bytes[healthy..].fill(0x5a);
    std::fs::write(bench.cache_file(), bytes).unwrap();
    let found = bench.console.runs(RunQuery { limit: Some(200), ..RunQuery::default() }).await;
    assert_eq!(found.unwrap_err().code, "internal", "what is damaged cannot be read");
    assert!(bench.cache_file().with_extension("db.distrusted").exists(), "the next start knows of it");
}
