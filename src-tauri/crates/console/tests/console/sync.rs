//! Watching: what is in the cache becomes what is on the plane, whatever happens on the way.

use crate::bench::{Bench, quick};
use console::{
    Pace, SyncMode,
    view::{ConsoleEvent, CoverageQuery, RunQuery, Tag, WatchRun},
};
use domain::{ConnectionState, RunStatus, StepStatus, SystemClock, Timestamp};
use std::{sync::Arc, time::Duration};
use testkit::{FakeControlPlane, Route, eventually};

#[tokio::test]
async fn backfill_and_live_events_converge() {
    let plane = FakeControlPlane::new(Arc::new(SystemClock));
    let mut runs: Vec<_> = (0..130).map(|number| plane.begin(&format!("old {number}"), &["a"])).collect();
    for run in &runs[..40] {
        plane.step(run, "a", StepStatus::Running);
        plane.print(run, "a", "hello");
        plane.step(run, "a", StepStatus::Succeeded);
        plane.status(run, RunStatus::Succeeded);
    }
    plane.reorder_pages(true);
    plane.say_everything_twice(true);
    let bench = Bench::over(plane.clone(), SyncMode::Live, quick()).await;
    bench.until(ConnectionState::Live).await;
    for number in 0..20 {
        let run = plane.begin(&format!("new {number}"), &["a", "b"]);
        plane.step(&run, "a", StepStatus::Running);
        plane.step(&runs[number + 60], "a", StepStatus::Failed);
        plane.status(&runs[number + 60], RunStatus::Failed);
        runs.push(run);
    }
    for run in &runs {
        bench.told(run).await;
    }
    let list = bench.console.runs(RunQuery::default()).await.unwrap();
    assert_eq!(list.total, 150, "every run is there, none twice");
    let ended = bench.logs(&runs[0]).await;
    assert!(
        ended.complete && ended.items.len() == 1,
        "the log of a run that ended is there although nobody watched it"
    );
    bench.console.shutdown().await;
}

#[tokio::test]
async fn a_lost_plane_is_offline_leaves_a_gap_and_is_caught_up_with() {
    let bench = Bench::live().await;
    let run = bench.plane.begin("watch me", &["a"]);
    bench.until(ConnectionState::Live).await;
    bench.told(&run).await;
    bench.plane.heartbeat();
    let spans = async || {
        bench.console.coverage(CoverageQuery { since: Timestamp::from_millis(0) }).await.unwrap()[0].spans.clone()
    };
    eventually("a covered span", async || spans().await.first().filter(|span| span.to > span.from).copied()).await;

    bench.plane.go_away();
    let offline = bench.until(ConnectionState::Offline).await;
    assert_eq!(offline.status.error.map(|error| error.code).as_deref(), Some("offline"), "it says why");
    assert!(offline.status.last_seen_at.is_some(), "it says when the plane was last heard");
    let view = bench.console.run(crate::bench::named(&run)).await.unwrap();
    assert_eq!(view.freshness.state, console::view::FreshnessState::Offline, "what is shown says that it is old");
    bench.plane.step(&run, "a", StepStatus::Running);
    bench.plane.step(&run, "a", StepStatus::Succeeded);
    bench.plane.status(&run, RunStatus::Succeeded);

    bench.plane.come_back();
    bench.until(ConnectionState::Live).await;
    let view = bench.told(&run).await;
    assert_eq!(view.run.summary.status, RunStatus::Succeeded, "what happened meanwhile is known");
    bench.plane.heartbeat();
    let spans = eventually("a second span", async || Some(spans().await).filter(|spans| spans.len() > 1)).await;
    assert!(spans[0].to < spans[1].from, "the time in between is a gap: {spans:?}");
}

#[tokio::test]
async fn vain_attempts_to_reconnect_are_not_announced() {
    let bench = Bench::live().await;
    bench.until(ConnectionState::Live).await;
    let mut events = bench.console.events(None);
    while tokio::time::timeout(Duration::from_millis(200), events.next()).await.is_ok() {}
    bench.plane.go_away();
    bench.until(ConnectionState::Offline).await;
    let before = bench.plane.calls(Route::Identity);
    eventually("several attempts", async || (bench.plane.calls(Route::Identity) > before + 7).then_some(())).await;
    bench.plane.come_back();
    let mut announced = 0;
    bench.until(ConnectionState::Live).await;
    while let Ok(Some((_, event))) = tokio::time::timeout(Duration::from_millis(200), events.next()).await {
        announced += u32::from(matches!(&event, ConsoleEvent::Stale { tags } if tags.contains(&Tag::Connections)));
    }
    assert_eq!(announced, 2, "the loss and the recovery are news, the attempts in between are not");
}

