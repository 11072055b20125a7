//! Several handles and several processes over one file.

use crate::sample::{at, connection, event, fresh, local, summary};
use cache::{Cache, Change, RunQuery};
use domain::Span;
use serde_json::json;
use std::time::Duration;

fn query() -> RunQuery {
    RunQuery { limit: 200, ..RunQuery::default() }
}

#[tokio::test]
async fn a_batch_is_seen_and_announced_all_at_once_or_not_at_all() {
    let (_folder, cache) = fresh().await;
    let mut changes = cache.changes();
    let mut batch = cache.writer().batch().await.unwrap();
    batch.upsert_run_summaries(&local(), &[summary("run_1", 1)], at(1)).await.unwrap();
    batch.append_events(&local(), &[event("run_1", 1, None)]).await.unwrap();
    batch.set_feed_position(&local(), 7).await.unwrap();
    assert_eq!(cache.reader().runs(&query()).await.unwrap().total, 0, "nothing is seen before the commit");
    assert!(changes.try_recv().is_err(), "nothing is announced before the commit");
    batch.commit().await.unwrap();
    let told: Vec<_> = std::iter::from_fn(|| changes.try_recv().ok()).collect();
    let expected = [
        Change::Runs { connection: local(), ids: vec!["run_1".into()] },
        Change::Events { connection: local(), run: "run_1".into() },
        Change::FeedPosition { connection: local() },
    ];
    assert_eq!(told, expected, "each write is announced, in order");
    assert_eq!(cache.reader().feed_position(&local()).await.unwrap(), Some(7), "all of it is seen");

    let mut batch = cache.writer().batch().await.unwrap();
    batch.set_feed_position(&local(), 9).await.unwrap();
    drop(batch);
    cache.writer().set_preference("theme", Some(&json!("dark"))).await.unwrap();
    let told: Vec<_> = std::iter::from_fn(|| changes.try_recv().ok()).collect();
    assert_eq!(told, [Change::Preferences { key: "theme".into() }], "a batch that was dropped is not announced");
    assert_eq!(cache.reader().feed_position(&local()).await.unwrap(), Some(7), "nor has it happened");
}

#[tokio::test]
async fn a_write_that_fails_is_announced_as_anything_if_its_batch_goes_on() {
    let (_folder, cache) = fresh().await;
    let mut changes = cache.changes();
    let mut batch = cache.writer().batch().await.unwrap();
    let refused = batch.append_events(&"gone".into(), &[event("run_1", 1, None)]).await;
    assert!(refused.is_err(), "the connection is not there");
    batch.commit().await.unwrap();
    assert_eq!(changes.try_recv().ok(), Some(Change::Everything), "nobody knows how far it got, so all may be stale");
}

#[tokio::test]
async fn every_kind_of_write_is_announced() {
    let (_folder, cache) = fresh().await;
    let writer = cache.writer();
    let mut changes = cache.changes();
    let mut told = || std::iter::from_fn(|| changes.try_recv().ok()).collect::<Vec<_>>();
    writer.edit_connection(&connection("local")).await.unwrap();
    assert_eq!(told(), [Change::Connections], "an edited connection");
    let span = Span { from: at(1), to: at(2) };
    writer.extend_coverage(&local(), span, Duration::ZERO).await.unwrap();
    assert_eq!(told(), [Change::Coverage { connection: local() }], "coverage");
    writer.put_templates(&local(), &[], at(1)).await.unwrap();
    assert_eq!(told(), [Change::Templates { connection: local() }], "templates");
    writer.put_breakers(None, domain::BreakerSource::Console, &[], at(1)).await.unwrap();
    assert_eq!(told(), [Change::Breakers { connection: None }], "breakers");
    writer.remove_connection(&local()).await.unwrap();
    assert_eq!(told(), [Change::Everything], "a removed connection makes everything stale");
    writer.wipe().await.unwrap();
    assert_eq!(told(), [Change::Everything], "a wipe too");
}

