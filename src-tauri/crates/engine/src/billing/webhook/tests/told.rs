//! What Stripe tells, from the checkout to the end.

use super::{
    super::{Event, News, WebhookError, receive},
    NOW, SECRET, later, secret,
};
use crate::billing::Subscribed;
use domain::{Clock as _, Timestamp};
use futures::future::BoxFuture;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use testkit::{Asked, Loopback, Said, Service, TurnedClock, stand_in::Stripe};

/// An address of ours, at which events are taken.
struct Endpoint {
    clock: Arc<TurnedClock>,
    taken: Mutex<Vec<Result<Event, WebhookError>>>,
}

impl Service for Endpoint {
    fn answer(self: Arc<Self>, asked: Asked) -> BoxFuture<'static, Said> {
        let header = asked.header("stripe-signature").unwrap_or_default();
        let taken = receive(&secret(), header, &asked.body, self.clock.now());
        let status = if taken.is_ok() { 200 } else { 400 };
        self.taken.lock().push(taken);
        Box::pin(std::future::ready(Said::json(status, &json!({}))))
    }
}

fn signed(event: &Value) -> Result<Event, WebhookError> {
    let body = event.to_string();
    receive(&secret(), &Stripe::sign(SECRET, body.as_bytes(), NOW), body.as_bytes(), later(0))
}

fn event(kind: &str, object: &Value) -> Value {
    json!({ "id": "evt_1", "object": "event", "type": kind, "created": NOW, "data": { "object": object } })
}

/// A call to the stand-in that is none of the client's, since what is tested here is the way back.
async fn call(stripe: &Arc<Stripe>, method: &str, path: &str, form: &str) -> Value {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let asked = Asked {
        method: method.to_owned(),
        path: path.to_owned(),
        query: String::new(),
        headers: vec![
            header("authorization", "Bearer sk_test_1"),
            header("stripe-version", "2025-08-27.basil"),
            header("content-type", "application/x-www-form-urlencoded"),
        ],
        body: form.as_bytes().to_vec(),
        peer: ([127, 0, 0, 1], 1).into(),
    };
    let said = Arc::clone(stripe).answer(asked).await;
    assert_eq!(said.status, 200, "the stand-in does it: {}", String::from_utf8_lossy(&said.body));
    serde_json::from_slice(&said.body).expect("it answers in JSON")
}

#[tokio::test]
async fn what_happens_to_a_subscription_is_told_from_its_beginning_to_its_end() {
    let clock = Arc::new(TurnedClock::default());
    let stripe = Arc::new(Stripe::new("sk_test_1", clock.clone()));
    let endpoint = Arc::new(Endpoint { clock: clock.clone(), taken: Mutex::default() });
    let served = Loopback::serve(Arc::clone(&endpoint)).await;
    let news = async || {
        let answered = stripe.tell(&served.url(), SECRET).await;
        assert!(answered.iter().all(|status| *status == 200), "each is taken: {answered:?}");
        let taken = std::mem::take(&mut *endpoint.taken.lock());
        taken.into_iter().map(|event| event.expect("it is good")).collect::<Vec<_>>()
    };

    let price = stripe.offer("Pro", 2900, "usd");
    let made = call(&stripe, "POST", "/v1/customers", "").await;
    let customer = made["id"].as_str().expect("a customer").to_owned();
    let form = format!(
        "mode=subscription&customer={customer}&line_items[0][price]={price}&line_items[0][quantity]=1&success_url=https://x.test"
    );
    let session = call(&stripe, "POST", "/v1/checkout/sessions", &form).await;
    let id = stripe.pay(session["id"].as_str().expect("a session"));

    let begun = news().await;
    assert!(begun.iter().all(|event| event.created == clock.now()), "each says when it happened: {begun:?}");
    let mut ids: Vec<_> = begun.iter().map(|event| event.id.as_str()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 3, "each has an id of its own");
    let (paid, out, new) = (&begun[0], &begun[1], &begun[2]);
    let for_it = Some(id.clone());
    assert_eq!(paid.news, News::Paid { customer: customer.clone(), subscription: for_it.clone() }, "it is paid");
    let wanted = News::CheckedOut { customer: customer.clone(), subscription: id.clone(), is_paid: true };
    assert_eq!((out.kind.as_str(), &out.news), ("checkout.session.completed", &wanted), "the page is done");
    let News::Made(Subscribed { subscription, price: of, .. }) = &new.news else { panic!("not {new:?}") };
    assert_eq!((subscription.status.as_str(), of.as_deref()), ("active", Some(price.as_str())), "it goes on");

    clock.advance(Duration::from_hours(1));
    stripe.fail_payment(&id);
    call(&stripe, "POST", &format!("/v1/subscriptions/{id}"), "cancel_at_period_end=true").await;
    call(&stripe, "DELETE", &format!("/v1/subscriptions/{id}"), "").await;
    let ended = news().await;
    assert!(ended.iter().all(|event| event.created > out.created), "what is later says so");
    let stands = |event: &Event| match &event.news {
        News::Changed(one) => format!("changed {} {}", one.subscription.status, one.subscription.is_cancelled),
        News::Ended(one) => format!("ended {} {}", one.subscription.status, one.is_over()),
        News::PaymentFailed { customer: of, subscription } => {
            assert_eq!((of, subscription), (&customer, &for_it), "it names both");
            "failed".to_owned()
        }
        other => format!("{other:?}"),
    };
    let wanted = ["changed past_due false", "failed", "changed past_due true", "ended canceled true"];
    assert_eq!(ended.iter().map(stands).collect::<Vec<_>>(), wanted, "in the words of Stripe");
}

