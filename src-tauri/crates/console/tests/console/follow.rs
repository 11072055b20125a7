//! Following one run from a terminal.

use crate::bench::{Bench, named};
use console::Followed;
use domain::{RunStatus, StepStatus};
use futures::StreamExt as _;
use testkit::eventually;

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
