//! Runs: nothing newer is overwritten, and lists are paged, counted and filtered.

use crate::sample::{at, connection, event, fresh, line, local, run, step, summary};
use cache::{Change, Error, Found, RunQuery};
use domain::{RunStatus, RunSummary};
use std::collections::HashSet;

fn query() -> RunQuery {
    RunQuery { limit: 50, ..RunQuery::default() }
}

#[tokio::test]
async fn a_stale_read_never_overwrites_a_newer_one() {
    let (_folder, cache) = fresh().await;
    let writer = cache.writer();
    let known =
        RunSummary { last_seq: 7, generation: 2, changed_at: at(70), goal: "new".into(), ..summary("run_1", 5) };
    writer.upsert_run(&local(), &run(known.clone(), vec![step("build", None)]), at(100)).await.unwrap();
    let stale = [
        ("fewer events", RunSummary { last_seq: 6, ..known.clone() }),
        ("an earlier generation", RunSummary { generation: 1, last_seq: 99, ..known.clone() }),
        ("an earlier change", RunSummary { changed_at: at(69), ..known.clone() }),
    ];
    for (what, older) in stale {
        let older = RunSummary { goal: "old".into(), ..older };
        let told = writer.upsert_run_summaries(&local(), std::slice::from_ref(&older), at(200)).await.unwrap();
        assert_eq!(told, [], "{what} is nothing new");
        assert!(
            !writer.upsert_run(&local(), &run(older, vec![]), at(200)).await.unwrap(),
            "{what}: no new steps either"
        );
        let found = cache.reader().run(&local(), &"run_1".into()).await.unwrap().unwrap();
        assert_eq!((found.run.summary.goal.as_str(), found.run.steps.len()), ("new", 1), "{what} changes nothing");
        assert_eq!(found.read_at, at(100), "{what} does not make it look fresher");
    }
}

#[tokio::test]
async fn an_equal_read_makes_it_fresher_and_says_that_nothing_changed() {
    let (_folder, cache) = fresh().await;
    let writer = cache.writer();
    writer.upsert_run_summaries(&local(), &[summary("run_1", 5)], at(100)).await.unwrap();
    let mut changes = cache.changes();
    let told = writer.upsert_run_summaries(&local(), &[summary("run_1", 5)], at(200)).await.unwrap();
    assert_eq!(told, [], "nothing about the run changed");
    assert!(changes.try_recv().is_err(), "so nothing is announced");
    let page = cache.reader().runs(&query()).await.unwrap();
    assert_eq!(page.page.items[0].read_at, at(200), "but it was confirmed later");
}

#[tokio::test]
async fn a_run_is_complete_while_its_steps_are_as_new_as_its_summary() {
    let (_folder, cache) = fresh().await;
    let (writer, reader) = (cache.writer(), cache.reader());
    writer.upsert_run_summaries(&local(), &[summary("run_1", 5)], at(1)).await.unwrap();
    assert!(!reader.run(&local(), &"run_1".into()).await.unwrap().unwrap().complete, "a summary has no steps");
    let first = run(summary("run_1", 5), vec![step("build", None)]);
    assert!(writer.upsert_run(&local(), &first, at(2)).await.unwrap(), "its steps are news");
    let found = reader.run(&local(), &"run_1".into()).await.unwrap().unwrap();
    assert_eq!((found.complete, &found.run, found.read_at), (true, &first, at(2)), "what was read is given back whole");
    let newer = RunSummary { last_seq: 2, ..summary("run_1", 5) };
    writer.upsert_run_summaries(&local(), std::slice::from_ref(&newer), at(3)).await.unwrap();
    let found = reader.run(&local(), &"run_1".into()).await.unwrap().unwrap();
    assert!(!found.complete, "its steps are older than its summary now");
    assert_eq!(
        (found.run.summary, found.run.steps.len(), found.read_at),
        (newer, 1, at(2)),
        "and shown with their age"
    );
    assert_eq!(reader.run(&local(), &"nowhere".into()).await.unwrap(), None, "an unknown run is none");
}

