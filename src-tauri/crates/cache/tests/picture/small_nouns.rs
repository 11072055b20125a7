//! Connections, statuses, breakers, checks, templates, acts, preferences, notices.

use crate::sample::{at, connection, fresh, local};
use cache::{Change, Error, KeptNotice, Noun, Told};
use domain::{
    Breaker, BreakerCause, BreakerSource, BreakerState, Capabilities, Check, CheckChange, CheckStatus, ConnectionState,
    ConnectionStatus, Evidence, Points, ScorePoint, Span, Template,
};
use serde_json::json;

#[tokio::test]
async fn connections_are_added_edited_and_forgotten() {
    let (_folder, cache) = fresh().await;
    let (writer, reader) = (cache.writer(), cache.reader());
    let mut other = connection("other");
    writer.add_connection(&other).await.unwrap();
    assert_eq!(reader.connections().await.unwrap(), [connection("local"), other.clone()], "both are there, whole");
    other.name = connection("local").name;
    let refused = writer.edit_connection(&other).await;
    assert!(matches!(refused, Err(Error::NameTaken { .. })), "a name belongs to one connection: {refused:?}");
    let refused = writer.add_connection(&domain::Connection { id: "third".into(), ..other.clone() }).await;
    assert!(matches!(refused, Err(Error::NameTaken { .. })), "also for a new one: {refused:?}");
    other.name = "Renamed".into();
    other.read_only = true;
    writer.edit_connection(&other).await.unwrap();
    assert_eq!(reader.connections().await.unwrap()[1], other, "an edit takes the place of what was");
    let refused = writer.edit_connection(&connection("nowhere")).await;
    assert!(matches!(refused, Err(Error::NoSuchConnection)), "what is not there cannot be edited: {refused:?}");
    writer.remove_connection(&other.id).await.unwrap();
    assert_eq!(reader.connections().await.unwrap(), [connection("local")], "only the removed one is gone");
    assert_eq!(reader.run_count(&local()).await.unwrap(), 0, "no run is cached yet");
}

#[tokio::test]
async fn when_a_connection_was_last_seen_is_never_set_back() {
    let (_folder, cache) = fresh().await;
    let status = |state, last_seen_at: Option<i64>| ConnectionStatus {
        connection: local(),
        state,
        since: at(1),
        last_seen_at: last_seen_at.map(at),
        latency_ms: None,
        server_version: None,
        clock_skew_ms: None,
        error: None,
        capabilities: Capabilities::default(),
    };
    let reader = cache.reader();
    assert_eq!(reader.last_seen(&local()).await.unwrap(), None, "it was never seen");
    for (seen, expected) in
        [(None, None), (Some(50), Some(50)), (None, Some(50)), (Some(40), Some(50)), (Some(60), Some(60))]
    {
        cache.writer().put_connection_status(&status(ConnectionState::Offline, seen)).await.unwrap();
        assert_eq!(reader.last_seen(&local()).await.unwrap(), expected.map(at), "after {seen:?}");
    }
    let known = reader.connection_statuses().await.unwrap();
    assert_eq!(known, [status(ConnectionState::Offline, Some(60))], "the rest is as last put");
}

fn breaker(id: &str, state: BreakerState, since: i64) -> Breaker {
    Breaker {
        id: id.into(),
        protects: "the model".into(),
        source: BreakerSource::ControlPlane,
        connection: Some(local()),
        state,
        since: at(since),
        cause: (state == BreakerState::Open).then_some(BreakerCause::Timeout),
        consecutive_failures: 0,
        failure_threshold: 5,
        success_threshold: 2,
        next_probe_at: None,
        calls: 0,
        failures: 0,
        rejections: 0,
        times_opened: 0,
        last_call_at: None,
        isolation: None,
    }
}

#[tokio::test]
async fn breakers_are_replaced_by_source() {
    let (_folder, cache) = fresh().await;
    let (writer, reader, source) = (cache.writer(), cache.reader(), BreakerSource::ControlPlane);
    let both = [breaker("ai:one", BreakerState::Closed, 1), breaker("ai:two", BreakerState::Closed, 1)];
    writer.put_breakers(Some(&local()), source, &both, at(1)).await.unwrap();
    let own = Breaker { source: BreakerSource::Console, ..breaker("connection:local:read", BreakerState::Closed, 1) };
    writer.put_breakers(Some(&local()), BreakerSource::Console, &[own], at(1)).await.unwrap();
    let mut one = breaker("ai:one", BreakerState::Open, 5);
    writer.put_breakers(Some(&local()), source, &[one.clone()], at(6)).await.unwrap();
    one.calls = 9;
    writer.put_breakers(Some(&local()), source, &[one.clone()], at(7)).await.unwrap();
    let known = reader.breakers().await.unwrap();
    let ids: Vec<_> = known.iter().map(|known| known.breaker.id.as_str()).collect();
    assert_eq!(ids, ["connection:local:read", "ai:one"], "one that is gone from its source is gone, others stay");
    assert_eq!((&known[1].breaker, known[1].read_at), (&one, at(7)), "the last read counts");
    let refused = writer.put_breakers(Some(&"gone".into()), source, &both, at(8)).await;
    assert!(matches!(refused, Err(Error::NoSuchConnection)), "a connection that is gone has no breakers: {refused:?}");
    writer.remove_connection(&local()).await.unwrap();
    assert!(reader.breakers().await.unwrap().is_empty(), "they go with their connection");
}