#[tokio::test]
async fn what_is_not_taken_is_told_again() {
    let clock = Arc::new(TurnedClock::default());
    let stripe = Stripe::new("sk_test_1", clock.clone());
    let endpoint = Arc::new(Endpoint { clock, taken: Mutex::default() });
    let served = Loopback::serve(Arc::clone(&endpoint)).await;
    let stripe = Arc::new(stripe);
    let price = stripe.offer("Pro", 2900, "usd");
    let customer = call(&stripe, "POST", "/v1/customers", "").await;
    let form = format!(
        "mode=subscription&customer={}&line_items[0][price]={price}&line_items[0][quantity]=1&success_url=https://x.test",
        customer["id"].as_str().expect("a customer")
    );
    let session = call(&stripe, "POST", "/v1/checkout/sessions", &form).await;
    stripe.pay(session["id"].as_str().expect("a session"));
    assert_eq!(stripe.tell(&served.url(), "whsec_other").await, [400, 400, 400], "another secret is refused");
    assert_eq!(stripe.tell(&served.url(), SECRET).await, [200, 200, 200], "the same events come again");
    assert!(stripe.tell(&served.url(), SECRET).await.is_empty(), "until they are taken");
}

#[test]
fn what_does_not_concern_subscriptions_is_acknowledged() {
    for (kind, object) in [
        ("charge.refunded", json!({ "customer": 7 })),
        ("customer.subscription.trial_will_end", json!({})),
        ("checkout.session.completed", json!({ "mode": "payment", "payment_status": "paid", "customer": null })),
        ("checkout.session.completed", json!({ "mode": "setup", "payment_status": "no_payment_required" })),
        ("v2.core.whatever", json!([])),
    ] {
        assert_eq!(signed(&event(kind, &object)).expect("it is good").news, News::Other, "{kind} leads to nothing");
    }
}

#[test]
fn an_invoice_says_what_it_is_for_in_every_version() {
    let customer = || "cus_1".to_owned();
    for (object, subscription) in [
        (json!({ "customer": "cus_1", "subscription": "sub_1" }), Some("sub_1".to_owned())),
        (json!({ "customer": {"id": "cus_1"}, "parent": null }), None),
        (json!({ "customer": "cus_1", "parent": { "subscription_details": null } }), None),
        (
            json!({ "customer": "cus_1", "parent": { "subscription_details": { "subscription": { "id": "sub_2" } } } }),
            Some("sub_2".to_owned()),
        ),
    ] {
        let told = signed(&event("invoice.paid", &object)).expect("it is good");
        assert_eq!(told.news, News::Paid { customer: customer(), subscription }, "{object}");
    }
}

#[test]
fn what_is_not_as_the_api_says_is_not_understood() {
    let checkout = |object: Value| event("checkout.session.completed", &object);
    let mut thin = event("charge.refunded", &json!({}));
    thin["object"] = "v2.core.event".into();
    let mut nameless = event("charge.refunded", &json!({}));
    nameless["id"] = "evt_1\nforged".into();
    let mut odd = event("charge.refunded", &json!({}));
    odd["type"] = "<script>".into();
    for bad in [
        thin,
        nameless,
        odd,
        json!(null),
        json!([]),
        json!({ "id": "evt_1" }),
        checkout(json!({ "mode": "subscription", "payment_status": "paid", "customer": "cus_1" })),
        checkout(
            json!({ "mode": "subscription", "payment_status": "paid", "customer": null, "subscription": "sub_1" }),
        ),
        event("customer.subscription.updated", &json!({ "id": "sub_1" })),
        event("invoice.paid", &json!({ "customer": null })),
        event("invoice.payment_failed", &json!({ "customer": "cus_1", "subscription": "../x" })),
    ] {
        assert_eq!(signed(&bad), Err(WebhookError::NotUnderstood), "{bad}");
    }
    let deep = "[".repeat(100_000);
    let taken = receive(&secret(), &Stripe::sign(SECRET, deep.as_bytes(), NOW), deep.as_bytes(), later(0));
    assert_eq!(taken, Err(WebhookError::NotUnderstood), "nor what is deep without end");
}

#[test]
fn a_moment_is_the_one_that_stripe_says() {
    let told = signed(&event("charge.refunded", &json!({}))).expect("it is good");
    assert_eq!(
        (told.kind.as_str(), told.created),
        ("charge.refunded", Timestamp::from_millis(NOW * 1000)),
        "in seconds"
    );
}