#[tokio::test]
async fn events_that_the_feed_did_not_mention_are_read() {
    let bench = Bench::live().await;
    bench.until(ConnectionState::Live).await;
    let run = bench.plane.begin("holes", &["a", "b"]);
    bench.told(&run).await;
    bench.plane.swallow_events(3);
    bench.plane.step(&run, "a", StepStatus::Running);
    bench.plane.step(&run, "a", StepStatus::Succeeded);
    bench.plane.step(&run, "b", StepStatus::Running);
    bench.plane.step(&run, "b", StepStatus::Succeeded);
    bench.told(&run).await;
    let events = bench.events(&run).await;
    assert!(events.complete, "the three events that were never on the feed are there");
    assert_eq!(events.items.len(), 5, "and nothing is there twice");
}

#[tokio::test]
async fn a_feed_that_lost_items_makes_the_console_read_again() {
    let bench = Bench::live().await;
    bench.until(ConnectionState::Live).await;
    bench.plane.swallow_events(2);
    let run = bench.plane.begin("never mentioned", &["a"]);
    bench.plane.step(&run, "a", StepStatus::Running);
    bench.plane.lose_items();
    bench.told(&run).await;
}

#[tokio::test]
async fn lines_of_a_run_on_screen_are_forwarded_and_kept() {
    let bench = Bench::live().await;
    bench.until(ConnectionState::Live).await;
    let run = bench.plane.begin("talk", &["a"]);
    bench.plane.print(&run, "a", "before anybody looked");
    bench.told(&run).await;
    let mut events = bench.console.events(None);
    bench.console.watch_run(WatchRun { connection: None, run: run.clone(), on_screen: true }).await.unwrap();
    bench.plane.print(&run, "a", "now");
    // What was printed before may still be on its way, too.
    loop {
        let heard = tokio::time::timeout(Duration::from_secs(5), events.next()).await;
        let (_, event) = heard.expect("the line arrives without being asked for").unwrap();
        if matches!(event, ConsoleEvent::Log { lines, .. } if lines.iter().any(|line| line.text == "now")) {
            break;
        }
    }
    let logs =
        eventually("the whole log", async || Some(bench.logs(&run).await).filter(|logs| logs.items.len() == 2)).await;
    assert!(logs.complete, "what was printed before is read too");
}

#[tokio::test]
async fn a_plane_that_hangs_is_found_out_and_taken_up_again() {
    let bench = Bench::live().await;
    bench.until(ConnectionState::Live).await;
    bench.plane.hang(true);
    bench.plane.drop_feeds();
    bench.until(ConnectionState::Offline).await;
    bench.plane.hang(false);
    bench.until(ConnectionState::Live).await;
    bench.console.shutdown().await;
    assert_eq!(bench.plane.open_feeds(), 0, "nothing listens any more after a shutdown");
}

/// A plane with a run that has waited for long below many newer ones.
fn plane_with_an_old_gate() -> FakeControlPlane {
    let plane = FakeControlPlane::new(Arc::new(SystemClock));
    let oldest = plane.begin("waits", &["a"]);
    plane.ask(&oldest, "a", "go?");
    for number in 0..349 {
        let run = plane.begin(&format!("old {number}"), &["a"]);
        plane.status(&run, RunStatus::Succeeded);
    }
    plane
}

#[tokio::test]
async fn a_run_that_waits_is_there_however_old_it_is() {
    let pace = Pace { backfill_runs: 100, history_every: Duration::from_hours(1), ..quick() };
    let bench = Bench::over(plane_with_an_old_gate(), SyncMode::Live, pace).await;
    let waiting = || RunQuery { statuses: vec![RunStatus::Waiting], ..RunQuery::default() };
    let list = eventually("the old gate", async || {
        Some(bench.console.runs(waiting()).await.unwrap()).filter(|list| !list.items.is_empty())
    });
    assert!(!list.await.sources[0].complete, "that older runs may be missing is said");
}

#[tokio::test]
async fn what_is_older_than_the_first_runs_is_taken_over_bit_by_bit() {
    let pace = Pace { backfill_runs: 100, history_every: Duration::from_millis(1), ..quick() };
    let bench = Bench::over(plane_with_an_old_gate(), SyncMode::Live, pace).await;
    let list = eventually("the whole history", async || {
        Some(bench.console.runs(RunQuery::default()).await.unwrap()).filter(|list| list.sources[0].complete)
    });
    assert_eq!(list.await.total, 350, "every run is there");
}

#[tokio::test]
async fn a_page_that_leaves_does_not_take_the_log_from_another() {
    let bench = Bench::live().await;
    bench.until(ConnectionState::Live).await;
    let run = bench.plane.begin("talk", &["a"]);
    bench.told(&run).await;
    let mut events = bench.console.events(None);
    for on_screen in [true, true, false] {
        bench.console.watch_run(WatchRun { connection: None, run: run.clone(), on_screen }).await.unwrap();
    }
    bench.plane.print(&run, "a", "still here");
    let line = async {
        loop {
            if let Some((_, ConsoleEvent::Log { lines, .. })) = events.next().await {
                return lines[0].text.clone();
            }
        }
    };
    let line = tokio::time::timeout(Duration::from_secs(5), line).await.unwrap();
    assert_eq!(line, "still here", "one of two pages still shows the run");
}
