//! Lists: newest first, paged by key, nothing skipped or shown twice while runs are created.

use super::fixture::{Plane, act, drill};
use domain::{PageRequest, RunStatus};
use engine::{Error, RunQuery, accounts::Scope};

#[tokio::test(flavor = "multi_thread")]
async fn pages_show_every_run_once_newest_first() {
    let plane = Plane::resting(1).await;
    let mut made = Vec::new();
    for _ in 0..25 {
        made.push(plane.create(drill("yield")).await.summary.id);
    }
    for id in made.iter().step_by(5) {
        plane.engine.cancel_run(id, "variety", &act()).await.expect("it can be cancelled");
    }
    made.reverse();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let query = RunQuery { scope: Scope::Everywhere, statuses: vec![], page: PageRequest { after, limit: 10 } };
        let page = plane.engine.list_runs(&query).await.expect("runs can be listed");
        seen.extend(page.items.into_iter().map(|run| run.id));
        // A run that is created meanwhile belongs to no later page.
        plane.create(drill("yield")).await;
        let Some(next) = page.next else { break };
        after = Some(next);
    }
    assert_eq!(seen, made, "every run once, newest first");

    let mut cancelled = Vec::new();
    let mut after = None;
    loop {
        let statuses = vec![RunStatus::Cancelled, RunStatus::Failed, RunStatus::Cancelled];
        let query = RunQuery { scope: Scope::Everywhere, statuses, page: PageRequest { after, limit: 2 } };
        let page = plane.engine.list_runs(&query).await.expect("runs can be listed");
        assert!(page.items.len() <= 2, "the limit holds");
        cancelled.extend(page.items);
        let Some(next) = page.next else { break };
        after = Some(next);
    }
    assert_eq!(cancelled.len(), 5, "the filter finds all and only the cancelled ones");
    assert!(cancelled.iter().all(|run| run.status == RunStatus::Cancelled), "none of another state");

    let query = RunQuery {
        scope: Scope::Everywhere,
        statuses: vec![],
        page: PageRequest { after: Some("'; --".into()), limit: 10 },
    };
    let refused = plane.engine.list_runs(&query).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "a key that was never given is refused: {refused:?}");
    plane.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_not_there_is_said_to_be() {
    let plane = Plane::new().await;
    let id = "run_none".into();
    let answers = [
        plane.engine.run(&id).await.map(|_| ()),
        plane.engine.events(&id, 0, 10).await.map(|_| ()),
        plane.engine.logs(&id, 0, 10).await.map(|_| ()),
        plane.engine.run_feed(&id, 0, 0).await.map(|_| ()),
        plane.engine.cancel_run(&id, "x", &act()).await.map(|_| ()),
        plane.engine.retry_step(&id, "a", "x", None, &act()).await.map(|_| ()),
    ];
    for answer in answers {
        assert!(matches!(answer, Err(Error::NotFound { .. })), "it is not there: {answer:?}");
    }
    plane.finish().await;
}
