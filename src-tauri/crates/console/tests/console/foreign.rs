//! Planes that tell less than ours: what they do not tell is observed, marked as that, and kept for a time without network.

use crate::bench::{Bench, edit_of, named, quick, sequence};
use console::{
    Pace, SyncMode,
    view::{AddConnection, CreateRun, DeleteStore, EditConnection, RunQuery},
};
use domain::{
    ConnectionState, ControlPlaneKind, Environment, Event, EventKind, EventSource, RunId, RunStatus, StepStatus,
    StoreStatus, SystemClock,
};
use serde_json::json;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use testkit::{FakeControlPlane, Loopback, Route, eventually, stand_in::StorePlatform};

async fn until_known(bench: &Bench, run: &RunId, status: RunStatus) -> Vec<Event> {
    eventually(&format!("{run} to be known as {status}"), async || {
        let view = bench.console.run(named(run)).await.ok()?;
        if view.run.summary.status != status || view.run.summary.last_seq == 0 {
            return None;
        }
        Some(bench.events(run).await.items).filter(|events| events.len() as u64 == view.run.summary.last_seq)
    })
    .await
}

fn kinds(events: &[Event]) -> Vec<EventKind> {
    events.iter().map(|event| event.kind).collect()
}

#[tokio::test]
async fn what_a_silent_plane_does_is_observed_and_marked_as_that() {
    let plane = FakeControlPlane::new(Arc::new(SystemClock));
    plane.fall_silent();
    let run = plane.begin("quiet work", &["a", "b"]);
    let bench = Bench::over(plane.clone(), SyncMode::Live, quick()).await;
    bench.until(ConnectionState::Polled).await;
    let events = until_known(&bench, &run, RunStatus::Queued).await;
    assert_eq!(kinds(&events), [EventKind::RunCreated], "it is known since it was created");

    plane.step(&run, "a", StepStatus::Running);
    plane.status(&run, RunStatus::Running);
    until_known(&bench, &run, RunStatus::Running).await;
    plane.step(&run, "a", StepStatus::Succeeded);
    eventually("a step to be seen that no list tells of", async || {
        let events = bench.events(&run).await.items;
        events.iter().any(|event| event.kind == EventKind::StepSucceeded).then_some(())
    })
    .await;
    plane.step(&run, "b", StepStatus::Failed);
    plane.status(&run, RunStatus::Failed);
    let events = until_known(&bench, &run, RunStatus::Failed).await;
    assert_eq!(
        events.last().map(|event| event.kind),
        Some(EventKind::RunFailed),
        "its end is seen: {:?}",
        kinds(&events)
    );
    assert!(
        events.iter().all(|event| matches!(&event.source, EventSource::Observed { after } if *after <= event.at)),
        "each says that it was seen, and since when it could have happened"
    );

    plane.status(&run, RunStatus::Succeeded);
    let events = until_known(&bench, &run, RunStatus::Succeeded).await;
    let tail = &kinds(&events)[events.len() - 2..];
    assert_eq!(
        tail,
        [EventKind::RunReopened, EventKind::RunSucceeded],
        "an end that was none is not rewritten silently"
    );
    let generation = bench.console.run(named(&run)).await.unwrap().run.summary.generation;
    assert_eq!(generation, 2, "it was re-opened once");
    let numbers: Vec<_> = events.iter().map(|event| event.seq).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "they count from 1 without a gap");

    let bench = bench.again(SyncMode::Live).await;
    bench.until(ConnectionState::Polled).await;
    assert_eq!(until_known(&bench, &run, RunStatus::Succeeded).await, events, "another start sees nothing twice");
}

#[tokio::test]
async fn a_plane_that_bears_little_is_read_no_faster_than_that() {
    let gap = Duration::from_millis(120);
    let plane = FakeControlPlane::new(Arc::new(SystemClock));
    plane.fall_silent();
    plane.bear_one_reading_in(gap);
    for number in 0..8 {
        plane.begin(&format!("work {number}"), &["a"]);
    }
    let pace =
        Pace { heeds_limits: true, poll_rarest: Duration::from_mins(1), poll_first: Duration::from_mins(1), ..quick() };
    let began = Instant::now();
    let bench = Bench::over(plane.clone(), SyncMode::Live, pace).await;
    // Whoever asks for a run is answered at once, so nobody asks here.
    eventually("every run to be read", async || (plane.calls(Route::Run) >= 8).then_some(())).await;
    assert!(began.elapsed() >= gap * 7, "eight readings take seven gaps at least: {:?}", began.elapsed());
    bench.console.shutdown().await;
}

