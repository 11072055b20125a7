//! Dependencies: who waits for whom, and what a bad end means for the others.

use super::fixture::{Plane, act, plan, step};
use domain::{
    EventKind, RunStatus,
    StepStatus::{self, Failed, Skipped, Succeeded},
};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_critical_failure_skips_what_depends_on_it_and_nothing_else() {
    let plane = Plane::new().await;
    let steps = json!([
        { "name": "bad", "tool": "fail" },
        { "name": "below", "tool": "echo", "depends_on": ["bad"] },
        { "name": "deeper", "tool": "echo", "depends_on": ["below", "apart"] },
        { "name": "apart", "tool": "echo" },
        { "name": "after apart", "tool": "echo", "depends_on": ["apart"] },
    ]);
    let run = plane.create(plan(steps)).await;
    let run = plane.ended(&run.summary.id).await;
    let states = ["bad", "below", "deeper", "apart", "after apart"].map(|name| step(&run, name).status);
    assert_eq!(states, [Failed, Skipped, Skipped, Succeeded, Succeeded], "the independent branch goes on");
    assert_eq!(run.summary.status, RunStatus::Failed, "a critical step failed");
    assert_eq!(run.summary.current_step.as_deref(), Some("bad"), "the run names the step that explains it");
    assert_eq!(run.summary.failure, step(&run, "bad").failure, "and its reason");
    assert_eq!(run.summary.step_counts.not_run, 2, "skipped steps are counted apart from failed ones");
    let dead = plane
        .engine
        .dead_letters(&engine::accounts::Scope::Everywhere, &domain::PageRequest::default())
        .await
        .expect("dead letters can be listed");
    assert_eq!(
        dead.items.iter().map(|letter| letter.step.as_str()).collect::<Vec<_>>(),
        ["bad"],
        "only what was tried is a dead letter"
    );
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_lets_everything_go_on() {
    let plane = Plane::new().await;
    let steps = json!([
        { "name": "lint", "tool": "fail", "severity": "warning" },
        { "name": "after", "tool": "echo", "depends_on": ["lint"] },
    ]);
    let run = plane.create(plan(steps)).await;
    let run = plane.ended(&run.summary.id).await;
    assert_eq!(run.summary.status, RunStatus::Succeeded, "a warning fails nothing");
    assert_eq!(run.summary.warnings, 1, "but it is counted");
    assert_eq!(step(&run, "after").status, StepStatus::Succeeded, "what depends on it went on");
    assert_eq!(run.summary.failure, None, "the run has no failure");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_waits_for_all_of_its_dependencies() {
    let plane = Plane::with_slots(8).await;
    let mut steps = vec![];
    for index in 0..20 {
        steps.push(json!({ "name": format!("part {index}"), "tool": "drill" }));
    }
    let names: Vec<String> = (0..20).map(|index| format!("part {index}")).collect();
    steps.push(json!({ "name": "join", "tool": "drill", "depends_on": names }));
    let run = plane.create(plan(json!(steps))).await;
    let run = plane.ended(&run.summary.id).await;
    let join = step(&run, "join").started_at.expect("it ran");
    for part in run.steps.iter().filter(|step| step.name != "join") {
        assert!(part.ended_at.is_some_and(|end| end <= join), "{} ended before the join began", part.name);
    }
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retried_step_brings_back_what_was_skipped_unless_another_failure_holds_it() {
    let plane = Plane::new().await;
    let steps = json!([
        { "name": "one", "tool": "fail", "inputs": { "times": 1 } },
        { "name": "two", "tool": "fail" },
        { "name": "after one", "tool": "echo", "depends_on": ["one"] },
        { "name": "last", "tool": "echo", "depends_on": ["after one"] },
        { "name": "after both", "tool": "echo", "depends_on": ["one", "two"] },
    ]);
    let run = plane.create(plan(steps)).await;
    let id = plane.ended(&run.summary.id).await.summary.id;
    plane.engine.retry_step(&id, "one", "it was a hiccup", None, &act()).await.expect("a failed step can be retried");
    let run = plane.ended(&id).await;
    let states = ["one", "after one", "last", "after both"].map(|name| step(&run, name).status);
    assert_eq!(states, [Succeeded, Succeeded, Succeeded, Skipped], "`after both` still lacks `two`");
    assert_eq!(run.summary.status, RunStatus::Failed, "`two` is still bad");
    assert_eq!(run.summary.generation, 2, "the run was re-opened once");
    let kinds = plane.kinds(&id).await;
    assert_eq!(
        kinds.iter().filter(|kind| **kind == EventKind::RunFailed).count(),
        2,
        "it failed once in each generation"
    );
    plane.finish().await;
}
