//! An attempt is known to whoever began it, for ten minutes, and good once.

use super::fixture::{Fixture, LISTENER, finish};
use crate::identity_provider::{Check, Finish, IdentityError, Refusal};
use domain::Secret;
use std::time::Duration;
use testkit::identity_provider::Endpoint;

#[tokio::test]
async fn an_attempt_is_used_once_whatever_comes_of_it() {
    let at = Fixture::new().await;
    let (begun, back) = at.until_back().await;
    assert!(at.here.finish(finish(&begun, &back)).await.is_ok(), "once is good");
    assert_eq!(at.here.finish(finish(&begun, &back)).await, Err(IdentityError::AttemptOver), "twice is not");
    let (begun, back) = at.until_back().await;
    let wrong = Finish { state: "another".to_owned(), ..finish(&begun, &back) };
    assert_eq!(at.here.finish(wrong).await, Err(Check::State.failed()), "the state is compared");
    assert_eq!(
        at.here.finish(finish(&begun, &back)).await,
        Err(IdentityError::AttemptOver),
        "and there is no other try"
    );
    assert_eq!(at.provider.asked(Endpoint::Token), 1, "the provider was asked only for what was in order");
}

#[tokio::test]
async fn two_at_the_same_time_are_not_both_believed() {
    let at = Fixture::new().await;
    let (begun, back) = at.until_back().await;
    let (one, other) = tokio::join!(at.here.finish(finish(&begun, &back)), at.here.finish(finish(&begun, &back)));
    assert_eq!([&one, &other].iter().filter(|outcome| outcome.is_ok()).count(), 1, "{one:?}, {other:?}");
}

#[tokio::test]
async fn an_attempt_is_over_after_ten_minutes() {
    let at = Fixture::new().await;
    let (begun, back) = at.until_back().await;
    assert_eq!(begun.expires_at.since(domain::Clock::now(&*at.clock)), Duration::from_mins(10), "it says until when");
    at.clock.advance(Duration::from_mins(11));
    assert_eq!(
        at.here.finish(finish(&begun, &back)).await,
        Err(IdentityError::AttemptOver),
        "eleven minutes are too long"
    );
    let (begun, back) = at.until_back().await;
    at.clock.advance(Duration::from_mins(9));
    assert!(at.here.finish(finish(&begun, &back)).await.is_ok(), "nine are not");
}

#[tokio::test]
async fn the_state_of_one_attempt_does_not_finish_another() {
    let at = Fixture::new().await;
    let (mine, _) = at.until_back().await;
    let (_, of_another) = at.until_back().await;
    let crossed = at.here.finish(finish(&mine, &of_another)).await;
    assert_eq!(crossed, Err(Check::State.failed()), "what another person brought back is theirs");
    let made_up = Finish { attempt: Secret::new("00".repeat(32)), ..finish(&mine, &of_another) };
    assert_eq!(
        at.here.finish(made_up).await,
        Err(IdentityError::AttemptOver),
        "a secret that was never given is no attempt"
    );
}

#[tokio::test]
async fn a_code_is_bound_to_its_attempt_and_good_once() {
    let refused = Err(IdentityError::Refused { reason: Refusal::Code });
    let at = Fixture::new().await;
    let (mine, my_way) = at.until_back().await;
    let (_, other_way) = at.until_back().await;
    let stolen = Finish { code: Secret::new(other_way.code.as_str()), ..finish(&mine, &my_way) };
    assert_eq!(at.here.finish(stolen).await, refused, "the verifier belongs to another challenge");
    let (first, back) = at.until_back().await;
    assert!(at.here.finish(finish(&first, &back)).await.is_ok(), "once is good");
    let (second, next) = at.until_back().await;
    let again = Finish { code: Secret::new(back.code.as_str()), ..finish(&second, &next) };
    assert_eq!(at.here.finish(again).await, refused, "a code that was used is over");
}

#[tokio::test]
async fn a_browser_that_drops_the_challenge_gets_a_code_that_is_worth_nothing() {
    let at = Fixture::new().await;
    let begun = at.begin().await;
    let mut url: reqwest::Url = begun.url.parse().expect("an address");
    let kept: Vec<(String, String)> =
        url.query_pairs().into_owned().filter(|(name, _)| !name.starts_with("code_challenge")).collect();
    url.query_pairs_mut().clear().extend_pairs(kept);
    let back = at.provider.authorise(url.as_str()).await.expect("the provider does not insist on a challenge");
    let outcome = at.here.finish(finish(&begun, &back)).await;
    assert_eq!(outcome, Err(IdentityError::Refused { reason: Refusal::Code }), "the verifier is sent all the same");
}

#[tokio::test]
async fn a_redirection_of_another_provider_is_not_followed_up() {
    let at = Fixture::new().await;
    for issuer in [Some("https://evil.example".to_owned()), None] {
        let (begun, back) = at.until_back().await;
        let mixed_up = Finish { issuer, ..finish(&begun, &back) };
        assert_eq!(
            at.here.finish(mixed_up).await,
            Err(Check::ReturnIssuer.failed()),
            "it says that it always names itself"
        );
    }
    assert_eq!(at.provider.asked(Endpoint::Token), 0, "no code was handed on");
}

#[tokio::test]
async fn so_many_may_be_open_and_the_oldest_is_forgotten() {
    let at = Fixture::new().await;
    let (oldest, back_of_oldest) = at.until_back().await;
    let (second, back_of_second) = at.until_back().await;
    for _ in 2..=1_000 {
        at.begin().await;
    }
    let forgotten = at.here.finish(finish(&oldest, &back_of_oldest)).await;
    assert_eq!(forgotten, Err(IdentityError::AttemptOver), "memory is bounded");
    assert!(at.here.finish(finish(&second, &back_of_second)).await.is_ok(), "the others are still open");
}

#[tokio::test]
async fn nobody_is_led_back_to_another_machine() {
    let at = Fixture::new().await;
    for elsewhere in
        ["https://evil.example/", "http://localhost:4000/", "http://127.0.0.1:4000/?next=evil", "custom:/x"]
    {
        let refused = at.here.begin(elsewhere).await.expect_err("it is no listener on this machine");
        assert!(
            matches!(&refused, IdentityError::Invalid { faults } if faults.iter().all(|fault| fault.path == "redirect_uri")),
            "{refused:?}"
        );
    }
    assert_eq!(at.provider.asked(Endpoint::Discovery), 0, "the provider is not even asked");
    assert!(at.here.begin("http://[::1]:4000/").await.is_ok(), "both loopback addresses are good");
    assert!(at.here.begin(LISTENER).await.is_ok(), "both loopback addresses are good");
}
