//! What is read when somebody looks at it: at once from the cache, anew behind it, and with no network as last told.

use crate::bench::{Bench, quick};
use console::{
    Pace, SyncMode,
    view::{ConsoleEvent, CreateRun, FreshnessState, RequeueDeadLetters, Tag, Told},
};
use control_plane::Error as PlaneError;
use domain::{ConnectionState, Queue, SystemClock};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use testkit::{FakeControlPlane, Route};

async fn queue(bench: &Bench) -> Told<Queue> {
    bench.console.queues(()).await.unwrap().remove(0)
}

fn waiting(told: &Told<Queue>) -> Option<u64> {
    told.value.as_ref().and_then(|queue| queue.waiting)
}

#[tokio::test]
async fn what_is_known_is_shown_at_once_and_read_anew_behind_it() {
    let plane = FakeControlPlane::new(Arc::new(SystemClock));
    let bench = Bench::over(plane, SyncMode::Live, Pace { told_fresh: Duration::ZERO, ..quick() }).await;
    bench.until(ConnectionState::Live).await;
    assert_eq!(waiting(&queue(&bench).await), Some(0), "what was never read is waited for");
    bench.plane.begin("one more", &["a"]);
    let mut events = bench.console.events(None);
    assert_eq!(waiting(&queue(&bench).await), Some(0), "a reader does not wait for what is known already");
    let told = async {
        loop {
            match events.next().await {
                // The first reading may be told of only now.
                Some((_, ConsoleEvent::Stale { tags })) if tags.contains(&Tag::Queues) => {
                    if waiting(&queue(&bench).await) == Some(1) {
                        return;
                    }
                }
                Some(_) => {}
                None => panic!("the console ended"),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), told).await.expect("a face that looks when it is told to sees it");
}

#[tokio::test]
async fn many_who_look_are_one_reading() {
    let plane = FakeControlPlane::new(Arc::new(SystemClock));
    let bench = Bench::over(plane, SyncMode::Live, Pace { told_fresh: Duration::from_mins(1), ..quick() }).await;
    bench.until(ConnectionState::Live).await;
    for _ in 0..20 {
        assert_eq!(waiting(&queue(&bench).await), Some(0), "everybody sees it");
    }
    assert_eq!(bench.plane.calls(Route::Queue), 1, "what is fresh is not asked for again");
}

#[tokio::test]
async fn what_was_done_from_here_makes_old_what_was_read_before() {
    let plane = FakeControlPlane::new(Arc::new(SystemClock));
    let bench = Bench::over(plane, SyncMode::Live, Pace { told_fresh: Duration::from_mins(1), ..quick() }).await;
    bench.until(ConnectionState::Live).await;
    assert_eq!(waiting(&queue(&bench).await), Some(0), "as fresh as can be");
    let plan = json!("goal: try it\nsteps:\n  - name: a\n    tool: echo\n");
    let create = CreateRun { connection: None, plan, template: None, team: None, idempotency_key: None };
    bench.console.create_run(create).await.unwrap();
    queue(&bench).await;
    testkit::eventually("the queue to be read anew", async || (bench.plane.calls(Route::Queue) == 2).then_some(()))
        .await;
    queue(&bench).await;
    assert_eq!(bench.plane.calls(Route::Queue), 2, "and is fresh again");
}

#[tokio::test]
async fn with_no_network_it_is_as_last_told_and_says_so() {
    let bench = Bench::live().await;
    bench.until(ConnectionState::Live).await;
    let told = queue(&bench).await;
    bench.plane.go_away();
    bench.until(ConnectionState::Offline).await;
    let asked = bench.plane.calls(Route::Queue);
    let kept = queue(&bench).await;
    assert_eq!((kept.value, kept.freshness.read_at), (told.value, told.freshness.read_at), "as it was, with its age");
    assert_eq!(kept.freshness.state, FreshnessState::Offline, "it does not pass for the present");
    assert_eq!(kept.error.map(|error| error.code).as_deref(), Some("offline"), "and says why it was not read");
    assert_eq!(bench.plane.calls(Route::Queue), asked, "a plane that is known to be silent is not asked by a reader");

    let later = bench.again(SyncMode::CacheOnly).await;
    assert_eq!(waiting(&queue(&later).await), Some(0), "another start reads it too");
}

#[tokio::test]
async fn a_refusal_keeps_what_is_known_and_is_told() {
    let bench = Bench::on_demand().await;
    assert_eq!(waiting(&queue(&bench).await), Some(0), "first it is read");
    let message = "only an administrator may look".to_owned();
    bench.plane.fail_next(
        Route::Queue,
        [PlaneError::Forbidden { message: message.clone(), remedy: Some("Ask one of them.".to_owned()) }],
    );
    let refused = queue(&bench).await;
    assert_eq!(waiting(&refused), Some(0), "what is known stays readable");
    let error = refused.error.expect("it is told");
    assert_eq!((error.code, error.message), ("forbidden".to_owned(), message));
    assert_eq!(error.hint.as_deref(), Some("Ask one of them."), "with whom to ask");
}

#[tokio::test]
async fn what_a_plane_cannot_do_is_refused_with_its_reason_and_recorded() {
    let bench = Bench::live().await;
    bench.until(ConnectionState::Live).await;
    let teams = bench.console.teams(()).await.unwrap().remove(0);
    assert_eq!(teams.refusal.as_deref(), Some("it knows nobody by name"), "the reason is that of the capabilities");
    assert_eq!((teams.value, teams.error), (None, None), "nothing was asked, so nothing failed");
    let request =
        |at_most| RequeueDeadLetters { connection: "local".into(), at_most, reason: "the provider is back".to_owned() };
    let error = bench.console.requeue_dead_letters(request(0)).await.unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.faults[0].path.as_str()),
        ("invalid", "at_most"),
        "judged before it is sent"
    );
    let error = bench.console.requeue_dead_letters(request(10)).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.message.as_str()), ("unsupported", "it tries nothing again by itself"));
    bench.lock().await;
    let error = bench.console.requeue_dead_letters(request(10)).await.unwrap_err();
    assert_eq!(error.code, "read_only", "a locked connection refuses every act");
    let acts = bench.console.acts(()).await.unwrap();
    let outcomes: Vec<_> = acts.iter().map(|act| (act.action.as_str(), act.outcome.as_str())).collect();
    let expected = [("requeue_dead_letters", "read_only"), ("requeue_dead_letters", "unsupported")];
    assert_eq!(outcomes, expected, "both refusals are on record, newest first");
}
