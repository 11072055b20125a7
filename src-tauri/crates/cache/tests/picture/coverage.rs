//! Coverage: spans are merged, and what was not watched stays a gap.

use crate::sample::{at, fresh, local};
use domain::Span;
use proptest::prelude::*;
use std::time::Duration;

fn span(from: i64, to: i64) -> Span {
    Span { from: at(from), to: at(to) }
}

#[tokio::test]
async fn near_spans_become_one_and_far_ones_stay_apart() {
    let (_folder, cache) = fresh().await;
    let (writer, reader) = (cache.writer(), cache.reader());
    for (from, to) in [(100, 200), (300, 400), (205, 210), (390, 450)] {
        writer.extend_coverage(&local(), span(from, to), Duration::from_millis(5)).await.unwrap();
    }
    let spans = reader.coverage(&local(), at(0)).await.unwrap().spans;
    assert_eq!(spans, [span(100, 210), span(300, 450)], "within the tolerance they are joined, beyond it not");
    let mut changes = cache.changes();
    writer.extend_coverage(&local(), span(310, 320), Duration::ZERO).await.unwrap();
    writer.extend_coverage(&local(), span(500, 460), Duration::ZERO).await.unwrap();
    assert!(changes.try_recv().is_err(), "a span that adds nothing, or runs backwards, changes nothing");
    writer.extend_coverage(&local(), span(211, 299), Duration::from_millis(1)).await.unwrap();
    let spans = reader.coverage(&local(), at(0)).await.unwrap().spans;
    assert_eq!(spans, [span(100, 450)], "a span that closes a gap joins both sides");
    assert_eq!(reader.coverage(&local(), at(451)).await.unwrap().spans, [], "what ended before is left out");
}

/// Which moments of 0..=`end` lie in one of the spans.
fn watched(spans: &[(i64, i64)], end: i64) -> Vec<bool> {
    (0..=end).map(|moment| spans.iter().any(|(from, to)| (*from..=*to).contains(&moment))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn merging_keeps_every_watched_moment_and_invents_no_gap_larger_than_the_tolerance(
        given in prop::collection::vec((0_i64..200, 0_i64..30), 1..25),
        tolerance in 0_i64..6,
    ) {
        let given: Vec<_> = given.into_iter().map(|(from, length)| (from, from + length)).collect();
        let spans = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let (_folder, cache) = fresh().await;
            let mut batch = cache.writer().batch().await.unwrap();
            for (from, to) in &given {
                let slack = Duration::from_millis(tolerance.unsigned_abs());
                batch.extend_coverage(&local(), span(*from, *to), slack).await.unwrap();
            }
            batch.commit().await.unwrap();
            cache.reader().coverage(&local(), at(0)).await.unwrap().spans
        });
        let merged: Vec<_> = spans.iter().map(|span| (span.from.as_millis(), span.to.as_millis())).collect();
        for pair in merged.windows(2) {
            prop_assert!(pair[1].0 > pair[0].1 + tolerance, "neighbours are further apart than the tolerance: {merged:?}");
        }
        let (before, after) = (watched(&given, 230), watched(&merged, 230));
        let mut unwatched = 0;
        for (moment, (was, is)) in before.iter().zip(&after).enumerate() {
            prop_assert!(!was || *is, "moment {moment} was watched and still is: {merged:?}");
            unwatched = if *was { 0 } else { unwatched + 1 };
            prop_assert!(!is || unwatched < tolerance.max(1), "at {moment} more than the tolerance was bridged: {merged:?}");
        }
    }
}
