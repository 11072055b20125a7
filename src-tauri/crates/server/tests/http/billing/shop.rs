//! A plane that is paid through a stand-in of Stripe, and what people and Stripe do there.

use crate::plane::{Plane, Said};
use domain::{AuditOutcome, Secret, SystemClock};
use engine::{
    accounts::HOME,
    billing::{
        BillingSettings,
        stripe::{Returns, StripeSettings},
    },
};
use futures::future::BoxFuture;
use serde_json::{Value, json};
use server::ServerConfig;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use testkit::{Asked, Loopback, Service, stand_in::Stripe};
use tokio::sync::Notify;

pub(super) const KEY: &str = "sk_test_canary_51HxKeyThatMustNotShow";
pub(super) const SIGNING: &str = "whsec_canary_SecretThatMustNotShow";
pub(super) const WEBHOOK: &str = "/api/v1/webhooks/stripe";

/// A plane that is paid through an account at Stripe.
pub(super) struct Shop {
    pub(super) plane: Plane,
    pub(super) stripe: Arc<Stripe>,
    pub(super) door: Arc<Door>,
    pub(super) price: String,
    _served: Loopback,
}

impl Shop {
    /// One whose tests may tell it more than ten events in a second.
    pub(super) async fn open() -> Self {
        Self::limited(1_000_000).await
    }

    pub(super) async fn limited(webhooks: u32) -> Self {
        let stripe = Arc::new(Stripe::new(KEY, Arc::new(SystemClock)));
        let door = Arc::new(Door::before(Arc::clone(&stripe)));
        let served = Loopback::serve(Arc::clone(&door)).await;
        let price = stripe.offer("Pro", 2900, "usd");
        let page = |name: &str| format!("https://plane.example.test/{name}");
        let settings = BillingSettings {
            stripe: StripeSettings { base: served.url(), key: Some(Secret::new(KEY)) },
            webhook_secret: Secret::new(SIGNING),
            returns: Returns { paid: page("paid"), turned_back: page("back"), looked_after: page("after") },
        };
        let limits = |mut config: ServerConfig| {
            config.limits.webhooks.limit = webhooks;
            config
        };
        let plane = Plane::start_with_both(|config| config.billing = Some(settings), limits).await;
        Self { plane, stripe, door, price, _served: served }
    }

    pub(super) async fn act(&self, act: &str, body: &Value) -> Said {
        self.plane.post(&format!("/api/v1/teams/{HOME}/billing/{act}"), body).await
    }

    pub(super) async fn checkout(&self) -> Said {
        self.act("checkout", &json!({ "price": self.price })).await
    }

    pub(super) async fn bill(&self) -> Value {
        bill(&self.plane).await.json["data"].clone()
    }

    /// Goes the whole way to a subscription, and says its id.
    pub(super) async fn subscribed(&self) -> String {
        let subscription = self.stripe.pay(&session(&self.checkout().await));
        let told = self.stripe.tell(&self.plane.url(WEBHOOK), SIGNING).await;
        assert_eq!(told, [200, 200, 200], "every event is taken");
        subscription
    }

    /// Posts an event as Stripe signs it now.
    pub(super) async fn tell(&self, event: &Value) -> Said {
        let body = event.to_string();
        self.post(&body, &Stripe::sign(SIGNING, body.as_bytes(), seconds())).await
    }

    pub(super) async fn post(&self, body: &str, signature: &str) -> Said {
        let request = self.plane.bare("POST", WEBHOOK).header("stripe-signature", signature);
        Said::of(request.body(body.to_owned())).await
    }

    /// Waits until the audit has refusals of this operation with these codes.
    pub(super) async fn refused(&self, operation: &str, codes: &[&str]) {
        let recorded = async {
            loop {
                let entries = self.plane.engine.audit_after(0, 1_000).await.expect("the audit is read");
                let has = |code: &&str| {
                    let refused = AuditOutcome::Refused { code: (*code).to_owned() };
                    entries.iter().any(|entry| entry.act == operation && entry.outcome == refused)
                };
                if codes.iter().all(has) {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        let recorded = tokio::time::timeout(crate::plane::PATIENCE, recorded).await;
        assert!(recorded.is_ok(), "{operation} was refused with {codes:?}, as the audit says");
    }

    /// Acts in the audit of the team, newest first.
    pub(super) async fn acts(&self) -> Vec<String> {
        let audit = self.plane.get(&format!("/api/v1/audit?team={HOME}&limit=1000")).await;
        let items = audit.json["data"]["items"].as_array().cloned().unwrap_or_default();
        items.iter().filter_map(|entry| entry["act"].as_str().map(str::to_owned)).collect()
    }
}

pub(super) async fn bill(plane: &Plane) -> Said {
    plane.get(&format!("/api/v1/teams/{HOME}/billing")).await
}

/// The session behind the page of a checkout.
pub(super) fn session(opened: &Said) -> String {
    assert_eq!(opened.status, 200, "the page is opened: {}", opened.text);
    let page = opened.json["data"]["page"].as_str().expect("a page");
    page.rsplit('/').next().expect("the page names its session").to_owned()
}

pub(super) fn seconds() -> i64 {
    domain::Clock::now(&SystemClock).as_millis() / 1000
}

/// An event about a customer that happened at this second.
pub(super) fn event(id: &str, customer: &str, created: i64) -> Value {
    json!({
        "id": id, "object": "event", "type": "invoice.payment_failed", "created": created,
        "data": {"object": {"customer": customer}},
    })
}

/// The id of the only customer, as the plane told Stripe.
pub(super) fn customer(shop: &Shop) -> String {
    let asked = shop.stripe.asked().into_iter().rev();
    let query = asked.map(|asked| asked.query).find(|query| query.contains("customer=")).expect("it was asked about");
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(name, _)| *name == "customer").expect("a customer").1.to_owned()
}

/// Stands before Stripe, and can keep one answer back.
pub(super) struct Door {
    stripe: Arc<Stripe>,
    holds: AtomicBool,
    held: Notify,
    go: Notify,
}

impl Door {
    fn before(stripe: Arc<Stripe>) -> Self {
        Self { stripe, holds: AtomicBool::default(), held: Notify::new(), go: Notify::new() }
    }

    /// Keeps back the next answer that says which subscriptions there are, as they are when it is asked for.
    pub(super) fn hold(&self) {
        self.holds.store(true, Ordering::SeqCst);
    }

    /// Waits until there is an answer that is kept back.
    pub(super) async fn held(&self) {
        self.held.notified().await;
    }

    /// Lets it go.
    pub(super) fn release(&self) {
        self.go.notify_one();
    }
}

impl Service for Door {
    fn answer(self: Arc<Self>, asked: Asked) -> BoxFuture<'static, testkit::Said> {
        let lists = asked.method == "GET" && asked.path.ends_with("/subscriptions");
        let said = Arc::clone(&self.stripe).answer(asked);
        Box::pin(async move {
            let said = said.await;
            if lists && self.holds.swap(false, Ordering::SeqCst) {
                self.held.notify_one();
                self.go.notified().await;
            }
            said
        })
    }
}
