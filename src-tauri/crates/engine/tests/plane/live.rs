//! The live feed: every event once, in order, whenever a reader comes, goes and comes back.

use super::fixture::{Plane, act, drill, next, plan};
use domain::{Event, FeedItem};
use futures::StreamExt;
use serde_json::json;
use std::{collections::HashMap, time::Duration};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_runs_at_once_have_no_gap_in_their_events_or_in_the_feed() {
    let plane = Plane::with_slots(8).await;
    let mut watcher = plane.engine.feed(engine::accounts::Scope::Everywhere, Some(0));
    let steps = json!([
        { "name": "a", "tool": "echo", "inputs": { "message": "line" } },
        { "name": "b", "tool": "fail", "severity": "warning", "depends_on": ["a"] },
        { "name": "c", "tool": "drill", "depends_on": ["b"] },
    ]);
    let created = futures::future::join_all((0..100).map(|_| plane.create(plan(steps.clone())))).await;
    let mut expected = 0;
    for run in &created {
        expected += plane.ended(&run.summary.id).await.summary.last_seq;
    }
    let mut seqs: HashMap<String, u64> = HashMap::new();
    let mut last = 0;
    let mut seen = 0;
    while seen < expected {
        let FeedItem::Event { position, event } = next(&mut watcher).await else { continue };
        assert!(position > last, "positions only grow");
        last = position;
        let seq = seqs.entry(event.run_id.to_string()).or_default();
        assert_eq!(event.seq, *seq + 1, "the events of a run have no gap and no duplicate");
        *seq = event.seq;
        seen += 1;
    }
    drop(watcher);
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_comes_back_goes_on_where_it_was() {
    let plane = Plane::with_slots(8).await;
    let mut runs = Vec::new();
    let mut position = None;
    let mut seen: Vec<(u64, Event)> = Vec::new();
    for round in 0..10 {
        let mut feed = plane.engine.feed(engine::accounts::Scope::Everywhere, position.or(Some(0)));
        runs.push(plane.create(drill("yield")).await.summary.id);
        for _ in 0..=round % 4 {
            if let FeedItem::Event { position: at, event } = next(&mut feed).await {
                position = Some(at);
                seen.push((at, event));
            }
        }
    }
    let mut total = 0;
    for run in &runs {
        total += plane.ended(run).await.summary.last_seq;
    }
    let mut feed = plane.engine.feed(engine::accounts::Scope::Everywhere, position);
    while u64::try_from(seen.len()).expect("few") < total {
        if let FeedItem::Event { position: at, event } = next(&mut feed).await {
            seen.push((at, event));
        }
    }
    let mut ordered = seen.clone();
    ordered.sort_by_key(|(at, _)| *at);
    ordered.dedup_by_key(|(at, _)| *at);
    assert_eq!(seen, ordered, "every event once and in order, over all connections");
    drop(feed);
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_is_too_slow_is_told_and_still_misses_no_event() {
    let plane = Plane::with_slots(8).await;
    let mut slow = plane.engine.feed(engine::accounts::Scope::Everywhere, Some(0));
    let first = plane.create(drill("yield")).await.summary.id;
    assert!(matches!(next(&mut slow).await, FeedItem::Event { position: 1, .. }), "it has begun to read");
    let script = "i=0; while [ $i -lt 12000 ]; do echo line $i; i=$((i+1)); done";
    let noisy = plane.create(plan(json!([{ "name": "noise", "tool": "shell", "inputs": { "script": script } }]))).await;
    let total = plane.ended(&first).await.summary.last_seq + plane.ended(&noisy.summary.id).await.summary.last_seq;
    // The last lines may come after the end. A reader that began before them could keep up after all.
    plane.until(&noisy.summary.id, "every line is kept", |run| run.summary.last_log_seq >= 12_000).await;
    let (mut resynced, mut last) = (false, 1);
    while last < total || !resynced {
        match next(&mut slow).await {
            FeedItem::Event { position, .. } => {
                assert_eq!(position, last + 1, "no event is missed or repeated");
                last = position;
            }
            FeedItem::Resync => resynced = true,
            FeedItem::Log { .. } | FeedItem::Breaker { .. } | FeedItem::Heartbeat => {}
        }
    }
    // The loop ends only when the reader was told that log lines were lost to it.
    drop(slow);
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_from_elsewhere_asks_the_reader_to_start_anew() {
    let plane = Plane::new().await;
    let mut feed = plane.engine.feed(engine::accounts::Scope::Everywhere, Some(1_000_000));
    assert_eq!(next(&mut feed).await, FeedItem::Resync, "this database never had that position");
    let run = plane.create(drill("yield")).await;
    let FeedItem::Event { event, .. } = next(&mut feed).await else { panic!("an event follows") };
    assert_eq!((event.run_id, event.seq), (run.summary.id.clone(), 1), "from then on it is live");
    plane.ended(&run.summary.id).await;
    drop(feed);
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_of_one_run_has_all_of_it_and_ends_with_it() {
    let plane = Plane::new().await;
    let steps = json!([
        { "name": "a", "tool": "echo", "inputs": { "message": "one" } },
        { "name": "ask", "tool": "manual:x", "inputs": { "question": "?" }, "depends_on": ["a"] },
        { "name": "b", "tool": "echo", "inputs": { "message": "two" }, "depends_on": ["ask"] },
    ]);
    let run = plane.create(plan(steps)).await;
    let id = &run.summary.id;
    let live = plane.engine.run_feed(id, 0, 0).await.expect("it can be watched");
    plane.create(drill("yield")).await;
    plane.until_step(id, "ask", domain::StepStatus::Waiting).await;
    plane.engine.decide_gate(id, "ask", domain::Verdict::Approve, None, &act()).await.expect("it is open");
    let live: Vec<_> = tokio::time::timeout(Duration::from_mins(1), live.collect::<Vec<_>>()).await.expect("it ends");
    let run = plane.ended(id).await;
    let seqs = |items: &[FeedItem]| -> Vec<u64> {
        items
            .iter()
            .filter_map(|item| if let FeedItem::Event { event, .. } = item { Some(event.seq) } else { None })
            .collect()
    };
    let lines = |items: &[FeedItem]| -> Vec<u64> {
        items
            .iter()
            .filter_map(|item| if let FeedItem::Log { line, .. } = item { Some(line.seq) } else { None })
            .collect()
    };
    let all: Vec<u64> = (1..=run.summary.last_seq).collect();
    assert_eq!(seqs(&live), all, "every event of the run, and of no other");
    assert_eq!(lines(&live), [1, 2], "every line");
    let late = plane.engine.run_feed(id, 3, 1).await.expect("it can be watched").collect::<Vec<_>>().await;
    assert_eq!((seqs(&late), lines(&late)), (all[3..].to_vec(), vec![2]), "who comes back gets the rest");
    plane.finish().await;
}
