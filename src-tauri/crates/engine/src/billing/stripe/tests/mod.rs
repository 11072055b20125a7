//! The client against a stand-in of Stripe on loopback, well and badly.

mod acts;
mod reads;
mod trouble;
mod way;

use super::{Returns, Stripe, StripeError, StripeSettings};
use crate::tools::breakers::BreakerSet;
use domain::Secret;
use reliability::{Random, idempotency::IdempotencyKey, retry::RetryPolicy};
use std::{sync::Arc, time::Duration};
use testkit::{Loopback, TurnedClock, stand_in};

const KEY: &str = "sk_test_canary_51HxKeyThatMustNotShow";

/// An account at Stripe, and a client of it.
struct Account {
    stripe: Arc<stand_in::Stripe>,
    served: Loopback,
    client: Stripe,
    breakers: Arc<BreakerSet>,
}

impl Account {
    async fn new() -> Self {
        let clock = Arc::new(TurnedClock::default());
        let stripe = Arc::new(stand_in::Stripe::new(KEY, clock.clone()));
        let served = Loopback::serve(Arc::clone(&stripe)).await;
        let breakers = Arc::new(BreakerSet::new(clock));
        let client = client(&served.url(), KEY, &breakers, quick());
        Self { stripe, served, client, breakers }
    }

    /// A customer with a subscription to a price, and the ids of all three.
    async fn subscribed(&self) -> (String, String, String) {
        let price = self.stripe.offer("Pro", 2900, "usd");
        let customer = self.client.create_customer("team_1", "Harbour", &key("customer-1")).await.expect("a customer");
        let page = self.client.checkout(&customer, &price, &returns(), &key("checkout-1")).await.expect("a page");
        let subscription = self.stripe.pay(page.rsplit('/').next().expect("the page names its session"));
        (customer, price, subscription)
    }

    fn requests(&self) -> usize {
        self.stripe.asked().len()
    }
}

fn client(base: &str, secret: &str, breakers: &Arc<BreakerSet>, policy: RetryPolicy) -> Stripe {
    let settings = StripeSettings { base: base.to_owned(), key: Some(Secret::new(secret)) };
    Stripe::new(&settings, Arc::clone(breakers), policy, Random::seeded(7))
}

/// Three retries that nobody waits for.
fn quick() -> RetryPolicy {
    RetryPolicy { base: Duration::from_millis(1), cap: Duration::from_millis(2), ..RetryPolicy::http() }
}

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::accept(text).expect("it is a key")
}

fn returns() -> Returns {
    Returns {
        paid: "https://plane.example.test/billing?paid={CHECKOUT_SESSION_ID}".to_owned(),
        turned_back: "https://plane.example.test/billing".to_owned(),
        looked_after: "https://plane.example.test/teams".to_owned(),
    }
}

/// Nothing that is secret, or that belongs to a customer, is in the error.
fn keeps_quiet(error: &StripeError) {
    let told = format!("{error} {error:?} {} {}", error.code(), error.remedy());
    for hidden in [KEY, "canary", "4242", "example.test", "sk_test"] {
        assert!(!told.contains(hidden), "{hidden:?} is not told: {told}");
    }
}
