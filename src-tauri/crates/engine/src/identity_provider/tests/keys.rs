//! The keys of the provider change, and are not asked for more often than that needs.

use super::fixture::Fixture;
use crate::identity_provider::Check;
use serde_json::json;
use std::time::Duration;
use testkit::{
    Said,
    identity_provider::{Algorithm, Endpoint},
};

#[tokio::test]
async fn a_storm_of_unknown_keys_does_not_reach_the_provider() {
    let at = Fixture::new().await;
    assert!(at.sign_in().await.is_ok(), "the keys are known from now on");
    at.provider.forge(|token| token.header["kid"] = json!("made-up"));
    for _ in 0..20 {
        assert_eq!(at.failed_check().await, Check::Key, "there is no such key");
    }
    assert_eq!(at.provider.asked(Endpoint::Keys), 1, "within a minute nobody is asked again");
    at.clock.advance(Duration::from_mins(1));
    for _ in 0..20 {
        assert_eq!(at.failed_check().await, Check::Key, "there is still no such key");
    }
    assert_eq!(at.provider.asked(Endpoint::Keys), 2, "after a minute it is asked once");
}

#[tokio::test]
async fn a_storm_does_not_reach_a_provider_that_fails_either() {
    let at = Fixture::new().await;
    assert!(at.sign_in().await.is_ok(), "the keys are known from now on");
    at.provider.forge(|token| token.header["kid"] = json!("made-up"));
    at.provider.answer(Endpoint::Keys, Said::text(500, "text/plain", "out of order"));
    at.clock.advance(Duration::from_mins(1));
    for _ in 0..5 {
        assert!(at.sign_in().await.is_err(), "there is no such key");
    }
    assert_eq!(at.provider.asked(Endpoint::Keys), 2, "a question that failed was one as well");
}

#[tokio::test]
async fn a_new_key_is_believed_once_it_is_read() {
    let at = Fixture::new().await;
    assert!(at.sign_in().await.is_ok(), "the first key");
    at.provider.sign_with(Algorithm::Es256);
    at.clock.advance(Duration::from_mins(1));
    assert!(at.sign_in().await.is_ok(), "the second key");
    assert_eq!(at.provider.asked(Endpoint::Keys), 2, "read because it was not known");
}

#[tokio::test]
async fn what_the_provider_tells_is_read_anew_after_an_hour() {
    let at = Fixture::new().await;
    assert!(at.sign_in().await.is_ok(), "everything is known from now on");
    at.clock.advance(Duration::from_mins(59));
    at.begin().await;
    assert_eq!(at.provider.asked(Endpoint::Discovery), 1, "not yet");
    at.clock.advance(Duration::from_mins(1));
    assert!(at.sign_in().await.is_ok(), "everything is read again");
    let asked = (at.provider.asked(Endpoint::Discovery), at.provider.asked(Endpoint::Keys));
    assert_eq!(asked, (2, 2), "so that a key which was withdrawn is not believed for ever");
}

#[tokio::test]
async fn a_key_without_a_name_is_believed_only_where_it_is_the_only_one() {
    let at = Fixture::new().await;
    at.provider.name_no_keys();
    assert!(at.sign_in().await.is_ok(), "there is only one that can be meant");
    at.provider.sign_with(Algorithm::Rs256);
    at.clock.advance(Duration::from_hours(1));
    assert_eq!(at.failed_check().await, Check::Key, "there are two that can be meant");
}

#[tokio::test]
async fn many_at_once_read_the_keys_once() {
    let at = Fixture::new().await;
    at.begin().await;
    let all = futures::future::join_all((0..8).map(|_| at.sign_in())).await;
    assert!(all.iter().all(Result::is_ok), "all are believed");
    assert_eq!(at.provider.asked(Endpoint::Keys), 1, "whoever comes while the keys are read waits for them");
}
