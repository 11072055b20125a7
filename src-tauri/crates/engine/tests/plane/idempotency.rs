//! Idempotency keys: a repeated call is harmless, and a changed one is refused.

use super::fixture::{Plane, act, drill, plan};
use engine::{Act, Error, NewRun};
use serde_json::json;
use std::time::Duration;

fn keyed(what: &str) -> NewRun {
    NewRun {
        plan: drill(what),
        template: None,
        team: engine::accounts::HOME.into(),
        idempotency_key: Some("key-1".into()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eighty_parallel_calls_with_one_key_make_one_run() {
    let plane = Plane::new().await;
    let act = act();
    let calls = futures::future::join_all((0..80).map(|_| plane.engine.create_run(keyed("yield"), &act))).await;
    let created: Vec<_> = calls.into_iter().map(|call| call.expect("each call is answered")).collect();
    let first = &created[0].run.summary.id;
    assert!(created.iter().all(|call| call.run.summary.id == *first), "all are answered with the same run");
    assert_eq!(created.iter().filter(|call| !call.replayed).count(), 1, "one of them made it");
    let runs = plane
        .engine
        .list_runs(&engine::RunQuery::of(engine::accounts::Scope::Everywhere))
        .await
        .expect("runs can be listed");
    assert_eq!(runs.items.len(), 1, "there is one run");
    plane.ended(first).await;
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_belongs_to_its_body_its_principal_and_its_day() {
    let plane = Plane::new().await;
    let first = plane.engine.create_run(keyed("yield"), &act()).await.expect("it is created").run.summary.id;
    let other = plane.engine.create_run(keyed("hold"), &act()).await;
    assert_eq!(other.map(|_| ()), Err(Error::IdempotencyMismatch), "another body under the same key is refused");
    let someone = Act { caller: engine::accounts::Caller::Operator { name: "someone else".into() }, ..act() };
    let theirs = plane.engine.create_run(keyed("yield"), &someone).await.expect("keys of others do not matter");
    assert!(!theirs.replayed, "it is a run of their own");

    let plane = plane.crash().await;
    let again = plane.engine.create_run(keyed("yield"), &act()).await.expect("it is answered");
    assert_eq!((again.replayed, &again.run.summary.id), (true, &first), "the key outlives the process");
    plane.clock.turn(Duration::from_mins(24 * 60 + 1));
    let next_day = plane.engine.create_run(keyed("yield"), &act()).await.expect("it is created");
    assert!(!next_day.replayed, "after a day the key is free again");

    let longest = NewRun { idempotency_key: Some("k".repeat(255)), ..keyed("yield") };
    plane.engine.create_run(longest, &act()).await.expect("255 characters are a key");
    for bad in ["", "with space", "über", &"k".repeat(256)] {
        let new = NewRun { idempotency_key: Some(bad.into()), ..keyed("yield") };
        let refused = plane.engine.create_run(new, &act()).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{bad:?} is no key: {refused:?}");
    }
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_that_is_repeated_under_its_key_is_done_once() {
    let plane = Plane::new().await;
    let steps = json!([{ "name": "bad", "tool": "fail", "inputs": { "times": 9 } }]);
    let id = plane.create(plan(steps)).await.summary.id;
    plane.ended(&id).await;
    let once = Act { idempotency_key: Some("retry-1".into()), ..act() };
    for _ in 0..3 {
        plane.engine.retry_step(&id, "bad", "again", None, &once).await.expect("a repetition is no error");
        plane.ended(&id).await;
    }
    let run = plane.run(&id).await;
    assert_eq!(run.steps[0].attempts.len(), 2, "three calls with one key were one retry");
    let other = plane.engine.retry_step(&id, "bad", "another reason", None, &once).await;
    assert!(matches!(other, Err(Error::IdempotencyMismatch)), "the key stands for that very act: {other:?}");
    let again = Act { idempotency_key: Some("retry-2".into()), ..act() };
    plane.engine.retry_step(&id, "bad", "again", None, &again).await.expect("another key is another wish");
    assert_eq!(plane.ended(&id).await.steps[0].attempts.len(), 3, "so it was tried again");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_that_was_refused_uses_up_no_key() {
    let plane = Plane::new().await;
    let steps =
        json!([{ "name": "go", "tool": "manual:go" }, { "name": "bad", "tool": "fail", "inputs": { "times": 9 } }]);
    let id = plane.create(plan(steps)).await.summary.id;
    let once = Act { idempotency_key: Some("retry-1".into()), ..act() };
    let early = plane.engine.retry_step(&id, "go", "again", None, &once).await;
    assert!(matches!(early, Err(Error::Conflict { .. })), "a step that waits cannot be retried: {early:?}");
    let reject = domain::Verdict::Reject;
    plane.engine.decide_gate(&id, "go", reject, Some("not yet"), &act()).await.expect("the gate is open");
    plane.ended(&id).await;
    plane.engine.retry_step(&id, "go", "again", None, &once).await.expect("now it can be retried");
    let run = plane.run(&id).await;
    assert_eq!(run.summary.generation, 2, "the refusal did not count as the act itself");
    plane.engine.cancel_run(&id, "enough", &act()).await.expect("the run is open");
    plane.ended(&id).await;
    plane.finish().await;
}
