//! What is kept of readiness: points that add up, changes and scores with what made them, evidence that expires.

use crate::bench::{Bench, quick};
use console::{
    Pace, SyncMode,
    view::{ReadinessHistory, ReadinessHistoryQuery, ReadinessQuery, RunChecks},
};
use domain::{CheckStatus, ConnectionState, SystemClock};
use std::{sync::Arc, time::Duration};
use testkit::FakeControlPlane;

async fn history(bench: &Bench) -> ReadinessHistory {
    bench.console.readiness_history(ReadinessHistoryQuery::default()).await.unwrap()
}

fn only(id: &str) -> RunChecks {
    RunChecks { checks: vec![id.to_owned()], connection: None }
}

#[tokio::test]
async fn every_point_is_explained_and_all_add_up_to_a_hundred() {
    let bench = Bench::live().await;
    bench.until(ConnectionState::Live).await;
    bench.plane.go_away();
    bench.until(ConnectionState::Offline).await;
    let readiness = bench.console.run_checks(RunChecks::default()).await.unwrap();
    let sum = |part: fn(&domain::Points) -> u32| readiness.checks.iter().map(|check| part(&check.points)).sum::<u32>();
    assert_eq!(sum(|points| points.possible), 1_000, "a hundred points in tenths");
    assert_eq!(sum(|points| points.earned) / 10, readiness.score, "the score is what is earned");
    let earns = |status| readiness.checks.iter().filter(move |check| check.status == status);
    assert!(
        earns(CheckStatus::Unknown).chain(earns(CheckStatus::Fail)).all(|check| check.points.earned == 0),
        "nothing"
    );
    assert!(earns(CheckStatus::Pass).all(|check| check.points.missing() == 0), "a pass costs nothing");
}

#[tokio::test]
async fn changes_and_scores_survive_a_restart_with_what_made_them() {
    let bench = Bench::on_demand().await;
    assert!(history(&bench).await.scores.is_empty(), "nothing was probed yet");
    bench.console.run_checks(RunChecks::default()).await.unwrap();
    let first = history(&bench).await;
    assert_eq!(first.scores.len(), 1, "the first score is a change too");
    bench.console.run_checks(RunChecks::default()).await.unwrap();
    assert_eq!(history(&bench).await, first, "the same again is no change");
    bench.plane.go_away();
    let gone = bench.console.run_checks(only("plane.live")).await.unwrap();
    let live = gone.checks.iter().find(|check| check.id == "plane.live").unwrap();
    assert!(live.regressed && live.status == CheckStatus::Fail, "it passed before");
    assert!(live.last_pass.as_ref().is_some_and(|pass| pass.at < live.since.unwrap()), "and it is said when");

    let bench = bench.again(SyncMode::CacheOnly).await;
    let kept = history(&bench).await;
    let change = &kept.changes[0];
    assert_eq!(
        (change.check.as_str(), change.from, change.to),
        ("plane.live", CheckStatus::Pass, CheckStatus::Fail),
        "newest first"
    );
    assert!(kept.scores[0].score < kept.scores[1].score, "the score fell");
    assert_eq!(kept.scores[0].because, std::slice::from_ref(change), "because of this alone");
    let later = bench.console.readiness(ReadinessQuery::default()).await.unwrap();
    let live = later.checks.iter().find(|check| check.id == "plane.live").unwrap();
    assert!(live.regressed && live.last_pass.is_some(), "offline it still says that it passed once");
    let since = kept.changes[0].at;
    let query = ReadinessHistoryQuery { since: Some(since), ..ReadinessHistoryQuery::default() };
    let part = bench.console.readiness_history(query).await.unwrap();
    assert_eq!((part.changes.len(), part.scores.len()), (1, 2), "and the score that held when the span began");
    let query = ReadinessHistoryQuery { connection: Some("nobody".into()), ..ReadinessHistoryQuery::default() };
    assert_eq!(bench.console.readiness_history(query).await.unwrap_err().code, "not_found", "nobody has no history");
}

#[tokio::test]
async fn evidence_that_expired_is_unknown_says_when_and_is_kept_as_a_change() {
    let pace = Pace { evidence_valid: Duration::ZERO, ..quick() };
    let bench = Bench::over(FakeControlPlane::new(Arc::new(SystemClock)), SyncMode::OnDemand, pace).await;
    bench.console.run_checks(only("plane.live")).await.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    let readiness = bench.console.readiness(ReadinessQuery::default()).await.unwrap();
    let live = &readiness.checks[0];
    let expired = live.expires_at.unwrap();
    assert_eq!((live.status, live.since), (CheckStatus::Unknown, Some(expired)), "unknown since it expired");
    let finding = &live.evidence.as_ref().unwrap().finding;
    assert!(finding.starts_with(&format!("The evidence expired at {expired}.")), "it says when: {finding}");
    assert!(live.regressed, "it passed before");
    let kept = history(&bench).await;
    let seen: Vec<_> = kept.changes.iter().map(|change| (change.at, change.to)).collect();
    let probed = live.checked_at.unwrap();
    assert_eq!(seen, [(expired, CheckStatus::Unknown), (probed, CheckStatus::Pass)], "with the moment of its end");
    assert_eq!(history(&bench).await, kept, "and once only");
}