#[tokio::test]
async fn checks_are_kept_and_their_changes_are_remembered() {
    let (_folder, cache) = fresh().await;
    let check = |status, checked_at: Option<i64>| Check {
        id: "plane.ready".into(),
        title: "Ready".into(),
        proves: "It can work".into(),
        group: "plane".into(),
        connection: Some(local()),
        status,
        evidence: Some(Evidence {
            request: "GET /health/ready".into(),
            answer: "200".into(),
            finding: "seen".into(),
            duration_ms: 3,
        }),
        remedy: "Start it".into(),
        owner: "operator".into(),
        weight: 1,
        points: Points::default(),
        checked_at: checked_at.map(at),
        expires_at: None,
        since: None,
        last_pass: None,
        regressed: false,
        writes: None,
    };
    let (writer, reader) = (cache.writer(), cache.reader());
    for found in
        [check(CheckStatus::Unknown, None), check(CheckStatus::Pass, Some(1)), check(CheckStatus::Fail, Some(3))]
    {
        writer.put_checks(std::slice::from_ref(&found)).await.unwrap();
    }
    let change = |moment, from, to| CheckChange {
        at: at(moment),
        check: "plane.ready".into(),
        connection: Some(local()),
        from,
        to,
        finding: Some("seen".into()),
    };
    let (passed, failed) =
        (change(1, CheckStatus::Unknown, CheckStatus::Pass), change(3, CheckStatus::Pass, CheckStatus::Fail));
    writer.put_check_changes(&[passed.clone(), failed.clone()]).await.unwrap();
    let known = reader.checks().await.unwrap();
    assert_eq!(known.len(), 1, "the last finding takes the place of those before");
    assert_eq!((known[0].status, known[0].since), (CheckStatus::Fail, Some(at(3))), "with since when it is so");
    assert_eq!(known[0].last_pass.as_ref().map(|pass| pass.at), Some(at(1)), "and when it last passed");
    let states = writer.batch().await.unwrap().check_states().await.unwrap();
    assert_eq!(states.len(), 1, "one state for each check");
    assert_eq!(states[0].status, CheckStatus::Fail, "the newest");
    let past = async |from, to| {
        let span = Span { from: at(from), to: at(to) };
        reader.check_changes(Some(&local()), span, 9).await.unwrap()
    };
    assert_eq!(past(0, 9).await, [failed, passed.clone()], "newest first");
    assert_eq!(past(0, 2).await, [passed], "within a span");
    assert_eq!(
        reader.check_changes(None, Span { from: at(0), to: at(9) }, 9).await.unwrap(),
        [],
        "of the console none"
    );
}

#[tokio::test]
async fn scores_are_kept_with_what_made_them_and_the_last_one_however_old() {
    let (_folder, cache) = fresh().await;
    let (writer, reader) = (cache.writer(), cache.reader());
    let point = |moment, score| ScorePoint { at: at(moment), score, because: vec![] };
    for (moment, score) in [(10, 98), (20, 94), (30, 86)] {
        writer.put_score(&local(), &point(moment, score)).await.unwrap();
    }
    let scores = async |from, to| reader.scores(&local(), Span { from: at(from), to: at(to) }, 9).await.unwrap();
    assert_eq!(scores(25, 99).await, [point(30, 86), point(20, 94)], "the one that held at the beginning is there too");
    assert_eq!(scores(0, 20).await, [point(20, 94), point(10, 98)], "nothing held before the first");
    let last = writer.batch().await.unwrap().last_scores().await.unwrap();
    assert_eq!(last.get(&local()), Some(&86), "the last one is what further changes are compared with");
    let gone = writer.put_score(&"gone".into(), &point(1, 1)).await;
    assert!(matches!(gone, Err(Error::NoSuchConnection)), "a connection that is gone has no score: {gone:?}");

    writer.apply_retention(at(25), 1_000).await.unwrap();
    assert_eq!(scores(0, 99).await, [point(30, 86)], "old ones are forgotten");
    writer.apply_retention(at(1_000), 1_000).await.unwrap();
    assert_eq!(scores(0, 99).await, [point(30, 86)], "but the last still holds");
    writer.remove_connection(&local()).await.unwrap();
    assert_eq!(scores(0, 99).await, [], "they go with their connection");
}