#[tokio::test]
async fn a_hint_is_heeded_long_before_the_next_question_is_due() {
    let plane = FakeControlPlane::new(Arc::new(SystemClock));
    plane.hint_only();
    let run = plane.begin("work that hints", &["a"]);
    let pace = Pace { poll_rarest: Duration::from_hours(1), poll_longest: Duration::from_hours(1), ..quick() };
    let bench = Bench::over(plane.clone(), SyncMode::Live, pace).await;
    until_known(&bench, &run, RunStatus::Queued).await;
    let every = EditConnection { poll_every_ms: Some(600_000), ..edit_of("local") };
    bench.console.edit_connection(every).await.unwrap();
    eventually("hints to be listened to", async || (plane.calls(Route::Hints) > 0).then_some(())).await;
    eventually("the plane to be left alone", async || {
        let asked = plane.calls(Route::ListRuns);
        tokio::time::sleep(Duration::from_millis(300)).await;
        (plane.calls(Route::ListRuns) == asked).then_some(())
    })
    .await;

    // A list that says nothing new would not be a reason to read the run again.
    plane.step(&run, "a", StepStatus::Running);
    let seen = async || {
        plane.hint();
        let events = bench.events(&run).await.items;
        events.iter().any(|event| event.kind == EventKind::StepStarted).then_some(())
    };
    eventually("what was hinted at to be seen", seen).await;
    assert_eq!(bench.local().await.status.state, ConnectionState::Polled, "a hint is no feed");

    let opened = plane.calls(Route::Hints);
    plane.drop_feeds();
    let reopened = async || (plane.calls(Route::Hints) > opened).then_some(());
    eventually("hints to be listened to again", reopened).await;
    plane.fail_next(Route::Hints, (0..3).map(|_| control_plane::Error::TimedOut));
    plane.drop_feeds();
    plane.step(&run, "a", StepStatus::Succeeded);
    plane.status(&run, RunStatus::Succeeded);
    let ended = async || {
        plane.hint();
        let view = bench.console.run(named(&run)).await.ok()?;
        (view.run.summary.status == RunStatus::Succeeded).then_some(())
    };
    eventually("hints that cannot be had for a time to cost nothing but time", ended).await;
    assert_eq!(bench.local().await.status.state, ConnectionState::Polled, "and never the session");
    bench.console.shutdown().await;
}

#[tokio::test]
async fn a_store_is_created_watched_and_reviewed_without_network() {
    let platform = Arc::new(StorePlatform::default());
    let served = Loopback::serve(Arc::clone(&platform)).await;
    let bench = Bench::live().await;
    let add = AddConnection {
        name: "stores".into(),
        base_url: served.url(),
        kind: Some(ControlPlaneKind::StorePlatform),
        environment: Environment::Local,
        read_only: None,
        token: Some("amira".into()),
        session_only: false,
    };
    let added = bench.console.add_connection(add).await.unwrap().connection;
    let make = |name: &str| CreateRun {
        connection: Some(added.id.clone()),
        plan: json!({"name": name, "engine": "medusa"}),
        template: None,
        team: None,
        idempotency_key: Some(name.replace(' ', "-")),
    };
    let fine = bench.console.create_run(make("fine shop")).await.unwrap().run.summary.id;
    let again = bench.console.create_run(make("fine shop")).await.unwrap().run.summary.id;
    assert_eq!(again, fine, "the same key is the same store");
    let doomed = bench.console.create_run(make("doomed shop")).await.unwrap().run.summary.id;
    let told = until_known(&bench, &fine, RunStatus::Succeeded).await;
    let expected = [EventKind::RunCreated, EventKind::StepSucceeded, EventKind::StepSucceeded, EventKind::RunSucceeded];
    assert_eq!(kinds(&told), expected, "its life as the platform tells it");
    assert!(told.iter().all(|event| matches!(event.source, EventSource::Named { .. })), "nothing of it is a guess");
    until_known(&bench, &doomed, RunStatus::Failed).await;
    let views = bench.console.connections(()).await.unwrap();
    let spent = views.iter().find(|view| view.connection.id == added.id).and_then(|view| view.spending);
    let spent = spent.expect("it was asked");
    assert_eq!(spent.acts, 3, "three stores were asked for");
    assert!(spent.reads > spent.acts, "and much was read: {}", spent.reads);

    let delete = |run: &RunId| DeleteStore { connection: added.id.clone(), run: run.clone(), reason: "a test".into() };
    bench.console.delete_store(delete(&doomed)).await.unwrap();
    let store = async |run: &RunId, status: StoreStatus| {
        let list = bench.console.stores(()).await.unwrap();
        list.items.into_iter().find(|view| view.run == *run && view.store.status == status)
    };
    eventually("the failed store to be gone", async || store(&doomed, StoreStatus::Gone).await).await;
    let known = eventually("the other to be ready", async || store(&fine, StoreStatus::Ready).await).await;
    assert_eq!(known.store.urls, ["http://203.0.113.7:30400"], "where it can be visited is known");
    let acts = bench.console.acts(()).await.unwrap();
    assert!(acts.iter().any(|act| act.action == "delete_store" && act.outcome == "done"), "the act is on record");

    drop(served);
    eventually("the platform to be missed", async || {
        let views = bench.console.connections(()).await.unwrap();
        views
            .iter()
            .find(|view| view.connection.id == added.id && view.status.state == ConnectionState::Offline)
            .cloned()
    })
    .await;
    let bench = bench.again(SyncMode::CacheOnly).await;
    let view = bench.console.run(named(&fine)).await.unwrap();
    assert_eq!(view.run.steps.len(), 3, "the steps of provisioning are there without a network");
    assert_eq!(bench.console.run_events(sequence(&fine)).await.unwrap().items, told, "and so is what happened");
    let failed = bench.console.run(named(&doomed)).await.unwrap().run;
    assert_eq!(failed.summary.failure.map(|failure| failure.code).as_deref(), Some("helm_failed"), "and why it failed");
    let of = async |kind| {
        let query = RunQuery { kinds: vec![kind], ..RunQuery::default() };
        let list = bench.console.runs(query).await.unwrap();
        (list.matching, list.sources.len())
    };
    assert_eq!(of(ControlPlaneKind::StorePlatform).await, (2, 1), "each store once, of one plane of this kind");
    assert_eq!(of(ControlPlaneKind::Breakwater).await, (0, 1), "none of another kind");
}
