//! Events and log lines: each once, holes known, and text found in the whole log.

use crate::sample::{event, fresh, line, local};
use cache::{Change, Hole};

#[tokio::test]
async fn an_event_is_kept_once_and_stays_as_it_was() {
    let (_folder, cache) = fresh().await;
    let writer = cache.writer();
    assert_eq!(
        writer.append_events(&local(), &[event("r", 1, None), event("r", 2, None)]).await.unwrap(),
        2,
        "both are new"
    );
    let mut changes = cache.changes();
    let again = [event("r", 2, Some("rewritten")), event("r", 3, None)];
    assert_eq!(writer.append_events(&local(), &again).await.unwrap(), 1, "one of these is new");
    let expected = Change::Events { connection: local(), run: "r".into() };
    assert_eq!(changes.try_recv().ok(), Some(expected), "new events are announced with their run");
    assert_eq!(writer.append_events(&local(), &again).await.unwrap(), 0, "now none is");
    assert!(changes.try_recv().is_err(), "nothing new, nothing announced");
    let known = cache.reader().events(&local(), &"r".into(), 0, 500).await.unwrap();
    assert_eq!(known, [event("r", 1, None), event("r", 2, None), event("r", 3, None)], "facts are never rewritten");
}

#[tokio::test]
async fn events_are_read_in_order_and_by_pages() {
    let (_folder, cache) = fresh().await;
    let mut events: Vec<_> = (1..=1_200).map(|seq| event("r", seq, None)).collect();
    events.reverse();
    events.push(event("another", 1, None));
    assert_eq!(cache.writer().append_events(&local(), &events).await.unwrap(), 1_201, "two runs in one call");
    let seqs = |events: Vec<domain::Event>| events.into_iter().map(|event| event.seq).collect::<Vec<_>>();
    let first = cache.reader().events(&local(), &"r".into(), 0, 5_000).await.unwrap();
    assert_eq!(seqs(first), (1..=1_000).collect::<Vec<_>>(), "a page holds at most 1,000, oldest first");
    let rest = cache.reader().events(&local(), &"r".into(), 1_000, 5_000).await.unwrap();
    assert_eq!(seqs(rest), (1_001..=1_200).collect::<Vec<_>>(), "the next begins after it");
}

#[tokio::test]
async fn holes_are_what_is_missing_up_to_the_last_number() {
    let (_folder, cache) = fresh().await;
    let (reader, run) = (cache.reader(), "r".into());
    let hole = |from, to| Hole { from, to };
    assert_eq!(reader.event_holes(&local(), &run, 0).await.unwrap(), [], "a run without events misses none");
    assert_eq!(reader.event_holes(&local(), &run, 4).await.unwrap(), [hole(1, 4)], "nothing cached: all are missing");
    for seq in [2, 3, 7] {
        cache.writer().append_events(&local(), &[event("r", seq, None)]).await.unwrap();
        cache.writer().append_logs(&local(), &run, &[line(seq, "s", "x")]).await.unwrap();
    }
    let expected = [hole(1, 1), hole(4, 6), hole(8, 9)];
    assert_eq!(reader.event_holes(&local(), &run, 9).await.unwrap(), expected, "before, between and after");
    assert_eq!(reader.log_holes(&local(), &run, 9).await.unwrap(), expected, "logs have the same holes");
    assert_eq!(
        reader.event_holes(&local(), &run, 7).await.unwrap(),
        expected[..2],
        "nothing is missing after the last"
    );
    assert_eq!(
        reader.event_holes(&local(), &run, 5).await.unwrap(),
        [hole(1, 1), hole(4, 5)],
        "later ones do not count"
    );
}

#[tokio::test]
async fn a_log_is_read_whole_or_by_step() {
    let (_folder, cache) = fresh().await;
    let lines = [line(1, "build", "one"), line(2, "test", "two"), line(3, "build", "three \" \\ \u{1f980}")];
    let mut changes = cache.changes();
    assert_eq!(cache.writer().append_logs(&local(), &"r".into(), &lines).await.unwrap(), 3, "all are new");
    let expected = Change::Logs { connection: local(), run: "r".into() };
    assert_eq!(changes.try_recv().ok(), Some(expected), "new lines are announced with their run");
    assert_eq!(cache.writer().append_logs(&local(), &"r".into(), &lines).await.unwrap(), 0, "and only once");
    let reader = cache.reader();
    assert_eq!(reader.logs(&local(), &"r".into(), None, 0, 500).await.unwrap(), lines, "every line, as it was printed");
    let of_build = reader.logs(&local(), &"r".into(), Some(&"build".into()), 1, 500).await.unwrap();
    assert_eq!(of_build, lines[2..], "only of one step, only after a number");
}

#[tokio::test]
async fn text_is_found_in_the_whole_log() {
    let (_folder, cache) = fresh().await;
    let lines: Vec<_> = (1..=12_500)
        .map(|seq| line(seq, if seq % 2 == 0 { "even" } else { "odd" }, &format!("Größe {seq} 100% a_b")))
        .collect();
    for chunk in lines.chunks(5_000) {
        cache.writer().append_logs(&local(), &"r".into(), chunk).await.unwrap();
    }
    let (reader, run) = (cache.reader(), "r".into());
    let found = reader.find_in_log(&local(), &run, None, "GRÖSSE 12499", false).await.unwrap();
    assert_eq!(found.total, 0, "ß and SS stay different");
    let found = reader.find_in_log(&local(), &run, None, "GRÖßE 12499", false).await.unwrap();
    assert_eq!((found.seqs, found.total, found.searched), (vec![12_499], 1, 12_500), "found beyond the first pages");
    let found = reader.find_in_log(&local(), &run, None, "GRÖßE", true).await.unwrap();
    assert_eq!(found.total, 0, "case counts when it is asked to");
    let found = reader.find_in_log(&local(), &run, Some(&"even".into()), "größe", false).await.unwrap();
    assert_eq!((found.total, found.searched, found.seqs.first()), (6_250, 6_250, Some(&2)), "only in one step");
    let found = reader.find_in_log(&local(), &run, None, "größe", false).await.unwrap();
    assert_eq!((found.total, found.seqs.len()), (12_500, 10_000), "the total counts on where the list ends");
    for (needle, total) in [("100%", 12_500), ("100_", 0), ("a_b", 12_500), ("a%b", 0), ("", 0)] {
        let found = reader.find_in_log(&local(), &run, None, needle, false).await.unwrap();
        assert_eq!(found.total, total, "{needle:?} is taken literally");
    }
}
