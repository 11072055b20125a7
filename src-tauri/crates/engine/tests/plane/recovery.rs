//! A plane that dies at any moment goes on where it was, and does nothing twice unless the plan allows it.

use super::fixture::{Plane, act, drill, intruder, plan, step};
use domain::{
    EventKind, RunStatus,
    StepStatus::{self, Interrupted, Succeeded},
};
use engine::{Engine, EngineConfig, OpenError};
use serde_json::json;
use std::{path::Path, sync::Arc, sync::atomic::Ordering, time::Duration};
use tokio::time::Instant;

#[tokio::test(flavor = "multi_thread")]
async fn queued_work_goes_on() {
    let plane = Plane::resting(2).await;
    let run = plane.create(drill("yield")).await;
    let plane = plane.crash().await;
    assert_eq!(plane.run(&run.summary.id).await.summary.status, RunStatus::Queued, "nothing was lost");
    plane.engine.start();
    let run = plane.ended(&run.summary.id).await;
    assert_eq!(run.summary.status, RunStatus::Succeeded, "it was carried out");
    assert!(plane.kinds(&run.summary.id).await.contains(&EventKind::RunRecovered), "the restart is told");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_step_ends_as_interrupted_and_can_be_retried() {
    let plane = Plane::new().await;
    let run = plane.create(drill("hold")).await;
    let id = &run.summary.id;
    plane.until_started(1).await;
    let plane = plane.crash().await;
    plane.engine.start();
    let run = plane.ended(id).await;
    assert_eq!(step(&run, "work").status, StepStatus::Interrupted, "the plan does not allow a second time");
    assert_eq!(run.summary.status, RunStatus::Failed, "that is a bad end");
    assert_eq!(plane.drill.started.load(Ordering::SeqCst), 0, "it was not done twice");
    assert_eq!(step(&run, "work").attempts[0].status, StepStatus::Interrupted, "the attempt says so");
    plane.engine.retry_step(id, "work", "it is harmless", None, &act()).await.expect("an operator may know better");
    plane.drill.release(1);
    assert_eq!(plane.ended(id).await.summary.status, RunStatus::Succeeded, "the second attempt ends well");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_step_is_executed_again_if_the_plan_allows_it_without_costing_an_attempt() {
    let mut plane = Plane::new().await;
    let mut held = drill("hold");
    held["steps"][0]["on_restart"] = json!("rerun");
    let run = plane.create(held).await;
    let id = &run.summary.id;
    for _ in 0..3 {
        plane.until_started(1).await;
        plane = plane.crash().await;
        plane.engine.start();
    }
    plane.until_started(1).await;
    plane.drill.release(1);
    let run = plane.ended(id).await;
    assert_eq!(run.summary.status, RunStatus::Succeeded, "it was done in the end");
    let states: Vec<_> = step(&run, "work").attempts.iter().map(|attempt| attempt.status).collect();
    assert_eq!(
        states,
        [Interrupted, Interrupted, Interrupted, Succeeded],
        "each crash is an attempt that was interrupted"
    );
    let requeued = plane.kinds(id).await.iter().filter(|kind| **kind == EventKind::StepRequeued).count();
    assert_eq!(requeued, 3, "each is told");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_that_a_crash_cut_short_is_completed() {
    let plane = Plane::new().await;
    let mut deaf = drill("deaf");
    deaf["steps"][0]["on_restart"] = json!("rerun");
    let run = plane.create(deaf).await;
    let id = &run.summary.id;
    plane.until_started(1).await;
    plane.engine.cancel_run(id, "stop", &act()).await.expect("it can be cancelled");
    let plane = plane.crash().await;
    plane.engine.start();
    let run = plane.ended(id).await;
    assert_eq!(run.summary.status, RunStatus::Cancelled, "what was asked for is done");
    assert_eq!(plane.drill.started.load(Ordering::SeqCst), 0, "a cancelled step is not rerun");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn crashes_under_load_lose_nothing_and_break_no_invariant() {
    let mut plane = Plane::with_slots(4).await;
    let mut runs = Vec::new();
    for round in 0..12_u64 {
        plane.engine.start();
        let steps = json!([
            { "name": "a", "tool": "drill", "on_restart": "rerun" },
            { "name": "b", "tool": "fail", "severity": "warning", "depends_on": ["a"], "retry": { "max_attempts": 2, "delay_ms": 1 } },
            { "name": "c", "tool": "echo", "inputs": { "message": "c" }, "depends_on": ["b"], "on_restart": "rerun" },
            { "name": "d", "tool": "drill" },
            { "name": "e", "tool": "drill", "depends_on": ["d"], "on_restart": "rerun" },
        ]);
        for _ in 0..8 {
            runs.push(plane.create(plan(steps.clone())).await.summary.id);
        }
        for _ in 0..round * 300 {
            tokio::task::yield_now().await;
        }
        plane = plane.crash().await;
        let faults =
            engine::invariants::check_file(&plane.dir.path().join("engine.db")).await.expect("it can be checked");
        assert_eq!(faults, Vec::<String>::new(), "every invariant holds after crash {round}");
    }
    plane.engine.start();
    for run in &runs {
        plane.ended(run).await;
    }
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_of_an_earlier_life_are_gone_before_anything_starts() {
    let plane = Plane::new().await;
    let note = plane.dir.path().join("pid");
    // The process leaves its group, so only its marker can find it.
    let script = format!("setsid sh -c 'echo $$ > {}; exec sleep 600' & wait", note.display());
    let run = plane.create(plan(json!([{ "name": "work", "tool": "shell", "inputs": { "script": script } }]))).await;
    let until = Instant::now() + Duration::from_secs(30);
    let pid = loop {
        match std::fs::read_to_string(&note) {
            Ok(pid) if pid.ends_with('\n') => break pid,
            _ => assert!(Instant::now() < until, "the process never starts"),
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let plane = plane.crash().await;
    let alive = std::fs::read_to_string(Path::new("/proc").join(pid.trim()).join("cmdline")).unwrap_or_default();
    assert!(!alive.contains("sleep"), "the orphan is gone when the plane is open again: {alive:?}");
    plane.engine.start();
    let run = plane.ended(&run.summary.id).await;
    assert_eq!(step(&run, "work").status, StepStatus::Interrupted, "and its step is interrupted");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_directory_has_one_owner() {
    let plane = Plane::new().await;
    let config = EngineConfig::new(plane.dir.path());
    let registry = super::fixture::bare_registry(&plane.clock);
    let second = Engine::open(config, registry, Arc::<super::fixture::TurnableClock>::clone(&plane.clock)).await;
    assert!(matches!(second, Err(OpenError::InUse { .. })), "the second one is refused: {second:?}");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_database_stops_the_start_and_is_left_alone() {
    let plane = Plane::new().await;
    let Plane { dir, clock, engine, .. } = plane;
    engine.shutdown(Duration::from_secs(5)).await;
    drop(engine);
    let path = dir.path().join("engine.db");
    std::fs::write(&path, "this is a letter, not a database, and it is long enough to be taken for one".repeat(50))
        .expect("it can be written");
    let before = std::fs::read(&path).expect("it is there");
    let registry = super::fixture::bare_registry(&clock);
    let opened = Engine::open(EngineConfig::new(dir.path()), registry, clock).await;
    let Err(error @ OpenError::Unreadable { .. }) = opened else { panic!("it cannot be opened: {opened:?}") };
    assert!(error.to_string().contains("engine.db"), "the message names the file: {error}");
    assert_eq!(std::fs::read(&path).expect("it is still there"), before, "nothing was overwritten");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_cannot_be_written_is_kept_until_it_can() {
    let plane = Plane::new().await;
    let run = plane.create(drill("hold")).await;
    let id = &run.summary.id;
    plane.until_started(1).await;
    let before = plane.run(id).await;
    let mut intruder = intruder(&plane).await;
    // The last statement of the change fails, after others of the same change have succeeded.
    sqlx::query("ALTER TABLE events RENAME TO hidden").execute(&mut intruder).await.expect("the table can be hidden");
    plane.drill.release(1);
    let until = Instant::now() + Duration::from_secs(30);
    while plane.drill.executing.load(Ordering::SeqCst) > 0 || plane.engine.health().await.is_ready() {
        assert!(Instant::now() < until, "health never turns red");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let refused = plane.try_create(drill("yield")).await;
    assert!(
        matches!(refused, Err(engine::Error::Storage { .. })),
        "what cannot be written is not accepted: {refused:?}"
    );
    sqlx::query("ALTER TABLE hidden RENAME TO events")
        .execute(&mut intruder)
        .await
        .expect("the table can be shown again");
    let run = plane.ended(id).await;
    assert_eq!(run.summary.status, RunStatus::Succeeded, "the result was written as soon as that was possible");
    assert_eq!(before.summary.last_seq + 2, run.summary.last_seq, "and told exactly once");
    let runs = plane
        .engine
        .list_runs(&engine::RunQuery::of(engine::accounts::Scope::Everywhere))
        .await
        .expect("runs can be listed");
    assert_eq!(runs.items.len(), 1, "nothing of the refused run was half-written");
    assert!(plane.engine.health().await.is_ready(), "the plane is well again");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_someone_else_holds_delays_work_and_loses_nothing() {
    let plane = Plane::new().await;
    let run = plane.create(drill("hold")).await;
    plane.until_started(1).await;
    let mut intruder = intruder(&plane).await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut intruder).await.expect("the write lock can be taken");
    plane.drill.release(1);
    let health = plane.engine.health().await;
    assert!(health.database.is_some(), "health says that nothing can be written: {health:?}");
    assert!(plane.engine.run(&run.summary.id).await.is_ok(), "reads do not wait for writes");
    let refused = plane.try_create(drill("yield")).await;
    assert!(
        matches!(refused, Err(engine::Error::Storage { .. })),
        "the writer waits for the lock no longer than it must: {refused:?}"
    );
    sqlx::query("ROLLBACK").execute(&mut intruder).await.expect("the lock can be given back");
    let run = plane.ended(&run.summary.id).await;
    assert_eq!(run.summary.status, RunStatus::Succeeded, "the result was written in the end");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_is_interrupted_too_often_in_a_row_is_not_made_again() {
    let mut plane = Plane::new().await;
    let mut held = drill("hold");
    held["steps"][0]["on_restart"] = json!("rerun");
    let run = plane.create(held).await;
    let id = &run.summary.id;
    for _ in 0..10 {
        plane.until_started(1).await;
        plane = plane.crash().await;
        plane.engine.start();
    }
    let run = plane.ended(id).await;
    let work = step(&run, "work");
    assert_eq!((work.status, work.attempts.len()), (Interrupted, 10), "the tenth interruption is the last");
    assert_eq!(plane.drill.started.load(Ordering::SeqCst), 0, "it was not started an eleventh time");
    let failure = work.failure.as_ref().expect("an interruption is a failure");
    assert!(failure.message.contains("10 times in a row"), "the failure says why: {}", failure.message);
    let dead = plane
        .engine
        .dead_letters(&engine::accounts::Scope::Everywhere, &domain::PageRequest::default())
        .await
        .expect("dead letters can be listed");
    assert_eq!(dead.items.len(), 1, "it waits for a person");

    plane.engine.retry_step(id, "work", "the cause is gone", None, &act()).await.expect("a person may try again");
    plane.until_started(1).await;
    let plane = plane.crash().await;
    plane.engine.start();
    plane.until_started(1).await;
    plane.drill.release(1);
    let run = plane.ended(id).await;
    assert_eq!(run.summary.status, RunStatus::Succeeded, "after a retry the count begins anew");
    plane.finish().await;
}
