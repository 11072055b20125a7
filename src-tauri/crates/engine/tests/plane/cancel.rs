//! Cancelling: at once for what waits, as soon as it stops for what executes, and in any race exactly one end.

use super::fixture::{Plane, act, drill, plan, step};
use domain::{EventKind, GateState, RunStatus, StepStatus, Verdict};
use engine::Error;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_run_stops_what_executes_and_never_starts_the_rest() {
    let plane = Plane::with_slots(1).await;
    let steps = json!([
        { "name": "held", "tool": "drill", "inputs": { "do": "hold" } },
        { "name": "ready", "tool": "drill" },
        { "name": "blocked", "tool": "drill", "depends_on": ["held"] },
        { "name": "asks", "tool": "manual:x", "inputs": { "question": "?" } },
    ]);
    let run = plane.create(plan(steps)).await;
    let id = &run.summary.id;
    plane.until_started(1).await;
    plane.engine.cancel_run(id, "wrong branch", &act()).await.expect("a running run can be cancelled");
    plane.engine.cancel_run(id, "wrong branch", &act()).await.expect("asking again is no error");
    let run = plane.ended(id).await;
    assert_eq!(run.summary.status, RunStatus::Cancelled, "the run is cancelled");
    assert!(run.steps.iter().all(|step| step.status == StepStatus::Cancelled), "and so is every step: {run:#?}");
    assert_eq!(plane.drill.started.load(std::sync::atomic::Ordering::SeqCst), 1, "nothing else was started");
    let kinds = plane.kinds(id).await;
    assert_eq!(
        kinds.iter().filter(|kind| **kind == EventKind::RunCancelRequested).count(),
        1,
        "the request is told once"
    );
    plane.engine.cancel_run(id, "again", &act()).await.expect("asking a cancelled run to stop is no error");
    let retried = plane.engine.retry_step(id, "held", "changed my mind", None, &act()).await;
    assert!(
        matches!(retried, Err(Error::Conflict { code: "run_is_terminal", .. })),
        "nothing leads out of cancelled: {retried:?}"
    );
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_has_not_started_is_cancelled_at_once() {
    let plane = Plane::resting(1).await;
    let run = plane.create(drill("yield")).await;
    let run =
        plane.engine.cancel_run(&run.summary.id, "not needed", &act()).await.expect("a queued run can be cancelled");
    assert_eq!(run.summary.status, RunStatus::Cancelled, "there is nothing to wait for");
    plane.engine.start();
    let other = plane.create(drill("yield")).await;
    plane.ended(&other.summary.id).await;
    assert_eq!(step(&plane.run(&run.summary.id).await, "work").attempts, [], "it never started");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_at_any_moment_leaves_one_end_and_no_late_result() {
    let plane = Plane::with_slots(4).await;
    let act = act();
    let mut runs = Vec::new();
    for round in 0..60_u32 {
        let steps = json!([
            { "name": "a", "tool": "drill" },
            { "name": "b", "tool": "drill", "depends_on": ["a"] },
            { "name": "c", "tool": "drill", "depends_on": ["b"] },
        ]);
        let id = plane.create(plan(steps)).await.summary.id;
        for _ in 0..round * 7 {
            tokio::task::yield_now().await;
        }
        match plane.engine.cancel_run(&id, "race", &act).await {
            Ok(_) | Err(Error::Conflict { code: "run_is_terminal", .. }) => runs.push(id),
            Err(error) => panic!("a cancel works or comes too late: {error}"),
        }
    }
    for id in &runs {
        let run = plane.ended(id).await;
        let ends = plane.kinds(id).await.iter().filter(|kind| kind.ends_run()).count();
        assert_eq!(ends, 1, "a run ends once: {run:#?}");
    }
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_and_a_cancel_at_once_leave_one_end() {
    let plane = Plane::new().await;
    let act = act();
    for _ in 0..20 {
        let steps = json!([{ "name": "ask", "tool": "manual:x", "inputs": { "question": "?" } }]);
        let id = plane.create(plan(steps)).await.summary.id;
        let (verdict, cancel) = tokio::join!(
            plane.engine.decide_gate(&id, "ask", Verdict::Approve, None, &act),
            plane.engine.cancel_run(&id, "race", &act),
        );
        let run = plane.ended(&id).await;
        let wanted = if verdict.is_ok() { RunStatus::Succeeded } else { RunStatus::Cancelled };
        assert_eq!(run.summary.status, wanted, "whoever came first decides: {verdict:?} {cancel:?}");
    }
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_a_cancel_closes_is_told_before_its_step() {
    let plane = Plane::new().await;
    let run = plane
        .create(plan(
            json!([{ "name": "ask", "tool": "manual:x" }, { "name": "later", "tool": "echo", "depends_on": ["ask"] }]),
        ))
        .await;
    let id = &run.summary.id;
    plane.until_status(id, RunStatus::Waiting).await;
    let run = plane.engine.cancel_run(id, "not needed", &act()).await.expect("a waiting run can be cancelled");
    assert_eq!(step(&run, "ask").gate.as_ref().map(|gate| gate.state), Some(GateState::Expired), "the gate is closed");
    let events = plane.engine.events(id, 0, 1_000).await.expect("events can be read").items;
    let told: Vec<_> = events
        .iter()
        .filter(|event| matches!(event.kind, EventKind::GateExpired | EventKind::StepCancelled))
        .map(|event| (event.kind, event.step.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (EventKind::GateExpired, Some("ask")),
            (EventKind::StepCancelled, Some("ask")),
            (EventKind::StepCancelled, Some("later")),
        ],
        "the gate first, and only where there was one"
    );
    let expired = events.iter().find(|event| event.kind == EventKind::GateExpired).expect("it was told");
    assert_eq!(expired.data["reason"], "the run was cancelled", "with the reason");
    plane.finish().await;
}
