//! Gates: a person's verdict is waited for without a slot, and nobody's verdict counts as no.

use super::fixture::{Plane, act, plan, step};
use domain::{EventKind, GateState, GateSubject, RunStatus, StepStatus, Verdict};
use engine::Error;
use serde_json::{Value, json};
use std::time::Duration;

fn gated() -> Value {
    plan(json!([
        { "name": "ask", "tool": "manual:ship", "inputs": { "question": "Ship it?", "expires_in": "2h" } },
        { "name": "ship", "tool": "echo", "depends_on": ["ask"] },
    ]))
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_on_before_a_person_says_yes() {
    let plane = Plane::new().await;
    let run = plane.create(gated()).await;
    let id = &run.summary.id;
    let waiting = plane.until_status(id, RunStatus::Waiting).await;
    assert_eq!(waiting.summary.open_gates, 1, "the list shows the open gate");
    assert_eq!(waiting.summary.current_step.as_deref(), Some("ask"), "and which step it is");
    let gate = step(&waiting, "ask").gate.clone().expect("the step has a gate");
    assert_eq!(
        (gate.state, gate.subject, gate.question.as_str()),
        (GateState::Open, GateSubject::Person, "Ship it?"),
        "a person is asked"
    );
    assert_eq!(step(&waiting, "ship").status, StepStatus::Queued, "what follows waits");

    plane
        .engine
        .decide_gate(id, "ask", Verdict::Approve, Some("looks good"), &act())
        .await
        .expect("an open gate can be approved");
    let run = plane.ended(id).await;
    assert_eq!(run.summary.status, RunStatus::Succeeded, "yes lets the run go on");
    let gate = step(&run, "ask").gate.clone().expect("the gate is kept");
    assert_eq!(
        (gate.state, gate.decided_by.as_deref(), gate.reason.as_deref()),
        (GateState::Approved, Some("tester"), Some("looks good")),
        "with who and why"
    );
    let again = plane.engine.decide_gate(id, "ask", Verdict::Approve, None, &act()).await;
    assert!(matches!(again, Err(Error::Conflict { .. })), "a verdict is given once: {again:?}");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_needs_a_reason_and_fails_the_run() {
    let plane = Plane::new().await;
    let run = plane.create(gated()).await;
    let id = &run.summary.id;
    plane.until_status(id, RunStatus::Waiting).await;
    for reason in [None, Some(""), Some("   ")] {
        let refused = plane.engine.decide_gate(id, "ask", Verdict::Reject, reason, &act()).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "no without a reason is refused: {refused:?}");
    }
    plane
        .engine
        .decide_gate(id, "ask", Verdict::Reject, Some("not on a Friday"), &act())
        .await
        .expect("an open gate can be rejected");
    let run = plane.ended(id).await;
    assert_eq!(run.summary.status, RunStatus::Failed, "no fails the run");
    assert_eq!(
        step(&run, "ask").failure.as_ref().map(|failure| failure.code.as_str()),
        Some("rejected"),
        "it says why"
    );
    assert_eq!(step(&run, "ship").status, StepStatus::Skipped, "nothing was shipped");
    let dead = plane
        .engine
        .dead_letters(&engine::accounts::Scope::Everywhere, &domain::PageRequest::default())
        .await
        .expect("dead letters can be listed");
    assert_eq!(dead.items, [], "a person's no is no dead letter");

    plane.engine.retry_step(id, "ask", "it is Monday", None, &act()).await.expect("a rejected gate can be asked again");
    let waiting = plane.until_status(id, RunStatus::Waiting).await;
    assert_eq!(
        step(&waiting, "ask").gate.as_ref().map(|gate| gate.state),
        Some(GateState::Open),
        "the question is open again"
    );
    plane.engine.decide_gate(id, "ask", Verdict::Approve, None, &act()).await.expect("and can be approved");
    assert_eq!(plane.ended(id).await.summary.status, RunStatus::Succeeded, "yes lets the run go on");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobodys_verdict_counts_as_no_also_after_a_crash() {
    let plane = Plane::new().await;
    let run = plane.create(gated()).await;
    let id = &run.summary.id;
    plane.until_status(id, RunStatus::Waiting).await;
    let plane = plane.crash().await;
    plane.engine.start();
    plane.clock.turn(Duration::from_mins(121));
    let late = plane.engine.decide_gate(id, "ask", Verdict::Approve, None, &act()).await;
    assert!(matches!(late, Err(Error::Conflict { .. })), "a yes that comes too late is refused: {late:?}");
    let run = plane.ended(id).await;
    assert_eq!(run.summary.status, RunStatus::Failed, "an expired gate fails closed");
    assert_eq!(
        step(&run, "ask").failure.as_ref().map(|failure| failure.code.as_str()),
        Some("gate_expired"),
        "it says why"
    );
    assert_eq!(
        step(&run, "ask").gate.as_ref().map(|gate| gate.state),
        Some(GateState::Expired),
        "the gate says so too"
    );
    assert!(plane.kinds(id).await.contains(&EventKind::GateExpired), "it is told");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn opposite_verdicts_at_once_leave_exactly_one() {
    let plane = Plane::new().await;
    for _ in 0..20 {
        let run = plane.create(gated()).await;
        let id = &run.summary.id;
        plane.until_status(id, RunStatus::Waiting).await;
        let act = act();
        let (yes, no) = tokio::join!(
            plane.engine.decide_gate(id, "ask", Verdict::Approve, None, &act),
            plane.engine.decide_gate(id, "ask", Verdict::Reject, Some("no"), &act),
        );
        assert!(yes.is_ok() != no.is_ok(), "one verdict wins: {yes:?} {no:?}");
        let wanted = if yes.is_ok() { RunStatus::Succeeded } else { RunStatus::Failed };
        assert_eq!(plane.ended(id).await.summary.status, wanted, "and the run follows it");
    }
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_decided_by_a_command_is_told_like_any_other() {
    let plane = Plane::new().await;
    let steps = json!([
        { "name": "lint", "tool": "gate:lint", "inputs": { "argv": ["/bin/sh", "-c", "exit 3"] }, "severity": "warning" },
        { "name": "tests", "tool": "gate:tests", "inputs": { "argv": ["/bin/true"] } },
    ]);
    let run = plane.create(plan(steps)).await;
    let run = plane.ended(&run.summary.id).await;
    assert_eq!(run.summary.status, RunStatus::Succeeded, "a gate of severity warning fails nothing: {run:#?}");
    let gates = ["lint", "tests"].map(|name| step(&run, name).gate.clone().map(|gate| (gate.subject, gate.state)));
    assert_eq!(
        gates,
        [Some((GateSubject::Command, GateState::Rejected)), Some((GateSubject::Command, GateState::Approved))],
        "each has its verdict"
    );
    assert_eq!(run.summary.warnings, 1, "the failed gate is a warning");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_limit_of_the_step_holds_for_the_verdict() {
    let plane = Plane::new().await;
    let asks = |name: &str, timeout: &str| json!({ "name": name, "tool": "manual:x", "inputs": { "expires_in": "2h" }, "timeout": timeout });
    let run = plane.create(plan(json!([asks("short", "1h"), asks("long", "3h")]))).await;
    let run = plane.until_status(&run.summary.id, RunStatus::Waiting).await;
    let open_for = ["short", "long"].map(|name| {
        let gate = step(&run, name).gate.clone().expect("the step has a gate");
        gate.expires_at.map(|until| until.since(gate.asked_at))
    });
    assert_eq!(
        open_for,
        [Some(Duration::from_hours(1)), Some(Duration::from_hours(2))],
        "the shorter of expires_in and timeout counts"
    );
    plane.finish().await;
}
