//! The terminal without its plane: what was read once is read again, and says how old it is.

use crate::bench::{Bench, named};
use console::view::{FreshnessState, RunChecks, RunQuery, SearchQuery};
use domain::{ConnectionState, RunStatus, StepStatus};

#[tokio::test]
async fn what_was_read_once_is_read_again_with_no_plane() {
    let bench = Bench::on_demand().await;
    let run = bench.plane.begin("ship the lighthouse", &["a"]);
    bench.plane.step(&run, "a", StepStatus::Running);
    bench.plane.print(&run, "a", "needle in the haystack");
    bench.plane.step(&run, "a", StepStatus::Succeeded);
    bench.plane.status(&run, RunStatus::Succeeded);
    let online = bench.console.run(named(&run)).await.unwrap();
    assert_eq!(online.freshness.state, FreshnessState::Live, "just read");

    bench.plane.go_away();
    let offline = bench.console.run(named(&run)).await.unwrap();
    assert_eq!(offline.run, online.run, "the same run");
    assert_eq!(offline.freshness.state, FreshnessState::Offline, "that says it is from the cache");
    assert!(offline.freshness.read_at.is_some(), "and from when");
    assert_eq!(bench.events(&run).await.items, bench.plane.true_events(&run), "its events");
    assert_eq!(bench.logs(&run).await.items[0].text, "needle in the haystack", "its log");
    let list = bench.console.runs(RunQuery { text: Some("lighthouse".into()), ..RunQuery::default() }).await.unwrap();
    assert_eq!(list.items.len(), 1, "found by its goal");
    let hits =
        bench.console.search(SearchQuery { text: "haystack".into(), connection: None, limit: None }).await.unwrap();
    assert_eq!((hits.len(), hits[0].found_in.as_str()), (1, "log"), "found by what it printed");
    let of = |name: &str| SearchQuery { text: "haystack".into(), connection: Some(name.into()), limit: None };
    assert_eq!(bench.console.search(of("local")).await.unwrap().len(), 1, "and in its connection");
    assert_eq!(bench.console.search(of("nowhere")).await.unwrap_err().code, "not_found", "a typo is no empty answer");
}

#[tokio::test]
async fn a_plane_that_hangs_does_not_hold_a_terminal_up() {
    let bench = Bench::on_demand().await;
    let run = bench.plane.begin("slow", &["a"]);
    bench.console.run(named(&run)).await.unwrap();
    bench.plane.hang(true);
    let started = std::time::Instant::now();
    let view = bench.console.run(named(&run)).await.unwrap();
    assert_eq!(view.freshness.state, FreshnessState::Offline, "the cache answers");
    assert!(started.elapsed() < std::time::Duration::from_secs(3), "within the patience of a person");
}

#[tokio::test]
async fn a_run_that_was_never_read_is_an_error_that_says_so() {
    let bench = Bench::on_demand().await;
    bench.plane.go_away();
    let error = bench.console.run(named(&"run_never".into())).await.unwrap_err();
    assert_eq!(error.code, "offline", "it may exist, so not_found would be a lie");
    assert_eq!(error.correlation_id.as_str().len(), 32, "the error can be found in the log");
}

#[tokio::test]
async fn a_list_finds_what_a_run_printed_although_nobody_has_read_it_before() {
    let bench = Bench::on_demand().await;
    let running = bench.plane.begin("still at it", &["a"]);
    bench.plane.step(&running, "a", StepStatus::Running);
    bench.plane.print(&running, "a", "needle in the haystack");
    let found = async || {
        let query = RunQuery { text: Some("needle".into()), ..RunQuery::default() };
        bench.console.runs(query).await.unwrap().items.len()
    };
    bench.console.runs(RunQuery::default()).await.unwrap();
    assert_eq!(found().await, 1, "the log of a run that still runs is read to be searched");
    let ended = bench.plane.begin("over", &["a"]);
    bench.plane.print(&ended, "a", "another needle");
    bench.plane.status(&ended, RunStatus::Succeeded);
    assert_eq!(found().await, 2, "and so is that of a run which is new");
    bench.plane.go_away();
    assert_eq!(found().await, 2, "what was read stays");
}

#[tokio::test]
async fn a_connection_says_why_its_plane_could_not_be_asked_until_it_answers() {
    let bench = Bench::on_demand().await;
    bench.plane.go_away();
    let status = bench.local().await.status;
    assert_eq!(status.state, ConnectionState::Offline, "nobody answers");
    assert_eq!(status.error.map(|error| error.code).as_deref(), Some("offline"), "and it says so");
    bench.plane.come_back();
    let status = bench.local().await.status;
    assert_eq!((status.state, status.error), (ConnectionState::Polled, None), "an answer ends the complaint");
}

#[tokio::test]
async fn a_console_that_never_watches_is_not_judged_by_what_it_watched() {
    let bench = Bench::on_demand().await;
    let listed = bench.console.run_checks(RunChecks::default()).await.unwrap().checks;
    assert!(listed.iter().all(|check| check.id != "plane.coverage"), "it could only fail here");
    let live = Bench::live().await.console.readiness(()).await.unwrap().checks;
    assert!(live.iter().any(|check| check.id == "plane.coverage"), "where connections are watched, it counts");
}