#[tokio::test]
async fn templates_and_preferences_are_replaced() {
    let (_folder, cache) = fresh().await;
    let (writer, reader) = (cache.writer(), cache.reader());
    assert_eq!(reader.templates(&local()).await.unwrap(), None, "never read is not the same as none");
    let template = Template { id: "smoke".into(), title: "Smoke".into(), summary: "Asks".into(), fields: vec![] };
    writer.put_templates(&local(), std::slice::from_ref(&template), at(3)).await.unwrap();
    assert_eq!(reader.templates(&local()).await.unwrap(), Some((vec![template], at(3))), "with their age");

    let mut changes = cache.changes();
    writer.set_preference("runs.columns", Some(&json!(["goal", "status"]))).await.unwrap();
    writer.set_preference("theme", Some(&json!(null))).await.unwrap();
    assert_eq!(changes.try_recv().ok(), Some(Change::Preferences { key: "runs.columns".into() }), "named by key");
    let kept = reader.preferences().await.unwrap();
    assert_eq!(kept.get("runs.columns"), Some(&json!(["goal", "status"])), "any JSON is kept");
    assert_eq!(kept.get("theme"), Some(&json!(null)), "null is a value");
    writer.set_preference("theme", None).await.unwrap();
    assert_eq!(reader.preferences().await.unwrap().len(), 1, "none is not");
}

#[tokio::test]
async fn what_a_plane_told_is_kept_until_it_is_told_anew_or_too_old() {
    let (_folder, cache) = fresh().await;
    let (writer, reader) = (cache.writer(), cache.reader());
    let told = |text: &str, read_at| Told { document: vec![text.to_owned()], read_at: at(read_at) };
    let read = async |noun, subject: &str| reader.told::<Vec<String>>(&local(), noun, subject).await.unwrap();
    assert_eq!(read(Noun::Teams, "").await, None, "it was never asked");
    let mut changes = cache.changes();
    writer.put_told(&local(), Noun::Teams, "", &told("crew", 10)).await.unwrap();
    let expected = Change::Told { connection: local(), noun: Noun::Teams };
    assert_eq!(changes.recv().await.unwrap(), expected, "it is announced by its noun");
    writer.put_told(&local(), Noun::TeamPeople, "t1", &told("ada", 20)).await.unwrap();
    writer.put_told(&local(), Noun::Teams, "", &told("deck", 30)).await.unwrap();
    assert_eq!(read(Noun::Teams, "").await, Some(told("deck", 30)), "the newest answer takes the place of the last");
    assert_eq!(read(Noun::TeamPeople, "t1").await, Some(told("ada", 20)), "each subject has its own");
    assert_eq!(read(Noun::TeamPeople, "t2").await, None, "and no other's");
    let other = reader.told::<u64>(&local(), Noun::Teams, "").await.unwrap();
    assert_eq!(other, None, "what has another shape today is as good as never read");
    writer.apply_retention(at(25), 100).await.unwrap();
    assert_eq!(read(Noun::TeamPeople, "t1").await, None, "what is too old is forgotten");
    assert_eq!(read(Noun::Teams, "").await, Some(told("deck", 30)), "and nothing else");
    writer.remove_connection(&local()).await.unwrap();
    assert_eq!(read(Noun::Teams, "").await, None, "it goes with its connection");
}

#[tokio::test]
async fn a_notice_is_told_by_one_process_and_a_cause_that_came_back_is_told_again() {
    let (_folder, cache) = fresh().await;
    let (writer, reader) = (cache.writer(), cache.reader());
    let notice = |told: Option<i64>, over: Option<i64>| KeptNotice {
        cause: "breaker:plane:local:a".to_owned(),
        began_at: at(1),
        told_at: told.map(at),
        over_at: over.map(at),
        document: json!({"title": "Breaker opened: a"}),
    };
    assert!(writer.put_notice(&notice(None, None)).await.unwrap(), "held back");
    assert!(writer.put_notice(&notice(Some(2), None)).await.unwrap(), "told by whoever was first");
    assert!(!writer.put_notice(&notice(Some(3), None)).await.unwrap(), "and by nobody else");
    assert_eq!(reader.notices(10).await.unwrap(), [notice(Some(2), None)], "which changes nothing");
    assert!(writer.put_notice(&notice(Some(2), Some(4))).await.unwrap(), "its end is seen once");
    assert!(!writer.put_notice(&notice(Some(2), Some(5))).await.unwrap(), "by one");
    assert!(writer.put_notice(&notice(None, None)).await.unwrap(), "what came back begins anew");
}