#[tokio::test]
async fn nothing_is_kept_of_a_connection_that_is_gone() {
    let (_folder, cache) = fresh().await;
    let gone = "gone".into();
    let refused = cache.writer().upsert_run_summaries(&gone, &[summary("run_1", 1)], at(1)).await;
    assert!(matches!(refused, Err(Error::NoSuchConnection)), "a summary is refused: {refused:?}");
    let refused = cache.writer().append_events(&gone, &[event("run_1", 1, None)]).await;
    assert!(matches!(refused, Err(Error::NoSuchConnection)), "an event is refused: {refused:?}");
}

#[tokio::test]
async fn pages_hold_every_run_once_newest_first() {
    let (_folder, cache) = fresh().await;
    cache.writer().add_connection(&connection("other")).await.unwrap();
    // Many runs of one moment: only the key after the time tells them apart.
    let many: Vec<_> = (0..10_000).map(|number| summary(&format!("run_{number:05}"), number / 100)).collect();
    cache.writer().upsert_run_summaries(&local(), &many, at(1)).await.unwrap();
    cache.writer().upsert_run_summaries(&"other".into(), &[summary("run_00000", 50)], at(1)).await.unwrap();
    let (mut seen, mut after, mut last) = (HashSet::new(), None, i64::MAX);
    loop {
        let page = cache.reader().runs(&RunQuery { limit: 9_999, after, ..query() }).await.unwrap();
        assert!(page.page.items.len() <= 200, "a page never holds more than 200 runs");
        assert_eq!((page.matching, page.total), (10_001, 10_001), "every page counts all runs");
        for found in page.page.items {
            let created = found.summary.created_at.as_millis();
            assert!(created <= last, "runs come newest first");
            last = created;
            assert!(seen.insert((found.connection, found.summary.id)), "no run is on two pages");
        }
        after = page.page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 10_001, "no run is left out");
    let refused = cache.reader().runs(&RunQuery { after: Some("page two".into()), ..query() }).await;
    assert!(matches!(refused, Err(Error::UnknownPage { .. })), "a key that nobody gave out is refused: {refused:?}");
}

#[tokio::test]
async fn filters_join_and_counts_ignore_only_the_states() {
    let (_folder, cache) = fresh().await;
    cache.writer().add_connection(&connection("other")).await.unwrap();
    let failed = |id, created_at| RunSummary { status: RunStatus::Failed, ..summary(id, created_at) };
    let mine = [summary("run_a", 10), failed("run_b", 20), failed("run_c", 30)];
    cache.writer().upsert_run_summaries(&local(), &mine, at(1)).await.unwrap();
    cache.writer().upsert_run_summaries(&"other".into(), &[failed("run_d", 40)], at(1)).await.unwrap();
    let page = cache
        .reader()
        .runs(&RunQuery {
            connection: Some(local()),
            statuses: vec![RunStatus::Failed],
            since: Some(at(10)),
            until: Some(at(30)),
            ..query()
        })
        .await
        .unwrap();
    let ids: Vec<_> = page.page.items.iter().map(|found| found.summary.id.as_str()).collect();
    assert_eq!(ids, ["run_b"], "since is included, until is not, and both filters hold");
    assert_eq!(page.counts, [(RunStatus::Running, 1), (RunStatus::Failed, 1)], "states are counted before they filter");
    assert_eq!((page.matching, page.total), (1, 4), "what matches and what there is are told apart");
}

