//! The terminal without its plane: what was read once is read again, and says how old it is.

use crate::bench::{Bench, named, quick};
use console::{
    Pace, SyncMode,
    view::{BuiltInPlane, FreshnessState, Obstacle, ReadinessQuery, RunChecks, RunQuery, SearchQuery, TemplatesQuery},
};
use control_plane::Error as PlaneError;
use domain::{ConnectionState, RunStatus, StepStatus, SystemClock};
use std::sync::Arc;
use testkit::{FakeControlPlane, Route};

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
    let live = Bench::live().await.console.readiness(ReadinessQuery::default()).await.unwrap().checks;
    assert!(live.iter().any(|check| check.id == "plane.coverage"), "where connections are watched, it counts");
}

#[tokio::test]
async fn a_cache_that_was_asked_for_is_all_that_is_asked() {
    let bench = Bench::cache_only().await;
    bench.plane.hang(true);
    bench.plane.begin("out of reach", &["a"]);
    let list = bench.console.runs(RunQuery::default()).await.unwrap();
    let source = &list.sources[0];
    assert_eq!(source.freshness.obstacle, Some(Obstacle::NotContacted), "it says why nothing is fresh");
    assert_eq!(source.error, None, "which is no error, since it was asked for");
    let error = bench.console.run(named(&"run_00000001".into())).await.unwrap_err();
    assert_eq!(error.code, "offline", "the cache has no answer");
    bench.console.breakers(()).await.unwrap();
    bench.console.connections(()).await.unwrap();
    for route in [Route::ListRuns, Route::Run, Route::Identity, Route::Other] {
        assert_eq!(bench.plane.calls(route), 0, "{route:?} was not called");
    }
}

#[tokio::test]
async fn a_built_in_plane_that_is_known_not_to_run_is_not_asked() {
    let bench = Bench::on_demand().await;
    bench.console.built_in_plane_is(BuiltInPlane::NotRunning);
    assert!(bench.console.runs(RunQuery::default()).await.unwrap().items.is_empty(), "the cache answers");
    let error = bench.console.templates(TemplatesQuery { connection: None }).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.message.contains("not running")), ("offline", true), "{}", error.message);
    assert!(error.hint.is_some_and(|hint| hint.contains("breakwater plane")), "and what starts it");
    assert_eq!((bench.plane.calls(Route::ListRuns), bench.plane.calls(Route::Other)), (0, 0), "nobody was asked");
}

#[tokio::test]
async fn a_socket_that_nobody_serves_is_tried_once() {
    let bench = Bench::on_demand().await;
    bench.plane.go_away();
    bench.console.run(named(&"run_x".into())).await.unwrap_err();
    assert_eq!(bench.plane.calls(Route::Run), 1, "nobody comes while it is tried again");
}

#[tokio::test]
async fn what_is_cached_is_shown_when_the_plane_refuses_or_has_forgotten_it() {
    let bench = Bench::on_demand().await;
    let run = bench.plane.begin("kept", &["a"]);
    bench.console.run(named(&run)).await.unwrap();
    bench.plane.fail_next(Route::Run, [PlaneError::Unauthorised, PlaneError::Unauthorised]);
    let view = bench.console.run(named(&run)).await.unwrap();
    assert_eq!(view.freshness.obstacle, Some(Obstacle::SignedOut), "a revoked token hides nothing that was read");
    assert!(!bench.events(&run).await.items.is_empty(), "nor its events");
    bench.plane.fail_next(Route::Run, [PlaneError::NotFound { what: "run".into() }]);
    let view = bench.console.run(named(&run)).await.unwrap();
    assert_eq!(view.freshness.obstacle, Some(Obstacle::Gone), "what the plane has forgotten is called so");
    assert_eq!(view.freshness.state, FreshnessState::Offline, "and not live");
}

#[tokio::test]
async fn a_list_says_which_connection_could_not_be_asked_and_why() {
    let bench = Bench::on_demand().await;
    bench.plane.fail_next(Route::ListRuns, [PlaneError::Unauthorised]);
    let source = bench.console.runs(RunQuery::default()).await.unwrap().sources.remove(0);
    assert_eq!(source.error.map(|error| error.code).as_deref(), Some("unauthenticated"), "signed out is not empty");
    assert_eq!((source.cached_runs, source.complete), (0, false), "and nothing is known");
    bench.plane.go_away();
    let source = bench.console.runs(RunQuery::default()).await.unwrap().sources.remove(0);
    assert_eq!(source.error.map(|error| error.code).as_deref(), Some("offline"), "nor is offline");
}

#[tokio::test]
async fn what_is_old_is_forgotten_at_the_end_of_a_verb_at_most_once_a_day() {
    let pace = Pace { keep_runs: 3, ..quick() };
    let plane = FakeControlPlane::new(Arc::new(SystemClock));
    for number in 0..5 {
        let run = plane.begin(&format!("run {number}"), &["a"]);
        plane.status(&run, RunStatus::Succeeded);
    }
    let bench = Bench::over(plane, SyncMode::OnDemand, pace).await;
    bench.console.runs(RunQuery::default()).await.unwrap();
    bench.console.shutdown().await;
    let cache = cache::Cache::open(&bench.cache_file()).await;
    let left = cache.reader().runs(&cache::RunQuery { limit: 10, ..cache::RunQuery::default() }).await.unwrap();
    assert_eq!(left.total, 3, "as many are left as are to be kept");
    assert!(cache.reader().upkeep("retention").await.unwrap().is_some(), "the next verb need not do it again");
}
