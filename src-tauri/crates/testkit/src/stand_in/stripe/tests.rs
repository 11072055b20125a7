//! What the stand-in refuses, so that a client which passes it does what Stripe wants.

use super::{Stripe, VERSION};
use crate::{Asked, Said, Service as _, TurnedClock};
use serde_json::Value;
use std::sync::Arc;

const FORM: &str = "application/x-www-form-urlencoded";

struct Request<'a> {
    method: &'a str,
    path: &'a str,
    headers: &'a [(&'a str, &'a str)],
    body: &'a str,
}

async fn ask(stripe: &Arc<Stripe>, request: Request<'_>) -> (Said, Value) {
    let (path, query) = request.path.split_once('?').unwrap_or((request.path, ""));
    let asked = Asked {
        method: request.method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: request.headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: request.body.as_bytes().to_vec(),
        peer: ([127, 0, 0, 1], 1).into(),
    };
    let said = Arc::clone(stripe).answer(asked).await;
    let body = serde_json::from_slice(&said.body).expect("it answers in JSON");
    (said, body)
}

fn account() -> Arc<Stripe> {
    Arc::new(Stripe::new("sk_test_1", Arc::new(TurnedClock::default())))
}

const GOOD: [(&str, &str); 3] =
    [("authorization", "Bearer sk_test_1"), ("stripe-version", VERSION), ("content-type", FORM)];

async fn post(stripe: &Arc<Stripe>, path: &str, body: &str) -> (u16, Value) {
    let (said, body) = ask(stripe, Request { method: "POST", path, headers: &GOOD, body }).await;
    (said.status, body["error"].clone())
}

#[tokio::test]
async fn a_request_says_who_asks_in_which_version_and_how() {
    let stripe = account();
    for (leave_out, instead, status) in [
        ("authorization", None, 401),
        ("authorization", Some("Bearer sk_test_2"), 401),
        ("authorization", Some("sk_test_1"), 401),
        ("stripe-version", None, 400),
        ("stripe-version", Some("2019-01-01"), 400),
        ("content-type", None, 400),
        ("content-type", Some("application/json"), 400),
    ] {
        let mut headers: Vec<_> = GOOD.into_iter().filter(|(name, _)| *name != leave_out).collect();
        headers.extend(instead.map(|value| (leave_out, value)));
        let request = Request { method: "POST", path: "/v1/customers", headers: &headers, body: "" };
        let (said, body) = ask(&stripe, request).await;
        assert_eq!(said.status, status, "{leave_out} as {instead:?}");
        assert_eq!(body["error"]["type"], "invalid_request_error", "as Stripe says it");
        assert!(said.headers.iter().any(|(name, _)| name == "request-id"), "every answer has an id");
    }
    assert_eq!(stripe.counts(), (0, 0, 0), "nothing was made");
    assert_eq!(post(&stripe, "/v1/customers", "").await.0, 200, "with all of them it is");
}

#[tokio::test]
async fn fields_are_those_that_stripe_knows_and_needs() {
    let stripe = account();
    let whole = "mode=subscription&customer=cus_1&line_items[0][price]=price_1&line_items[0][quantity]=1&success_url=https://x.test";
    for (path, body, code) in [
        ("/v1/customers", "nmae=x", "parameter_unknown"),
        ("/v1/customers", "name=x&name=y", "parameter_invalid"),
        ("/v1/customers", "metadata=x", "parameter_unknown"),
        ("/v1/checkout/sessions", "", "parameter_missing"),
        ("/v1/checkout/sessions", "mode=", "parameter_missing"),
        ("/v1/checkout/sessions", whole, "resource_missing"),
        ("/v1/billing_portal/sessions", "return_url=https://x.test", "parameter_missing"),
        ("/v1/subscriptions/sub_1", "", "resource_missing"),
    ] {
        let (status, error) = post(&stripe, path, body).await;
        assert!(status == 400 || status == 404, "{path} with {body:?} is refused with {status}");
        assert_eq!(error["code"], code, "{path} with {body:?}");
    }
    for body in ["{\"name\":\"x\"}", "name=%zz", "name=%e9", "name"] {
        assert_eq!(post(&stripe, "/v1/customers", body).await.0, 400, "{body:?} is no form");
    }
    assert_eq!(stripe.counts(), (0, 0, 0), "nothing was made");
}

#[tokio::test]
async fn a_key_has_one_answer() {
    let stripe = account();
    let headers = [GOOD[0], GOOD[1], GOOD[2], ("idempotency-key", "key-0001")];
    let make =
        async |body| ask(&stripe, Request { method: "POST", path: "/v1/customers", headers: &headers, body }).await;
    let is_replayed =
        |said: &Said| said.headers.iter().any(|(name, value)| name == "idempotent-replayed" && value == "true");
    let (first, one) = make("name=x").await;
    let (second, other) = make("name=x").await;
    assert_eq!((one, stripe.counts().0), (other, 1), "the same answer, and one customer");
    assert_eq!((is_replayed(&first), is_replayed(&second)), (false, true), "the second says what it is");
    let (third, body) = make("name=y").await;
    assert_eq!((third.status, &body["error"]["type"]), (400, &"idempotency_error".into()), "another body is refused");
    assert_eq!(stripe.counts().0, 1, "and makes nothing");
}
