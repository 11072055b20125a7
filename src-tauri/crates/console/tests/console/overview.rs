//! Readiness, preferences, facts about the console.

use crate::bench::{Bench, quick};
use console::{
    Pace, SyncMode,
    view::{CreateRun, Preference, ReadinessQuery, RunChecks},
};
use domain::{CheckStatus, ConnectionState, SystemClock, Timestamp};
use reliability::retry::RetryPolicy;
use serde_json::json;
use std::{sync::Arc, time::Duration};
use testkit::FakeControlPlane;

#[tokio::test]
async fn readiness_is_nothing_before_it_is_probed_and_says_what_it_saw_after() {
    let bench = Bench::live().await;
    bench.until(ConnectionState::Live).await;
    let before = bench.console.readiness(ReadinessQuery::default()).await.unwrap();
    assert_eq!(before.score, 0, "nothing probed is nothing proved");
    assert!(before.checks.len() >= 10, "every check is listed all the same");
    let after = bench.console.run_checks(RunChecks::default()).await.unwrap();
    let status = |id: &str| after.checks.iter().find(|check| check.id == id).map(|check| check.status);
    for id in [
        "plane.live",
        "plane.ready",
        "plane.clock",
        "plane.dead_letters",
        "plane.event_gaps",
        "console.breakers",
        "console.cache",
    ] {
        assert_eq!(status(id), Some(CheckStatus::Pass), "{id} passes on a healthy plane");
    }
    let unasked: Vec<_> = after.checks.iter().filter(|check| check.evidence.is_none()).map(|check| &check.id).collect();
    assert_eq!(unasked, ["contract.idempotency"], "each says what it saw but for what writes, which must be named");

    bench.plane.go_away();
    bench.until(ConnectionState::Offline).await;
    let only = RunChecks { checks: vec!["plane.live".into(), "plane.queue_age".into()], connection: None };
    let gone = bench.console.run_checks(only).await.unwrap();
    let status = |id: &str| gone.checks.iter().find(|check| check.id == id).map(|check| check.status);
    assert_eq!(status("plane.live"), Some(CheckStatus::Fail), "a plane that is away is not alive");
    assert_eq!(status("plane.queue_age"), Some(CheckStatus::Unknown), "of its queue nothing is known");
    assert!(gone.score < after.score, "the score follows");
    let unknown = RunChecks { checks: vec!["plane.live".into(), "no.such".into()], connection: None };
    let error = bench.console.run_checks(unknown).await.unwrap_err();
    assert_eq!(error.faults[0].path, "checks[1]", "a check that does not exist is named");
}

#[tokio::test]
async fn evidence_that_is_too_old_proves_nothing() {
    let pace = Pace { evidence_valid: Duration::ZERO, ..quick() };
    let bench = Bench::over(FakeControlPlane::new(Arc::new(SystemClock)), SyncMode::OnDemand, pace).await;
    bench.console.run_checks(RunChecks { checks: vec!["plane.live".into()], connection: None }).await.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    let later = bench.console.readiness(ReadinessQuery::default()).await.unwrap();
    assert_eq!(later.checks[0].status, CheckStatus::Unknown, "it is too old");
    assert!(later.checks[0].evidence.is_some(), "but still shown");
}

#[tokio::test]
async fn readiness_is_probed_without_being_asked_again_and_again() {
    let often = Duration::from_millis(20);
    let pace = Pace { readiness_first: often, readiness_every: often, ..quick() };
    let bench = Bench::over(FakeControlPlane::new(Arc::new(SystemClock)), SyncMode::Live, pace).await;
    let first = probed_after(&bench, None).await;
    let second = probed_after(&bench, Some(first)).await;
    assert!(second > first, "evidence is renewed by itself");
}

/// When readiness was last probed, once that is later than `before`.
async fn probed_after(bench: &Bench, before: Option<Timestamp>) -> Timestamp {
    tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            let at = bench.console.readiness(ReadinessQuery::default()).await.unwrap().checked_at;
            if let Some(at) = at.filter(|at| before.is_none_or(|before| *at > before)) {
                return at;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn preferences_are_bounded_and_come_back() {
    let bench = Bench::on_demand().await;
    let set = |key: &str, value| bench.console.set_preference(Preference { key: key.into(), value });
    let kept = set("runs.columns", json!(["goal"])).await.unwrap();
    assert_eq!(kept.0["runs.columns"], json!(["goal"]), "it is there");
    assert!(set("runs.columns", json!(null)).await.unwrap().0.is_empty(), "null forgets");
    let error = set("Bad Key", json!("x".repeat(70_000))).await.unwrap_err();
    assert_eq!(error.faults.len(), 2, "both faults are named");
}

#[tokio::test]
async fn the_first_run_is_over_once_something_was_started() {
    let bench = Bench::on_demand().await;
    assert!(bench.console.app_info(()).await.unwrap().first_run, "nothing was started yet");
    let plan = json!({ "goal": "g", "steps": [{ "name": "a", "tool": "echo" }] });
    let create = CreateRun { connection: None, plan, template: None, team: None, idempotency_key: None };
    bench.console.create_run(create).await.unwrap();
    assert!(!bench.console.app_info(()).await.unwrap().first_run, "something was started");
}

#[tokio::test]
async fn readiness_judges_the_breakers_as_they_were_before_it_probed() {
    let pace = Pace { retry: RetryPolicy { retries: 0, ..RetryPolicy::http() }, ..quick() };
    let bench = Bench::over(FakeControlPlane::new(Arc::new(SystemClock)), SyncMode::OnDemand, pace).await;
    bench.plane.go_away();
    let found = bench.console.run_checks(RunChecks::default()).await.unwrap().checks;
    let status = |id: &str| found.iter().find(|check| check.id == id).map(|check| check.status);
    assert_eq!(status("plane.live"), Some(CheckStatus::Fail), "the plane is away");
    assert_eq!(status("console.breakers"), Some(CheckStatus::Pass), "which the probes must not count twice");
}

#[tokio::test]
async fn a_console_that_has_just_been_opened_is_not_blamed_for_what_it_could_not_watch() {
    let plane = FakeControlPlane::new(Arc::new(SystemClock));
    plane.go_away();
    let bench = Bench::over(plane, SyncMode::Live, quick()).await;
    let only = RunChecks { checks: vec!["plane.coverage".into()], connection: None };
    let found = bench.console.run_checks(only).await.unwrap().checks;
    let coverage = found.iter().find(|check| check.id == "plane.coverage").unwrap();
    assert_eq!(coverage.status, CheckStatus::Unknown, "ten minutes have not passed since the start");
}
