//! Following one run from a terminal.

use crate::bench::{Bench, named, quick};
use console::{Followed, SyncMode};
use domain::{RunStatus, StepStatus};
use futures::StreamExt as _;
use std::{sync::Arc, time::Duration};
use testkit::{FakeControlPlane, TurnedClock, eventually};

#[tokio::test]
async fn the_story_is_told_once_in_order_across_an_interruption() {
    let bench = Bench::on_demand().await;
    let run = bench.plane.begin("follow", &["a"]);
    bench.plane.print(&run, "a", "one");
    let mut stream = bench.console.follow_run(named(&run)).await.unwrap();
    let mut told = Vec::new();
    while !matches!(told.last(), Some(Followed::Run(_))) {
        told.push(stream.next().await.unwrap());
    }
    let plane = bench.plane.clone();
    let (followed, ()) = tokio::join!(stream.collect::<Vec<_>>(), async {
        eventually("a feed", async || (plane.open_feeds() == 1).then_some(())).await;
        plane.step(&run, "a", StepStatus::Running);
        plane.print(&run, "a", "two");
        plane.go_away();
        plane.print(&run, "a", "three");
        plane.step(&run, "a", StepStatus::Succeeded);
        plane.come_back();
        plane.status(&run, RunStatus::Succeeded);
    });
    told.extend(followed);
    let events: Vec<_> = told
        .iter()
        .filter_map(|item| if let Followed::Event(event) = item { Some(event.clone()) } else { None })
        .collect();
    assert_eq!(events, bench.plane.true_events(&run), "each event once, in order");
    let lines: Vec<_> = told
        .iter()
        .filter_map(|item| if let Followed::Log(line) = item { Some(line.text.as_str()) } else { None })
        .collect();
    assert_eq!(lines, ["one", "two", "three"], "each line once, in order");
    let Some(Followed::Run(last)) = told.last() else { panic!("the run is told last, not {:?}", told.last()) };
    assert_eq!(last.run.summary.status, RunStatus::Succeeded, "as it ended");
}

#[tokio::test]
async fn a_run_that_is_not_there_cannot_be_followed() {
    let bench = Bench::on_demand().await;
    let error = bench.console.follow_run(named(&"run_7".into())).await.err().map(|error| error.code);
    assert_eq!(error.as_deref(), Some("not_found"), "an error now is better than a stream that says nothing");
}

#[tokio::test]
async fn what_has_been_is_told_in_the_order_in_which_it_happened() {
    let clock = Arc::new(TurnedClock::default());
    let plane = FakeControlPlane::new(Arc::<TurnedClock>::clone(&clock));
    let run = plane.begin("follow", &["a"]);
    let then = || clock.advance(Duration::from_secs(1));
    then();
    plane.step(&run, "a", StepStatus::Running);
    plane.print(&run, "a", "one");
    then();
    plane.print(&run, "a", "two");
    plane.step(&run, "a", StepStatus::Succeeded);
    then();
    plane.status(&run, RunStatus::Succeeded);
    let bench = Bench::over(plane, SyncMode::OnDemand, quick()).await;
    let told: Vec<_> = bench.console.follow_run(named(&run)).await.unwrap().collect().await;
    let told: Vec<_> = told
        .into_iter()
        .map(|item| match item {
            Followed::Run(_) => "run".to_owned(),
            Followed::Event(event) => event.kind.to_string(),
            Followed::Log(line) => line.text,
            Followed::Unreachable(error) => error.code,
        })
        .collect();
    let expected = ["run", "run.created", "step.started", "one", "two", "step.succeeded", "run.succeeded", "run"];
    assert_eq!(told, expected, "the run first, which names the steps, then everything at its time, then its end");
}
