//! The way to Stripe: settings that are of no use, and networks that do what networks do.

use super::{Account, KEY, Stripe, StripeError, StripeSettings, client, keeps_quiet, key, quick};
use domain::Secret;
use futures::future::BoxFuture;
use reliability::{Random, retry::RetryPolicy};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use testkit::{Asked, Fault, FaultProxy, Loopback, Said, Service};

/// Answers everything with one thing, and counts.
struct Always(Said, AtomicUsize);

impl Service for Always {
    fn answer(self: Arc<Self>, _asked: Asked) -> BoxFuture<'static, Said> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Box::pin(std::future::ready(self.0.clone()))
    }
}

/// What the client makes of one answer to everything, without asking again.
async fn answered(said: Said) -> StripeError {
    let account = Account::new().await;
    let served = Loopback::serve(Arc::new(Always(said, AtomicUsize::new(0)))).await;
    let once = RetryPolicy { retries: 0, ..quick() };
    let error = client(&served.url(), KEY, &account.breakers, once).plans().await.expect_err("it is no answer");
    keeps_quiet(&error);
    error
}

#[tokio::test]
async fn what_is_not_set_up_is_not_asked() {
    let account = Account::new().await;
    let settings = |base: &str, key: Option<&str>| StripeSettings { base: base.to_owned(), key: key.map(Secret::new) };
    let here = account.served.url();
    for settings in [
        StripeSettings::default(),
        settings(&here, None),
        settings(&here, Some(" \n")),
        settings(&here, Some("sk_test canary")),
        settings("http://stripe.example.test", Some(KEY)),
        settings("not an address", Some(KEY)),
    ] {
        let client = Stripe::new(&settings, Arc::clone(&account.breakers), quick(), Random::seeded(7));
        assert!(!client.is_configured(), "it says so before it is asked: {settings:?}");
        let error = client.create_customer("team_1", "Harbour", &key("customer-1")).await.expect_err("not set up");
        assert_eq!(error.code(), "stripe_not_configured", "{settings:?} is of no use");
        keeps_quiet(&error);
    }
    assert_eq!(account.requests(), 0, "nothing was sent");
    assert!(account.client.is_configured(), "the other one is of use");
}

#[tokio::test]
async fn nobody_is_followed_elsewhere() {
    let elsewhere = Arc::new(Always(Said::json(200, &serde_json::json!({})), AtomicUsize::new(0)));
    let other = Loopback::serve(Arc::clone(&elsewhere)).await;
    for status in [301, 302, 303, 307, 308] {
        let said = Said::text(status, "text/plain", "").header("location", format!("{}/v1/prices", other.url()));
        let error = answered(said).await;
        assert_eq!(error.code(), "stripe_not_understood", "{status} is no answer");
    }
    assert_eq!(elsewhere.1.load(Ordering::Relaxed), 0, "the secret key went nowhere else");
}