#[tokio::test]
async fn reads_go_on_while_a_long_write_is_open() {
    let (_folder, cache) = fresh().await;
    cache.writer().upsert_run_summaries(&local(), &[summary("run_1", 1)], at(1)).await.unwrap();
    let mut batch = cache.writer().batch().await.unwrap();
    let many: Vec<_> = (0..3_000).map(|number| summary(&format!("run_{number:05}"), number)).collect();
    batch.upsert_run_summaries(&local(), &many, at(2)).await.unwrap();
    // Were any of these to wait for the write, this test would hang and then fail: the batch ends after them.
    for _ in 0..20 {
        let page = tokio::time::timeout(Duration::from_secs(20), cache.reader().runs(&query())).await;
        assert_eq!(page.expect("a read does not wait").unwrap().total, 1, "it sees the state before the write");
    }
    batch.commit().await.unwrap();
    assert_eq!(cache.reader().runs(&query()).await.unwrap().total, 3_001, "and then the state after it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_lose_no_write_of_each_other() {
    let (folder, first) = fresh().await;
    let path = folder.path().join("cache.db");
    let second = Cache::open(&path).await;
    let write = async |cache: &Cache, name: &str| {
        for number in 0..100 {
            let id = format!("run_{name}_{number}");
            cache.writer().upsert_run_summaries(&local(), &[summary(&id, number)], at(1)).await.unwrap();
            cache.writer().append_events(&local(), &[event(&id, 1, None)]).await.unwrap();
        }
    };
    tokio::join!(write(&first, "first"), write(&second, "second"));
    for cache in [&first, &second] {
        assert_eq!(cache.reader().runs(&query()).await.unwrap().total, 200, "both see every run");
    }
}

#[tokio::test]
async fn several_processes_may_open_a_new_file_at_the_same_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new").join("cache.db");
    let (a, b, c) = tokio::join!(Cache::open(&path), Cache::open(&path), Cache::open(&path));
    for cache in [&a, &b, &c] {
        assert_eq!(cache.origin(), &cache::Opened::File, "none takes the half-made file of another for a broken one");
    }
    a.writer().add_connection(&connection("local")).await.unwrap();
    assert_eq!(c.reader().connections().await.unwrap().len(), 1, "all of them share it");
}

#[tokio::test]
async fn what_another_process_writes_is_noticed() {
    let (folder, cache) = fresh().await;
    let other = Cache::open(&folder.path().join("cache.db")).await;
    assert!(!cache.notice_other_processes().await.unwrap(), "there is nothing to compare with at first");
    cache.writer().set_preference("theme", Some(&json!("dark"))).await.unwrap();
    assert!(!cache.notice_other_processes().await.unwrap(), "what it wrote itself is no news");
    let mut changes = cache.changes();
    other.writer().set_preference("theme", Some(&json!("light"))).await.unwrap();
    // A writer that has just ended is given back to the pool in the background; until then nothing is looked at.
    let noticed = async {
        while !cache.notice_other_processes().await.unwrap() {
            tokio::task::yield_now().await;
        }
    };
    let noticed = tokio::time::timeout(std::time::Duration::from_secs(10), noticed).await;
    assert!(noticed.is_ok(), "what another wrote is");
    let told = changes.try_recv().ok();
    assert_eq!(told, Some(Change::Preferences { key: "theme".into() }), "and listeners are told what, not everything");
    assert!(!cache.notice_other_processes().await.unwrap(), "once");
    let _batch = cache.writer().batch().await.unwrap();
    assert!(!cache.notice_other_processes().await.unwrap(), "it does not wait for a write under way");
}

#[tokio::test]
async fn whoever_looks_too_late_is_told_to_read_everything_again() {
    let (folder, cache) = fresh().await;
    let other = Cache::open(&folder.path().join("cache.db")).await;
    cache.notice_other_processes().await.unwrap();
    for number in 0..700 {
        other.writer().set_preference("theme", Some(&json!(number))).await.unwrap();
    }
    let mut changes = cache.changes();
    assert!(cache.notice_other_processes().await.unwrap(), "another has written");
    assert_eq!(changes.try_recv().ok(), Some(Change::Everything), "some of what it wrote is not known any more");
    assert!(changes.try_recv().is_err(), "which is said once");
}

#[tokio::test]
async fn how_far_a_feed_was_read_is_no_news_to_others() {
    let (folder, cache) = fresh().await;
    let other = Cache::open(&folder.path().join("cache.db")).await;
    cache.notice_other_processes().await.unwrap();
    other.writer().set_feed_position(&local(), 7).await.unwrap();
    assert!(!cache.notice_other_processes().await.unwrap(), "nobody has to read anything again");
}
