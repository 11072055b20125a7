//! Acts: carried out once, recorded always, refused where the connection is locked.

use crate::bench::{Bench, named};
use console::view::{CreateRun, DecideGate, FreshnessState, RetryStep, RunAct};
use control_plane::Error as PlaneError;
use domain::{GateState, RunStatus, StepStatus};
use serde_json::json;
use std::collections::HashSet;
use testkit::Route;

fn plan() -> CreateRun {
    let plan = json!("goal: try it\nsteps:\n  - name: a\n    tool: echo\n");
    CreateRun { connection: None, plan, template: None, team: None, idempotency_key: None }
}

#[tokio::test]
async fn a_creation_is_repeated_under_one_key_and_one_correlation_id() {
    let bench = Bench::on_demand().await;
    let failure = PlaneError::Unavailable { status: 502, correlation_id: None };
    bench.plane.fail_next(Route::Create, [failure, PlaneError::TimedOut]);
    let view = bench.console.create_run(plan()).await.unwrap();
    assert_eq!(bench.plane.calls(Route::Create), 3, "two failures, then a success");
    let ids: HashSet<_> = bench.plane.correlation_ids(Route::Create).into_iter().collect();
    assert_eq!(ids.len(), 1, "all attempts are one request");
    assert_eq!(view.freshness.state, FreshnessState::Live, "the plane has just answered");
    let acts = bench.console.acts(()).await.unwrap();
    assert_eq!((acts[0].action.as_str(), acts[0].outcome.as_str()), ("create_run", "done"), "it is recorded as done");
    assert_eq!(acts[0].target, view.run.summary.id.to_string(), "with the run that came of it");
    assert!(ids.contains(acts[0].correlation_id.as_str()), "and the id that the plane saw");
}

#[tokio::test]
async fn an_act_without_a_key_is_never_repeated() {
    let bench = Bench::on_demand().await;
    let run = bench.plane.begin("fail", &["a"]);
    bench.plane.step(&run, "a", StepStatus::Failed);
    bench.plane.status(&run, RunStatus::Failed);
    bench.plane.fail_next(Route::Retry, [PlaneError::TimedOut]);
    let retry =
        RetryStep { connection: None, run: run.clone(), step: "a".into(), reason: "flaky".into(), inputs: None };
    let error = bench.console.retry_step(retry.clone()).await.unwrap_err();
    assert_eq!(error.code, "offline", "nobody knows whether it was carried out, so a person decides");
    assert_eq!(bench.plane.calls(Route::Retry), 1, "it was sent once");
    let view = bench.console.retry_step(retry).await.unwrap();
    assert_eq!(view.run.summary.status, RunStatus::Running, "the answer is the run after the act");
    let outcomes: Vec<_> = bench.console.acts(()).await.unwrap().into_iter().map(|act| act.outcome).collect();
    assert_eq!(outcomes, ["done", "offline"], "both are recorded, newest first");
}

#[tokio::test]
async fn a_locked_connection_refuses_acts_before_they_leave() {
    let bench = Bench::on_demand().await;
    bench.lock().await;
    let error = bench.console.create_run(plan()).await.unwrap_err();
    assert_eq!(error.code, "read_only", "the lock has a code that faces act on");
    assert!(error.hint.is_some(), "and says how to unlock");
    assert_eq!(bench.plane.calls(Route::Create), 0, "nothing was sent");
    assert_eq!(bench.console.acts(()).await.unwrap()[0].outcome, "read_only", "the attempt is recorded");
}

#[tokio::test]
async fn gates_are_decided_and_rejections_need_a_reason() {
    let bench = Bench::on_demand().await;
    let run = bench.plane.begin("gate", &["a", "b"]);
    bench.plane.ask(&run, "a", "go?");
    bench.plane.ask(&run, "b", "really?");
    let decide = |step: &str, reason: Option<&str>| DecideGate {
        connection: None,
        run: run.clone(),
        step: step.into(),
        reason: reason.map(Into::into),
    };
    let refused = bench.console.reject_gate(decide("b", None)).await.unwrap_err();
    assert_eq!((refused.code.as_str(), refused.faults[0].path.as_str()), ("invalid", "reason"), "a no needs a why");
    let view = bench.console.approve_gate(decide("a", None)).await.unwrap();
    assert_eq!(view.run.steps[0].gate.as_ref().map(|gate| gate.state), Some(GateState::Approved), "yes is yes");
    let again = bench.console.approve_gate(decide("a", None)).await.unwrap_err();
    assert_eq!(again.code, "conflict", "nobody decides twice");
    let view = bench.console.reject_gate(decide("b", Some("not on a Friday"))).await.unwrap();
    assert_eq!(view.run.steps[1].status, StepStatus::Failed, "no is no");
}

#[tokio::test]
async fn a_cancellation_whose_answer_was_lost_is_still_a_cancellation() {
    let bench = Bench::on_demand().await;
    let run = bench.plane.begin("stop me", &["a"]);
    bench.console.run(named(&run)).await.unwrap();
    bench.plane.fail_next(Route::Cancel, [PlaneError::TimedOut]);
    bench.plane.status(&run, RunStatus::Cancelled);
    let act = RunAct { connection: None, run: run.clone(), reason: "wrong branch".into() };
    let view = bench.console.cancel_run(act).await.unwrap();
    assert_eq!(
        view.run.summary.status,
        RunStatus::Cancelled,
        "the conflict of the repetition is not shown as a failure"
    );
}

#[tokio::test]
async fn a_plan_that_is_no_plan_never_leaves() {
    let bench = Bench::on_demand().await;
    let error = bench.console.create_run(CreateRun { plan: json!("steps: ["), ..plan() }).await.unwrap_err();
    assert_eq!(error.code, "invalid", "it is refused");
    assert!(error.faults[0].path.starts_with("plan:"), "with the line: {:?}", error.faults);
    assert_eq!(bench.plane.calls(Route::Create), 0, "nothing was sent");
}
