//! What is kept can be read back: answers that are too deep or too many, and documents that somebody damaged.

use super::fixture::{Plane, act, intruder, plan, step};
use domain::{RunStatus, StepStatus};
use engine::Error;
use serde_json::{Map, Value, json};

/// Lists inside each other.
fn nested(levels: usize) -> Value {
    (0..levels).fold(json!("bottom"), |inner, _| json!([inner]))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_too_deep_to_be_read_back_is_left_out_and_work_goes_on() {
    let plane = Plane::with_slots(1).await;
    let steps = json!([
        { "name": "deep", "tool": "drill", "inputs": { "do": "deep" } },
        { "name": "after", "tool": "drill", "depends_on": ["deep"] },
    ]);
    let run = plane.create(plan(steps)).await;
    let run = plane.ended(&run.summary.id).await;
    assert_eq!(run.summary.status, RunStatus::Succeeded, "what depends on it is still carried out");
    let output = step(&run, "deep").output.clone().unwrap_or_default();
    assert!(
        output["omitted"].as_str().is_some_and(|said| said.contains("deeper")),
        "that it is left out is said: {output}"
    );
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_whose_inputs_cannot_be_read_back_ends_and_holds_no_slot() {
    let plane = Plane::resting(1).await;
    let broken = plane.create(plan(json!([{ "name": "work", "tool": "drill" }]))).await.summary.id;
    let whole = plane.create(plan(json!([{ "name": "work", "tool": "drill" }]))).await.summary.id;
    let mut other = intruder(&plane).await;
    sqlx::query("UPDATE steps SET inputs = '{\"a\":' WHERE run_id = ?")
        .bind(broken.as_str())
        .execute(&mut other)
        .await
        .expect("the row can be damaged");
    plane.engine.start();
    assert_eq!(plane.ended(&whole).await.summary.status, RunStatus::Succeeded, "other work goes on");
    sqlx::query("UPDATE steps SET inputs = '{}' WHERE run_id = ?")
        .bind(broken.as_str())
        .execute(&mut other)
        .await
        .expect("the row can be mended");
    let run = plane.ended(&broken).await;
    assert_eq!(step(&run, "work").status, StepStatus::Failed, "the damaged step ended");
    let code = step(&run, "work").failure.as_ref().map(|failure| failure.code.clone());
    assert_eq!(code.as_deref(), Some("unreadable"), "and says why");
    drop(other);
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_shows_only_so_much_of_what_its_steps_answered() {
    let plane = Plane::with_slots(4).await;
    let large: Vec<_> =
        (0..30).map(|n| json!({ "name": format!("s{n}"), "tool": "drill", "inputs": { "do": "large" } })).collect();
    let run = plane.create(plan(json!(large))).await;
    let run = plane.ended(&run.summary.id).await;
    let left_out = run.steps.iter().filter(|step| step.output.as_ref().is_some_and(|out| out.get("omitted").is_some()));
    let left_out = left_out.count();
    assert!((1..30).contains(&left_out), "some of 30 answers of 200 KB are left out, but {left_out} were");
    let size = serde_json::to_vec(&run).expect("a run is JSON").len();
    assert!(size < 8 * 1024 * 1024, "a client can hold it: {size} bytes");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn edited_inputs_are_held_to_what_a_plan_is_held_to_and_the_old_ones_stay_in_the_timeline() {
    let plane = Plane::new().await;
    let steps = json!([
        { "name": "first", "tool": "drill" },
        { "name": "bad", "tool": "fail", "inputs": { "times": 1, "message": "no" } },
    ]);
    let id = plane.create(plan(steps)).await.summary.id;
    plane.ended(&id).await;
    let object = |value: Value| value.as_object().cloned().unwrap_or_default();
    let refused = |inputs: Map<String, Value>| {
        let (plane, id) = (&plane, &id);
        async move {
            match plane.engine.retry_step(id, "bad", "again", Some(inputs), &act()).await {
                Err(Error::Invalid { faults }) => faults.into_iter().map(|fault| fault.rule).collect::<Vec<_>>(),
                other => panic!("the inputs are refused, not {other:?}"),
            }
        }
    };
    let deep = refused(object(json!({ "message": nested(100) }))).await;
    assert_eq!(deep, ["too_deep"], "nothing could read them back");
    let foreign = refused(object(json!({ "message": { "from_step": "first" } }))).await;
    assert!(foreign.contains(&"not_a_dependency".to_owned()), "it never sees that output: {foreign:?}");
    let edited = object(json!({ "times": 0 }));
    plane.engine.retry_step(&id, "bad", "again", Some(edited), &act()).await.expect("good inputs are taken");
    plane.ended(&id).await;
    let events = plane.engine.events(&id, 0, 100).await.expect("events can be read").items;
    let retried = events.iter().find(|event| event.kind == domain::EventKind::StepRetried).expect("the retry is told");
    assert_eq!(retried.data["inputs_before"]["message"], "no", "what it was given before can still be seen");
    plane.finish().await;
}