#[tokio::test]
async fn what_is_no_answer_of_stripe_is_not_taken_for_one() {
    for (body, why) in [
        ("", "nothing"),
        ("null", "no list"),
        ("[]", "no list either"),
        (r#"{"data":[{"id":"price_1"}],"has_more":false}"#, "no price"),
        (r#"{"data":[],"has_more":true}"#, "a list without end"),
        (r#"{"data":[{"id":"../x","currency":"usd","product":{}}],"has_more":false}"#, "no id"),
    ] {
        let error = answered(Said::text(200, "application/json", body)).await;
        assert_eq!(error.code(), "stripe_not_understood", "{why}: {body}");
    }
}

#[tokio::test]
async fn a_person_is_sent_to_nothing_but_a_page() {
    for url in ["javascript:alert(1)", "http://checkout.stripe.com/", "file:///etc/passwd", "/c/pay", ""] {
        let account = Account::new().await;
        let said = Said::json(200, &serde_json::json!({ "url": url }));
        let served = Loopback::serve(Arc::new(Always(said, AtomicUsize::new(0)))).await;
        let client = client(&served.url(), KEY, &account.breakers, quick());
        let error = client.portal("cus_1", "https://plane.example.test", &key("portal-1")).await.expect_err("no page");
        assert_eq!(error.code(), "stripe_not_understood", "{url:?} is none");
    }
}

#[tokio::test]
async fn a_key_that_may_not_is_refused_like_one_that_is_wrong() {
    let said = Said::json(403, &serde_json::json!({ "error": { "type": "invalid_request_error" } }));
    assert_eq!(answered(said).await, StripeError::KeyRefused { request_id: None }, "a restricted key may do little");
}

#[tokio::test]
async fn of_a_refusal_only_the_words_for_machines_are_kept() {
    let hostile = r#"{"error":{"type":"card\ncanary","code":"4242 4242","param":"<b>canary","message":"canary"}}"#;
    let said = Said::text(402, "application/json", hostile).header("request-id", "canary of example.test");
    let nothing = StripeError::Refused { status: 402, kind: None, code: None, param: None, request_id: None };
    assert_eq!(answered(said).await, nothing, "what is no word is not kept");
    let long = format!(r#"{{"error":{{"type":"{}","code":7}}}}"#, "x".repeat(10_000));
    assert_eq!(answered(Said::text(402, "application/json", &long)).await, nothing, "nor what is endless");
    assert_eq!(answered(Said::text(402, "text/html", "<p>canary")).await, nothing, "nor what is no JSON");
}

#[tokio::test]
async fn stripe_may_say_itself_whether_asking_again_helps() {
    for (status, word, requests) in [(500, "false", 1), (429, "false", 1), (400, "true", 4), (400, "maybe", 1)] {
        let account = Account::new().await;
        let said = Said::json(status, &serde_json::json!({})).header("stripe-should-retry", word);
        let always = Arc::new(Always(said, AtomicUsize::new(0)));
        let served = Loopback::serve(Arc::clone(&always)).await;
        client(&served.url(), KEY, &account.breakers, quick()).plans().await.expect_err("it is refused");
        assert_eq!(always.1.load(Ordering::Relaxed), requests, "{status} with {word}");
    }
}

#[tokio::test]
async fn whatever_the_network_does_has_a_name_in_time() {
    for (fault, code) in [
        (Fault::Reset, "stripe_unreachable"),
        (Fault::HalfOpen, "stripe_unreachable"),
        (Fault::AnswerLost, "stripe_unreachable"),
        (Fault::Truncated, "stripe_unreachable"),
        (Fault::Drip, "stripe_unreachable"),
        (Fault::Page, "stripe_not_understood"),
        (Fault::Flood, "stripe_not_understood"),
        (Fault::Storm(503), "stripe_failed"),
        (Fault::Storm(429), "stripe_limited"),
    ] {
        let account = Account::new().await;
        let proxy = FaultProxy::before(account.served.address()).await;
        proxy.set(fault);
        let once = RetryPolicy { retries: 0, ..quick() };
        let mut client = client(&proxy.url(), KEY, &account.breakers, once);
        client.attempt = Duration::from_millis(400);
        let ended = tokio::time::timeout(Duration::from_secs(10), client.plans()).await.expect("it ends by itself");
        let error = ended.expect_err("it went wrong");
        assert_eq!(error.code(), code, "{fault:?} gives {error:?}");
        keeps_quiet(&error);
    }
}

#[tokio::test]
async fn the_key_is_nowhere_to_be_seen() {
    let account = Account::new().await;
    let settings = StripeSettings { base: account.served.url(), key: Some(Secret::new(KEY)) };
    let shown = format!("{settings:?} {:?}", account.client);
    assert!(!shown.contains("canary"), "neither in the settings nor in the client: {shown}");
    account.client.plans().await.expect("plans");
    let asked = account.stripe.asked().remove(0);
    assert!(!asked.path.contains("canary") && !asked.query.contains("canary"), "nor in the address");
}
