//! Time limits really stop the work.

use super::fixture::{Plane, drill, plan, step};
use domain::{EventKind, RunStatus, StepStatus};
use serde_json::json;
use std::{path::Path, time::Duration};
use tokio::time::Instant;

#[tokio::test(flavor = "multi_thread")]
async fn a_process_is_gone_when_its_time_is_over() {
    let plane = Plane::new().await;
    let note = plane.dir.path().join("pid");
    let script = format!("echo $$ > '{}'; exec sleep 600", note.display());
    let steps = json!([{ "name": "slow", "tool": "shell", "inputs": { "script": script }, "timeout_ms": 1_000 }]);
    let run = plane.create(plan(steps)).await;
    let run = plane.ended(&run.summary.id).await;
    assert_eq!(step(&run, "slow").status, StepStatus::TimedOut, "its time was over: {run:#?}");
    assert_eq!(run.summary.status, RunStatus::Failed, "that is a bad end");
    assert_eq!(
        step(&run, "slow").failure.as_ref().map(|failure| failure.code.as_str()),
        Some("timeout"),
        "it says why"
    );
    assert!(plane.kinds(&run.summary.id).await.contains(&EventKind::StepTimedOut), "it is told");
    let pid = std::fs::read_to_string(note).expect("the process had started");
    let until = Instant::now() + Duration::from_secs(20);
    while Path::new("/proc").join(pid.trim()).exists() {
        assert!(Instant::now() < until, "process {pid} outlives its time limit");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_that_does_not_listen_is_dropped() {
    let plane = Plane::with_slots(1).await;
    let mut deaf = drill("deaf");
    deaf["steps"][0]["timeout_ms"] = json!(100);
    let run = plane.create(deaf).await;
    let run = plane.ended(&run.summary.id).await;
    assert_eq!(step(&run, "work").status, StepStatus::TimedOut, "its time was over");
    let logs = plane.engine.logs(&run.summary.id, 0, 10).await.expect("the log can be read");
    assert!(logs.items.iter().any(|line| line.text.contains("dropped")), "the log says that it had to be dropped");
    let next = plane.create(drill("yield")).await;
    assert_eq!(plane.ended(&next.summary.id).await.summary.status, RunStatus::Succeeded, "the slot is free again");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_limit_counts_as_an_attempt_that_may_be_repeated() {
    let plane = Plane::new().await;
    let mut held = drill("hold");
    held["steps"][0]["timeout_ms"] = json!(300);
    held["steps"][0]["retry"] = json!({ "max_attempts": 2, "delay_ms": 1, "max_delay_ms": 1 });
    let run = plane.create(held).await;
    plane.until_started(2).await;
    plane.drill.release(1);
    let run = plane.ended(&run.summary.id).await;
    let states: Vec<_> = step(&run, "work").attempts.iter().map(|attempt| attempt.status).collect();
    assert_eq!(states[0], StepStatus::TimedOut, "the first attempt ran out of time");
    assert_eq!(states.len(), 2, "there was a second one");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_holds_no_slot_and_ends_when_its_time_comes() {
    let plane = Plane::with_slots(1).await;
    let steps = json!([
        { "name": "wait", "tool": "wait", "inputs": { "duration": "1h" } },
        { "name": "work", "tool": "drill" },
    ]);
    let run = plane.create(plan(steps)).await;
    plane.until_step(&run.summary.id, "work", StepStatus::Succeeded).await;
    plane.until_status(&run.summary.id, RunStatus::Waiting).await;
    plane.clock.turn(Duration::from_mins(61));
    let run = plane.ended(&run.summary.id).await;
    assert_eq!(run.summary.status, RunStatus::Succeeded, "the hour is over");
    plane.finish().await;
}
