//! Search: every noun is found, and nothing that a person can type is an error.

use crate::sample::{at, event, fresh, line, local, run, step, summary};
use cache::{Cache, FoundIn, RunQuery};
use domain::{Event, RunSummary};
use proptest::prelude::*;

async fn filled() -> (tempfile::TempDir, Cache) {
    let (folder, cache) = fresh().await;
    let goal = RunSummary { goal: "Ship the payment service".into(), ..summary("run_0199abc", 1) };
    let steps = vec![step("compile payment", None), step("verify", Some("payment gateway refused the handshake"))];
    let writer = cache.writer();
    writer.upsert_run(&local(), &run(goal, steps), at(1)).await.unwrap();
    let retried = Event { step: Some("verify".into()), ..event("run_0199abc", 3, Some("retry: payment was down")) };
    writer.append_events(&local(), &[retried]).await.unwrap();
    writer.append_logs(&local(), &"run_0199abc".into(), &[line(8, "stp_verify", "POST /payment 503")]).await.unwrap();
    (folder, cache)
}

#[tokio::test]
async fn every_noun_is_found_with_its_place() {
    let (_folder, cache) = filled().await;
    let hits = cache.reader().search("paym", 20).await.unwrap();
    let places: Vec<_> = hits.iter().map(|hit| (hit.what, hit.step.as_deref(), hit.seq)).collect();
    let expected = [
        (FoundIn::Goal, None, None),
        (FoundIn::Step, Some("compile payment"), None),
        (FoundIn::Failure, Some("verify"), None),
        (FoundIn::Event, Some("verify"), Some(3)),
        (FoundIn::Log, Some("verify"), Some(8)),
    ];
    assert_eq!(places, expected, "one hit in each noun, with the step that it belongs to");
    assert!(hits.iter().all(|hit| hit.run_id.as_str() == "run_0199abc"), "each names its run");
    assert!(hits.iter().all(|hit| hit.goal == "Ship the payment service"), "and what that was for");
    assert!(hits.iter().all(|hit| hit.snippet.contains("payment")), "and shows the text around the words");
    let by_id = cache.reader().search("run_0199", 20).await.unwrap();
    assert_eq!(by_id.first().map(|hit| hit.what), Some(FoundIn::Goal), "a run is found by the beginning of its id");
    assert_eq!(cache.reader().search("payment refused", 20).await.unwrap().len(), 1, "all words must be in one place");
    assert_eq!(cache.reader().search("pay ship", 20).await.unwrap().len(), 0, "only the last word may be unfinished");
}

#[tokio::test]
async fn no_noun_crowds_out_another() {
    let (_folder, cache) = filled().await;
    let many: Vec<_> = (100..400).map(|seq| line(seq, "unread", "payment again")).collect();
    cache.writer().append_logs(&local(), &"run_0199abc".into(), &many).await.unwrap();
    let hits = cache.reader().search("payment", 5).await.unwrap();
    let nouns: Vec<_> = hits.iter().map(|hit| hit.what).collect();
    let expected = [FoundIn::Goal, FoundIn::Step, FoundIn::Failure, FoundIn::Event, FoundIn::Log];
    assert_eq!(nouns, expected, "a chatty log leaves room for the rest");
    assert_eq!(hits[4].seq, Some(399), "of many lines the newest comes first");
}

#[tokio::test]
async fn what_is_rewritten_or_forgotten_is_no_longer_found() {
    let (_folder, cache) = filled().await;
    let newer = RunSummary { goal: "Ship the ledger".into(), last_seq: 2, ..summary("run_0199abc", 1) };
    cache.writer().upsert_run(&local(), &run(newer, vec![step("compile ledger", None)]), at(2)).await.unwrap();
    let nouns: Vec<_> = cache.reader().search("payment", 20).await.unwrap().iter().map(|hit| hit.what).collect();
    assert_eq!(nouns, [FoundIn::Event, FoundIn::Log], "old goals, steps and failures are gone, facts are not");
    cache.writer().remove_connection(&local()).await.unwrap();
    assert_eq!(cache.reader().search("payment", 20).await.unwrap(), [], "a removed connection is found nowhere");
    assert_eq!(cache.reader().search("ledger", 20).await.unwrap(), [], "nor are its runs");
}

#[tokio::test]
async fn what_looks_like_a_query_language_is_only_text() {
    let (_folder, cache) = filled().await;
    let hostile = [
        "",
        " ",
        "\"",
        "\"\"",
        "'",
        "*",
        "-",
        "payment*",
        "pay\"ment",
        "NEAR(payment, 2)",
        "payment AND",
        "OR payment",
        "NOT",
        "goal:payment",
        "{goal}: x",
        "(payment",
        "payment)",
        "^payment",
        "payment + service",
        "-payment",
        "\0",
        "pay\0ment",
        "payment; DROP TABLE run",
        "a:b:c",
        "....",
        "\u{301}",
        "\u{200d}",
        "💥",
        "💥payment",
        "\u{e000}",
    ];
    for text in hostile {
        let found = cache.reader().search(text, 20).await;
        assert!(found.is_ok(), "{text:?} is text, not a query: {found:?}");
    }
    let long = "payment ".repeat(10_000);
    assert!(cache.reader().search(&long, 20).await.is_ok(), "a very long text is no error either");
    assert_eq!(cache.reader().search("payment*", 1).await.unwrap().len(), 1, "a star is passed over");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn no_text_is_an_error(texts in prop::collection::vec(
        prop_oneof![any::<String>(), "[\"'()*:^{}+ \\-a-zA-Z\\\\\u{0}-\u{20}]{0,40}", "(NEAR|AND|OR|NOT|\"|\\(|\\)|\\*| |x){0,12}"],
        60,
    )) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let (_folder, cache) = filled().await;
            for text in texts {
                let found = cache.reader().search(&text, 20).await;
                prop_assert!(found.is_ok(), "search for {text:?}: {found:?}");
                let listed = cache.reader().runs(&RunQuery { text: Some(text.clone()), limit: 5, ..RunQuery::default() }).await;
                prop_assert!(listed.is_ok(), "list with {text:?}: {listed:?}");
            }
            Ok(())
        })?;
    }
}
