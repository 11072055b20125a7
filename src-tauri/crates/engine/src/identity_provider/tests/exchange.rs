//! A provider that fails, lies about itself, or is not there.

use super::fixture::{Fixture, LISTENER, finish, settings};
use crate::identity_provider::{Check, IdentityError, IdentityProvider, ProviderDocument, Refusal};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use testkit::{Said, TurnedClock, eventually, identity_provider::Endpoint};

/// What a provider answers when it is broken, and what is said of it.
fn broken() -> Vec<(Said, &'static str)> {
    vec![
        (Said::text(500, "application/json", "{\"id_token\":\"a.b.c\"}"), "was answered with status 500"),
        (Said::text(200, "text/html", "<html><script>alert(1)</script>"), "came in a form that cannot be read"),
        (Said::text(200, "application/json", "{}"), "came in a form that cannot be read"),
        (Said::text(200, "application/json", &format!("\"{}\"", "x".repeat(10_000_000))), "is larger than 512 KiB"),
        (Said::text(302, "text/plain", "").header("location", "https://evil.example/"), "was answered with status 302"),
        (Said::text(429, "text/plain", "slower"), "was answered with status 429"),
    ]
}

fn failing(document: ProviderDocument, detail: &str) -> IdentityError {
    IdentityError::Failing { document, detail: detail.to_owned() }
}

#[tokio::test]
async fn a_provider_that_fails_is_named_as_the_one_that_fails() {
    for (said, detail) in broken() {
        let at = Fixture::new().await;
        at.provider.answer(Endpoint::Discovery, said.clone());
        let begun = at.here.begin(LISTENER).await.expect_err("nothing can begin");
        assert_eq!(begun, failing(ProviderDocument::Discovery, detail), "discovery");
        for (endpoint, document) in
            [(Endpoint::Keys, ProviderDocument::Keys), (Endpoint::Token, ProviderDocument::Token)]
        {
            let at = Fixture::new().await;
            at.provider.answer(endpoint, said.clone());
            assert_eq!(at.sign_in().await, Err(failing(document, detail)), "{endpoint:?}");
        }
    }
}

/// Lets every other task do what it can do now. Time stands still meanwhile.
async fn everybody_acts() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_provider_that_never_answers_is_given_up() {
    for (endpoint, document) in [
        (Endpoint::Discovery, ProviderDocument::Discovery),
        (Endpoint::Token, ProviderDocument::Token),
        (Endpoint::Keys, ProviderDocument::Keys),
    ] {
        let at = Arc::new(Fixture::new().await);
        at.provider.fall_silent(endpoint);
        let waiting = tokio::spawn({
            let at = Arc::clone(&at);
            async move {
                let begun = at.here.begin(LISTENER).await?;
                let back = at.provider.authorise(&begun.url).await.expect("the person is led back");
                at.here.finish(finish(&begun, &back)).await
            }
        });
        eventually("the question arrives", || async { (at.provider.asked(endpoint) > 0).then_some(()) }).await;
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(5)).await;
        everybody_acts().await;
        assert!(!waiting.is_finished(), "five seconds are allowed");
        tokio::time::advance(Duration::from_secs(5)).await;
        everybody_acts().await;
        assert!(waiting.is_finished(), "ten are enough");
        tokio::time::resume();
        let outcome = waiting.await.expect("the task ends");
        let late = IdentityError::Unreachable { document, detail: "it did not answer in time" };
        assert_eq!(outcome, Err(late), "{endpoint:?}");
    }
}

#[tokio::test]
async fn a_provider_that_is_not_there_can_be_there_later() {
    let clock = Arc::new(TurnedClock::default());
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = nobody.local_addr().expect("an address");
    drop(nobody);
    let here = IdentityProvider::new(settings(&format!("http://{address}")), clock).expect("settings in order");
    let refused = here.begin(LISTENER).await.expect_err("nobody is there");
    assert_eq!(refused.code(), "identity_provider_unreachable", "{refused}");
    let at = Fixture::new().await;
    at.provider.answer(Endpoint::Discovery, Said::text(503, "text/plain", ""));
    assert!(at.here.begin(LISTENER).await.is_err(), "it fails");
    at.provider.recover(Endpoint::Discovery);
    assert!(at.sign_in().await.is_ok(), "a failure is not remembered");
}

#[tokio::test]
async fn a_provider_that_lies_about_itself_is_not_used() {
    let cases = [
        ("issuer", json!("https://evil.example"), Check::DiscoveryIssuer),
        ("authorization_endpoint", json!("http://evil.example/authorise"), Check::Endpoint),
        ("authorization_endpoint", json!("javascript:alert(1)"), Check::Endpoint),
        ("token_endpoint", json!("http://192.0.2.1/token"), Check::Endpoint),
        ("token_endpoint", json!("file:///etc/passwd"), Check::Endpoint),
        ("token_endpoint", json!("https://user:password@id.example/token"), Check::Endpoint),
        ("token_endpoint", json!("/token"), Check::Endpoint),
        ("jwks_uri", json!("http://127.0.0.1.evil.example/keys"), Check::Endpoint),
        ("jwks_uri", json!(format!("https://id.example/{}", "x".repeat(5_000))), Check::Endpoint),
        ("code_challenge_methods_supported", json!(["plain"]), Check::Pkce),
        ("code_challenge_methods_supported", json!([]), Check::Pkce),
    ];
    for (name, value, check) in cases {
        let at = Fixture::new().await;
        let shown = value.clone();
        at.provider.tell(move |told| told[name] = value.clone());
        let refused = at.here.begin(LISTENER).await.expect_err("nothing can begin");
        assert_eq!(refused, check.failed(), "{name} is {shown}");
    }
    let at = Fixture::new().await;
    at.provider.tell(|told| {
        if let Some(told) = told.as_object_mut() {
            told.remove("code_challenge_methods_supported");
        }
    });
    assert!(at.sign_in().await.is_ok(), "a provider need not say that it supports S256");
}

#[tokio::test]
async fn a_refusal_is_told_in_our_words() {
    for (word, reason) in [
        ("invalid_grant", Refusal::Code),
        ("invalid_client", Refusal::Client),
        ("unauthorized_client", Refusal::NotAllowed),
        ("<script>alert(1)</script>\u{1b}[31m", Refusal::Unsaid),
    ] {
        let at = Fixture::new().await;
        at.provider.answer(Endpoint::Token, Said::json(400, &json!({ "error": word, "error_description": word })));
        let refused = at.sign_in().await.expect_err("the provider refuses");
        assert_eq!(refused, IdentityError::Refused { reason }, "{word}");
        assert!(!format!("{refused} {refused:?}").contains("script"), "what it wrote is not passed on");
    }
}