#[tokio::test]
async fn text_finds_runs_by_anything_that_was_said_in_them() {
    let (_folder, cache) = fresh().await;
    let writer = cache.writer();
    let ids = ["run_goal", "run_step", "run_failure", "run_event", "run_log", "run_none"];
    for (number, id) in (0..).zip(ids) {
        writer.upsert_run_summaries(&local(), &[summary(id, number)], at(1)).await.unwrap();
    }
    let goal = RunSummary { goal: "Roll out zebra".into(), last_seq: 2, ..summary("run_goal", 0) };
    writer.upsert_run_summaries(&local(), &[goal], at(2)).await.unwrap();
    let found_step = run(summary("run_step", 1), vec![step("zebra crossing", None)]);
    writer.upsert_run(&local(), &found_step, at(2)).await.unwrap();
    let failure = run(summary("run_failure", 2), vec![step("build", Some("no zebra found"))]);
    writer.upsert_run(&local(), &failure, at(2)).await.unwrap();
    writer.append_events(&local(), &[event("run_event", 1, Some("because of the zebra"))]).await.unwrap();
    writer.append_logs(&local(), &"run_log".into(), &[line(1, "build", "a Zébra passes")]).await.unwrap();
    let page = cache.reader().runs(&RunQuery { text: Some("ZEB".into()), ..query() }).await.unwrap();
    let found: Vec<_> = page.page.items.iter().map(|found| found.summary.id.as_str()).collect();
    assert_eq!(found, ["run_log", "run_event", "run_failure", "run_step", "run_goal"], "every noun is searched");
    let none = cache.reader().runs(&RunQuery { text: Some("\"*".into()), ..query() }).await.unwrap();
    assert_eq!((none.matching, none.total), (0, 6), "text without a word finds nothing");
    let all = cache.reader().runs(&RunQuery { text: Some("  ".into()), ..query() }).await.unwrap();
    assert_eq!(all.matching, 6, "blank text is no filter");
}

#[tokio::test]
async fn a_run_is_found_by_its_id_or_a_unique_beginning() {
    let (_folder, cache) = fresh().await;
    cache.writer().add_connection(&connection("other")).await.unwrap();
    let mine = [summary("run_12", 1), summary("run_123", 2), summary("run_9", 3)];
    cache.writer().upsert_run_summaries(&local(), &mine, at(1)).await.unwrap();
    let reader = cache.reader();
    let id = |found: Found| match found {
        Found::One(found) => found.summary.id.to_string(),
        Found::None => "none".to_owned(),
        Found::Ambiguous(named) => format!("{} of them", named.len()),
    };
    assert_eq!(id(reader.find_run("run_9").await.unwrap()), "run_9", "a whole id names its run");
    assert_eq!(id(reader.find_run("run_12").await.unwrap()), "run_12", "also when another id begins with it");
    assert_eq!(id(reader.find_run("run_123").await.unwrap()), "run_123", "and that other one is found too");
    assert_eq!(id(reader.find_run("run_1").await.unwrap()), "2 of them", "a beginning of two names none");
    assert_eq!(id(reader.find_run("RUN_9").await.unwrap()), "none", "ids are taken as they are written");
    assert_eq!(id(reader.find_run("").await.unwrap()), "none", "an empty name is no beginning");
    assert_eq!(id(reader.find_run("run%").await.unwrap()), "none", "nothing in a name is a pattern");
    cache.writer().upsert_run_summaries(&"other".into(), &[summary("run_9", 1)], at(1)).await.unwrap();
    assert_eq!(id(reader.find_run("run_9").await.unwrap()), "2 of them", "one id on two connections names neither");
}

#[tokio::test]
async fn only_what_changed_is_announced() {
    let (_folder, cache) = fresh().await;
    let writer = cache.writer();
    writer.upsert_run_summaries(&local(), &[summary("run_1", 1), summary("run_2", 2)], at(1)).await.unwrap();
    let mut changes = cache.changes();
    let newer = RunSummary { last_seq: 2, ..summary("run_2", 2) };
    writer.upsert_run_summaries(&local(), &[summary("run_1", 1), newer], at(2)).await.unwrap();
    let told = changes.try_recv().unwrap();
    assert_eq!(
        told,
        Change::Runs { connection: local(), ids: vec!["run_2".into()] },
        "the run that stayed is not named"
    );
}
