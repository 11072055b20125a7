//! No load makes more steps execute at once than there are slots, and ready work starts in its order.

use super::fixture::{Plane, drill, plan};
use domain::RunStatus;
use futures::StreamExt;
use serde_json::json;
use std::sync::atomic::Ordering;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn slots_are_never_overshot() {
    let plane = Plane::with_slots(3).await;
    let mut runs = Vec::new();
    for _ in 0..20 {
        let steps: Vec<_> = (0..10).map(|index| json!({ "name": format!("s{index}"), "tool": "drill" })).collect();
        runs.push(plane.create(plan(json!(steps))).await.summary.id);
    }
    for run in &runs {
        assert_eq!(plane.ended(run).await.summary.status, RunStatus::Succeeded, "everything is done in the end");
    }
    assert_eq!(plane.drill.started.load(Ordering::SeqCst), 200, "each step was executed once");
    let most = plane.drill.most.load(Ordering::SeqCst);
    assert!(most <= 3, "at most 3 at once, but {most} were seen");
    assert!(most >= 2, "the slots are really used, but only {most} were seen at once");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ready_steps_start_in_the_order_in_which_they_became_ready() {
    let plane = Plane::resting(1).await;
    let mut runs = Vec::new();
    for _ in 0..12 {
        runs.push(plane.create(drill("yield")).await.summary.id);
    }
    let facts = plane.engine.queue(&engine::accounts::Scope::Everywhere).await.expect("the queue can be asked");
    assert_eq!((facts.depth, facts.running, facts.slots), (12, 0, 1), "all are ready and none has a slot");
    assert!(facts.oldest_queued_ms.is_some(), "the age of the oldest is known");
    plane.engine.start();
    let mut positions = Vec::new();
    for run in &runs {
        plane.ended(run).await;
    }
    let mut feed = plane.engine.feed(engine::accounts::Scope::Everywhere, Some(0));
    while positions.len() < runs.len() {
        match feed.next().await.expect("the feed goes on") {
            domain::FeedItem::Event { event, .. } if event.kind == domain::EventKind::StepStarted => {
                positions.push(event.run_id);
            }
            _ => {}
        }
    }
    assert_eq!(positions, runs, "first in, first out");
    drop(feed);
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_plan_with_a_thousand_steps_in_a_chain_of_layers_ends() {
    let plane = Plane::with_slots(8).await;
    let mut steps = Vec::new();
    for layer in 0..10 {
        for place in 0..100 {
            let needs: Vec<_> = (0..layer.min(1)).map(|_| format!("{}-{place}", layer - 1)).collect();
            steps.push(json!({ "name": format!("{layer}-{place}"), "tool": "drill", "depends_on": needs }));
        }
    }
    let run = plane.create(plan(json!(steps))).await;
    let run = plane.ended(&run.summary.id).await;
    assert_eq!(run.summary.step_counts.succeeded, 1_000, "every step ended well");
    plane.finish().await;
}
