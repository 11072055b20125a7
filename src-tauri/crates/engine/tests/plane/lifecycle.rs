//! A run from its acceptance to its end, and what can never happen after that.

use super::fixture::{Plane, act, drill, plan, reopen_without_drill, step};
use domain::{EventKind as Kind, RunStatus, StepStatus};
use engine::Error;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_runs_to_its_end_and_tells_every_change() {
    let plane = Plane::new().await;
    let steps = json!([
        { "name": "first", "tool": "echo", "inputs": { "message": "hello" } },
        { "name": "second", "tool": "drill", "depends_on": ["first"] },
    ]);
    let created = plane.create(plan(steps)).await;
    assert_eq!(created.summary.goal, "try the engine", "the goal is kept");
    assert_eq!(created.summary.requested_by.as_deref(), Some("tester"), "so is who asked");

    let run = plane.ended(&created.summary.id).await;
    assert_eq!(run.summary.status, RunStatus::Succeeded, "both steps can only end well");
    assert_eq!(run.summary.step_counts.succeeded, 2, "both are counted");
    assert_eq!(
        step(&run, "second").output.as_ref().map(|output| &output["upstream"]["first"]["message"]),
        Some(&json!("hello")),
        "the output of a step reaches what depends on it"
    );
    let kinds = plane.kinds(&run.summary.id).await;
    let expected = [
        Kind::RunCreated,
        Kind::StepQueued,
        Kind::RunStarted,
        Kind::StepStarted,
        Kind::StepSucceeded,
        Kind::StepQueued,
        Kind::StepStarted,
        Kind::StepSucceeded,
        Kind::RunSucceeded,
    ];
    assert_eq!(kinds, expected, "every change is told, in order");
    let logs = plane.engine.logs(&run.summary.id, 0, 100).await.expect("the log can be read");
    assert_eq!(
        logs.items.iter().map(|line| (line.seq, line.text.as_str())).collect::<Vec<_>>(),
        [(1, "hello")],
        "what a step prints is kept and numbered"
    );
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_final_state_is_final() {
    let plane = Plane::new().await;
    let run = plane.create(drill("yield")).await;
    let ended = plane.ended(&run.summary.id).await;
    let id = &ended.summary.id;

    let cancelled = plane.engine.cancel_run(id, "too late", &act()).await;
    let retried = plane.engine.retry_step(id, "work", "again", None, &act()).await;
    let decided = plane.engine.decide_gate(id, "work", domain::Verdict::Approve, None, &act()).await;
    for refused in [cancelled, retried, decided] {
        assert!(
            matches!(refused, Err(Error::Conflict { code: "run_is_terminal", .. })),
            "an ended run refuses: {refused:?}"
        );
    }
    assert_eq!(plane.run(id).await, ended, "nothing about the run has changed");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_that_panics_fails_its_step_and_nothing_else() {
    let plane = Plane::new().await;
    let run = plane.create(drill("panic")).await;
    let run = plane.ended(&run.summary.id).await;
    let failure = step(&run, "work").failure.clone().expect("the step says why");
    assert_eq!(failure.code, "internal", "a panic is a fault of the plane");
    assert!(!failure.message.contains("on purpose"), "the text of a panic is for developers only");
    let next = plane.create(drill("yield")).await;
    assert_eq!(plane.ended(&next.summary.id).await.summary.status, RunStatus::Succeeded, "the plane goes on");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_that_is_gone_after_a_restart_ends_its_run() {
    let plane = Plane::resting(1).await;
    let run = plane.create(drill("yield")).await;
    let Plane { dir, clock, engine, .. } = plane;
    drop(engine);
    let engine = reopen_without_drill(&dir, &clock).await;
    engine.start();
    let until = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    let ended = loop {
        let run = engine.run(&run.summary.id).await.expect("the run is there");
        if run.summary.status.is_terminal() {
            break run;
        }
        assert!(tokio::time::Instant::now() < until, "the run never ends: {run:#?}");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    };
    assert_eq!(ended.summary.status, RunStatus::Failed, "a step whose tool is gone cannot end well");
    assert_eq!(
        step(&ended, "work").failure.as_ref().map(|failure| failure.code.as_str()),
        Some("unknown_tool"),
        "it says why"
    );
    assert_eq!(step(&ended, "work").status, StepStatus::Failed, "the step failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_plan_is_refused_with_every_fault_and_leaves_nothing() {
    let plane = Plane::new().await;
    let refused = plane.try_create(plan(json!([{ "name": "a", "tool": "nonsense", "depends_on": ["b"] }]))).await;
    let Err(Error::Invalid { faults }) = refused else { panic!("a bad plan is refused: {refused:?}") };
    assert!(faults.len() >= 2, "the unknown tool and the missing step are both named: {faults:?}");
    let runs = plane
        .engine
        .list_runs(&engine::RunQuery::of(engine::accounts::Scope::Everywhere))
        .await
        .expect("runs can be listed");
    assert_eq!(runs.items, [], "nothing was half-written");
    plane.finish().await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_database_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let plane = Plane::new().await;
    plane.create(super::fixture::drill("yield")).await;
    for name in ["engine.db", "engine.db-wal", "engine.db-shm"] {
        let file = std::fs::metadata(plane.dir.path().join(name)).expect("the file is there while the plane runs");
        assert_eq!(file.permissions().mode() & 0o777, 0o600, "nobody else may read {name}");
    }
    plane.finish().await;
}
