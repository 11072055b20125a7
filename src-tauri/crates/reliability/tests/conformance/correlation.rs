//! Correlation: X01, X02.

use reliability::{
    Random,
    correlation::{self, CorrelationId, MAX_LENGTH},
};

#[test]
fn x01_a_valid_id_is_kept_and_anything_else_is_replaced() {
    let random = Random::seeded(1);
    let kept = CorrelationId::accept_or_new(Some("req-7f3a:1.b_Z"), &random);
    assert_eq!(kept.as_str(), "req-7f3a:1.b_Z", "a valid id is kept as it is");
    let longest = "a".repeat(MAX_LENGTH);
    assert!(CorrelationId::accept(&longest).is_some(), "the longest is still valid");
    let made = CorrelationId::accept_or_new(None, &random);
    let too_long = "a".repeat(10_240);
    for bad in ["", "two words", "line\nbreak", "\u{1b}[31mred", "naïve", "<script>", &too_long] {
        let id = CorrelationId::accept_or_new(Some(bad), &random);
        assert_eq!(id.as_str().len(), 32, "an invalid id is replaced, not cleaned");
        assert!(CorrelationId::accept(id.as_str()).is_some(), "by one that is valid");
        assert_ne!(id, made, "and each is new");
    }
}

#[tokio::test]
async fn x02_spawned_work_carries_the_trace() {
    let id = CorrelationId::accept("req-7f3a").unwrap();
    assert_eq!(correlation::current(), None, "there is no trace outside a scope");
    let (carried, bare) = correlation::scope(id.clone(), async {
        let carried = tokio::spawn(correlation::carried(async { correlation::current() }));
        let bare = tokio::spawn(async { correlation::current() });
        (carried.await.unwrap(), bare.await.unwrap())
    })
    .await;
    assert_eq!(carried.unwrap().id, id, "carried work knows its request");
    assert_eq!(bare, None, "work that was not carried has none, rather than a wrong one");
}
