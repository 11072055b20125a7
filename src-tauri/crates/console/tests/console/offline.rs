//! The terminal without its plane: what was read once is read again, and says how old it is.

use crate::bench::{Bench, named};
use console::view::{FreshnessState, RunQuery, SearchQuery};
use domain::{RunStatus, StepStatus};

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
    let hits = bench.console.search(SearchQuery { text: "haystack".into(), limit: None }).await.unwrap();
    assert_eq!((hits.len(), hits[0].found_in.as_str()), (1, "log"), "found by what it printed");
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
