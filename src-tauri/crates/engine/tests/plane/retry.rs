//! Retries: by the plan with pauses, and by operators as the only door out of a final state.

use super::fixture::{Plane, act, drill, plan, step};
use domain::{EventKind, RunStatus, StepStatus, WaitingFor};
use engine::Error;
use serde_json::{Map, json};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_step_is_tried_until_it_works() {
    let plane = Plane::new().await;
    let retry = json!({ "max_attempts": 3, "delay_ms": 1, "max_delay_ms": 2 });
    let steps = json!([{ "name": "flaky", "tool": "fail", "inputs": { "times": 2 }, "retry": retry }]);
    let run = plane.create(plan(steps)).await;
    let run = plane.ended(&run.summary.id).await;
    assert_eq!(run.summary.status, RunStatus::Succeeded, "the third attempt ends well");
    let attempts = &step(&run, "flaky").attempts;
    assert_eq!(
        attempts.iter().map(|attempt| (attempt.number, attempt.status)).collect::<Vec<_>>(),
        [(1, StepStatus::Failed), (2, StepStatus::Failed), (3, StepStatus::Succeeded)],
        "each attempt is kept"
    );
    assert_eq!(run.summary.most_attempts, 3, "the list shows it");
    let kinds = plane.kinds(&run.summary.id).await;
    assert_eq!(kinds.iter().filter(|kind| **kind == EventKind::StepRetryScheduled).count(), 2, "each pause is told");
    assert!(!kinds.contains(&EventKind::StepDeadLettered), "what ends well is no dead letter");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_that_are_used_up_end_in_the_dead_letters_until_an_operator_retries() {
    let plane = Plane::new().await;
    let retry = json!({ "max_attempts": 2, "delay_ms": 1, "max_delay_ms": 1 });
    let steps = json!([{ "name": "bad", "tool": "fail", "inputs": { "times": 3 }, "retry": retry }]);
    let run = plane.create(plan(steps)).await;
    let id = plane.ended(&run.summary.id).await.summary.id;
    let page = domain::PageRequest::default();
    let dead = plane
        .engine
        .dead_letters(&engine::accounts::Scope::Everywhere, &page)
        .await
        .expect("dead letters can be listed");
    assert_eq!(dead.items.len(), 1, "nothing will try it again by itself");

    let reopened =
        plane.engine.retry_step(&id, "bad", "the other side is back", None, &act()).await.expect("it can be retried");
    assert_eq!(reopened.summary.generation, 2, "the run is re-opened");
    let run = plane.ended(&id).await;
    assert_eq!(run.summary.status, RunStatus::Succeeded, "the fourth attempt ends well");
    assert_eq!(step(&run, "bad").attempts.len(), 4, "the retry had a budget of its own");
    let dead = plane
        .engine
        .dead_letters(&engine::accounts::Scope::Everywhere, &page)
        .await
        .expect("dead letters can be listed");
    assert_eq!(dead.items, [], "a retried step leaves the list");
    let events = plane.engine.events(&id, 0, 100).await.expect("events can be read").items;
    let retried = events.iter().find(|event| event.kind == EventKind::StepRetried).expect("the retry is told");
    assert_eq!(retried.actor.as_deref(), Some("tester"), "with who asked");
    assert_eq!(retried.data["reason"], "the other side is back", "and why");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_other_side_asks_for_is_waited_for_and_survives_a_crash() {
    let plane = Plane::new().await;
    let retry = json!({ "max_attempts": 2, "delay_ms": 1, "max_delay_ms": 1 });
    let steps = json!([{ "name": "work", "tool": "drill", "inputs": { "do": "throttled" }, "retry": retry }]);
    let run = plane.create(plan(steps)).await;
    let waiting = plane.until_status(&run.summary.id, RunStatus::Waiting).await;
    let due = step(&waiting, "work").waiting_until.expect("the due time is known");
    assert!(
        due.since(waiting.summary.changed_at) > Duration::from_mins(50),
        "an hour was asked for, whatever the plan's own pause"
    );
    assert_eq!(step(&waiting, "work").waiting_for, Some(WaitingFor::Retry), "it waits for time");

    let plane = plane.crash().await;
    plane.engine.start();
    let run = plane.run(&run.summary.id).await;
    assert_eq!(step(&run, "work").waiting_until, Some(due), "the due time outlives the process");
    plane.clock.turn(Duration::from_secs(3_700));
    let run = plane.ended(&run.summary.id).await;
    assert_eq!(step(&run, "work").attempts.len(), 2, "it was tried again when its time came");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_can_bring_new_inputs_which_are_judged_first() {
    let plane = Plane::new().await;
    let run = plane.create(plan(json!([{ "name": "bad", "tool": "fail" }]))).await;
    let failed = plane.ended(&run.summary.id).await;
    let id = &failed.summary.id;
    let wrong = Map::from_iter([("times".to_owned(), json!("many"))]);
    let refused = plane.engine.retry_step(id, "bad", "fixed", Some(wrong), &act()).await;
    let Err(Error::Invalid { faults }) = refused else { panic!("wrong inputs are refused: {refused:?}") };
    assert!(faults.iter().all(|fault| fault.path.starts_with("inputs")), "faults say where: {faults:?}");
    assert_eq!(plane.run(id).await, failed, "a refused retry changes nothing");

    let right = Map::from_iter([("times".to_owned(), json!(1))]);
    plane.engine.retry_step(id, "bad", "fixed", Some(right.clone()), &act()).await.expect("right inputs are accepted");
    let run = plane.ended(id).await;
    assert_eq!(run.summary.status, RunStatus::Succeeded, "the new inputs were used");
    assert_eq!(step(&run, "bad").inputs, right, "and are kept");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_step_that_ended_badly_can_be_retried_also_while_the_run_goes_on() {
    let plane = Plane::new().await;
    let steps = json!([
        { "name": "bad", "tool": "fail", "inputs": { "times": 1 } },
        { "name": "held", "tool": "drill", "inputs": { "do": "hold" } },
    ]);
    let run = plane.create(plan(steps)).await;
    let id = &run.summary.id;
    plane.until_step(id, "bad", StepStatus::Failed).await;
    plane.until_step(id, "held", StepStatus::Running).await;
    let refused = plane.engine.retry_step(id, "held", "impatience", None, &act()).await;
    assert!(
        matches!(refused, Err(Error::Conflict { code: "step_not_retryable", .. })),
        "a running step cannot be retried: {refused:?}"
    );
    let unreasoned = plane.engine.retry_step(id, "bad", "  ", None, &act()).await;
    assert!(matches!(unreasoned, Err(Error::Invalid { .. })), "a reason is needed: {unreasoned:?}");
    let nothing = plane.engine.retry_step(id, "no such step", "why not", None, &act()).await;
    assert!(matches!(nothing, Err(Error::NotFound { .. })), "a step that is not there is said to be: {nothing:?}");

    plane.engine.retry_step(id, "bad", "a hiccup", None, &act()).await.expect("a failed step can be retried");
    plane.until_step(id, "bad", StepStatus::Succeeded).await;
    plane.drill.release(1);
    let run = plane.ended(id).await;
    assert_eq!(run.summary.status, RunStatus::Succeeded, "everything ended well in the end");
    assert_eq!(run.summary.generation, 1, "the run never ended before, so it was not re-opened");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eighty_parallel_retries_of_one_step_are_one_retry() {
    let plane = Plane::new().await;
    let run = plane.create(plan(json!([{ "name": "bad", "tool": "fail", "inputs": { "times": 1 } }]))).await;
    let id = plane.ended(&run.summary.id).await.summary.id;
    let act = act();
    let retries = (0..80).map(|_| plane.engine.retry_step(&id, "bad", "again", None, &act));
    let accepted = futures::future::join_all(retries).await.into_iter().flatten().count();
    assert_eq!(accepted, 1, "the others find a step that is no longer failed");
    let run = plane.ended(&id).await;
    assert_eq!(step(&run, "bad").attempts.len(), 2, "it was tried once more");
    let again = plane.create(drill("yield")).await;
    plane.ended(&again.summary.id).await;
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_skipped_and_is_reached_again_is_told() {
    let plane = Plane::new().await;
    let steps = json!([
        { "name": "a", "tool": "fail", "inputs": { "times": 1 } },
        { "name": "b", "tool": "drill", "depends_on": ["a"] },
        { "name": "c", "tool": "drill", "depends_on": ["b"] },
    ]);
    let id = plane.create(plan(steps)).await.summary.id;
    plane.ended(&id).await;
    plane.engine.retry_step(&id, "a", "once more", None, &act()).await.expect("it can be retried");
    plane.ended(&id).await;
    let events = plane.engine.events(&id, 0, 100).await.expect("events can be read").items;
    let reopened: Vec<_> = events
        .iter()
        .filter(|event| event.kind == EventKind::StepReopened)
        .map(|event| (event.step.as_deref(), event.data["reason"].as_str()))
        .collect();
    assert_eq!(
        reopened,
        [(Some("b"), Some("once more")), (Some("c"), Some("once more"))],
        "each skipped step that may be reached again has an event of its own"
    );
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_succeeded_leaves_no_dead_letter_that_nobody_could_clear() {
    let plane = Plane::new().await;
    let steps = json!([{ "name": "lint", "tool": "fail", "inputs": { "times": 9 }, "severity": "warning" }]);
    let run = plane.create(plan(steps)).await;
    let run = plane.ended(&run.summary.id).await;
    assert_eq!(run.summary.status, RunStatus::Succeeded, "a warning does not fail the run");
    let dead = plane
        .engine
        .dead_letters(&engine::accounts::Scope::Everywhere, &domain::PageRequest::default())
        .await
        .expect("dead letters can be listed");
    assert_eq!(dead.items, [], "nothing in the run can be retried, so nothing waits for anybody");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_that_is_tried_again_and_cancelled_leaves_what_went_on_as_it_is() {
    let plane = Plane::new().await;
    let steps = json!([
        { "name": "sign", "tool": "manual:sign", "severity": "warning" },
        { "name": "after", "tool": "drill", "depends_on": ["sign"] },
        { "name": "bad", "tool": "fail", "inputs": { "times": 9 } },
    ]);
    let id = plane.create(plan(steps)).await.summary.id;
    plane.until_step(&id, "sign", StepStatus::Waiting).await;
    plane.engine.decide_gate(&id, "sign", domain::Verdict::Reject, Some("no"), &act()).await.expect("it is open");
    plane.ended(&id).await;
    plane.engine.retry_step(&id, "sign", "ask again", None, &act()).await.expect("a rejected gate can be asked again");
    plane.engine.cancel_run(&id, "enough", &act()).await.expect("the run is open again");
    let run = plane.ended(&id).await;
    assert_eq!(step(&run, "sign").status, StepStatus::Cancelled, "the second asking was stopped");
    assert_eq!(step(&run, "after").status, StepStatus::Succeeded, "what the first verdict let go on stays done");
    plane.finish().await;
}
