//! The account at Stripe as this plane uses it.

use super::{
    stripe::{Returns, Stripe, StripeError, StripeSettings},
    subscribed::current,
};
use crate::{store::ledger::Subscribed, tools::breakers::BreakerSet};
use domain::Secret;
use reliability::{Random, retry::RetryPolicy};
use std::sync::Arc;
use tokio::sync::{Mutex, MutexGuard};

/// What this plane needs to be paid through Stripe.
#[derive(Debug, Clone)]
pub struct BillingSettings {
    /// How Stripe is reached.
    pub stripe: StripeSettings,
    /// What proves that an event comes from Stripe, `whsec_…`.
    pub webhook_secret: Secret,
    /// Where people are sent back to.
    pub returns: Returns,
}

/// The account at Stripe.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) stripe: Stripe,
    pub(crate) webhook_secret: Secret,
    pub(crate) returns: Returns,
    turn: Mutex<()>,
}

impl Account {
    pub(crate) fn new(settings: &BillingSettings, breakers: Arc<BreakerSet>) -> Self {
        Self {
            stripe: Stripe::new(&settings.stripe, breakers, RetryPolicy::http(), Random::from_os()),
            webhook_secret: settings.webhook_secret.clone(),
            returns: settings.returns.clone(),
            turn: Mutex::new(()),
        }
    }

    /// Waits until nobody else asks how a subscription stands and keeps it. Without that, an answer that was given earlier
    /// could be kept later.
    pub(crate) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// The subscription of a customer that counts, as Stripe tells it now.
    pub(crate) async fn current(&self, customer: &str) -> Result<Option<Subscribed>, StripeError> {
        let all = self.stripe.subscriptions(customer).await?;
        Ok(current(&all).cloned().map(|one| Subscribed {
            id: one.id,
            price: one.price,
            subscription: one.subscription,
            period_from: one.period_from,
            period_to: one.period_to,
        }))
    }
}
