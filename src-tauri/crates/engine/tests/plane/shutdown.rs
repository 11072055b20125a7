//! An orderly end: finish what can be finished, park the rest, and let go of everything.

use super::fixture::{Plane, act, drill, step};
use domain::{RunStatus, StepStatus};
use engine::{Error, NewRun};
use serde_json::json;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn what_can_end_in_time_ends() {
    let plane = Plane::new().await;
    let run = plane.create(drill("hold")).await;
    plane.until_started(1).await;
    let engine = plane.engine.clone();
    let stopping = tokio::spawn(async move { engine.shutdown(Duration::from_secs(30)).await });
    let until = tokio::time::Instant::now() + Duration::from_secs(30);
    while plane.engine.health().await.is_ready() {
        assert!(tokio::time::Instant::now() < until, "the plane never begins to stop");
    }
    let refused = plane
        .engine
        .create_run(
            NewRun { plan: drill("yield"), template: None, team: engine::accounts::HOME.into(), idempotency_key: None },
            &act(),
        )
        .await;
    assert_eq!(refused.map(|_| ()), Err(Error::ShuttingDown), "no new work is taken");
    plane.drill.release(1);
    let report = stopping.await.expect("it ends");
    assert_eq!((report.finished, report.parked, report.interrupted), (1, 0, 0), "the step ended by itself");
    assert!(!plane.dir.path().join("engine.db-wal").exists(), "the journal was brought back into the file");
    let plane = plane.crash().await;
    assert_eq!(plane.run(&run.summary.id).await.summary.status, RunStatus::Succeeded, "and its result was kept");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_is_parked_if_the_plan_allows_it_and_interrupted_if_not() {
    let plane = Plane::new().await;
    let mut rerun = drill("hold");
    rerun["steps"][0]["on_restart"] = json!("rerun");
    let parked = plane.create(rerun).await.summary.id;
    let interrupted = plane.create(drill("deaf")).await.summary.id;
    plane.until_started(2).await;
    let (plane, report) = plane.restart(Duration::from_millis(600)).await;
    assert_eq!((report.finished, report.parked, report.interrupted), (0, 1, 1), "each step follows its plan");
    assert_eq!(
        step(&plane.run(&interrupted).await, "work").status,
        StepStatus::Interrupted,
        "it may not be done twice"
    );
    let run = plane.run(&parked).await;
    assert_eq!(step(&run, "work").status, StepStatus::Queued, "it waits for the next start");
    plane.engine.start();
    plane.until_started(1).await;
    plane.drill.release(1);
    assert_eq!(plane.ended(&parked).await.summary.status, RunStatus::Succeeded, "and goes on there");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plane_that_can_work_says_so() {
    let plane = Plane::new().await;
    let health = plane.engine.health().await;
    assert!(health.is_ready(), "the database answers and the scheduler moves: {health:?}");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_step_that_was_just_taken_is_overlooked() {
    for round in 0..12_u32 {
        let mut plane = Plane::resting(2).await;
        let mut runs = Vec::new();
        for _ in 0..6 {
            runs.push(plane.create(drill("yield")).await.summary.id);
        }
        plane.engine.start();
        for _ in 0..round * 5 {
            tokio::task::yield_now().await;
        }
        let (next, report) = plane.restart(Duration::from_secs(30)).await;
        plane = next;
        assert_eq!((report.parked, report.interrupted), (0, 0), "there was time for all that was taken");
        for run in &runs {
            let run = plane.run(run).await;
            let work = step(&run, "work");
            assert!(
                matches!(work.status, StepStatus::Queued | StepStatus::Succeeded),
                "a step was not begun or is done: {work:?}"
            );
        }
        plane.finish().await;
    }
}
