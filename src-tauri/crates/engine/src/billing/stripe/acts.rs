//! What is changed at Stripe. An act takes the idempotency key of its caller: the same key for the same act, however often
//! it is asked for, and a new one for the next act of its kind. A key that was used before has the answer that it had then,
//! which need no longer be how things stand. Only an end at once takes none, since nothing can end twice.

use super::{Stripe, StripeError, call::Call, id, lacks, reads::read};
use crate::{
    billing::subscribed::{Subscribed, current, is_id},
    idempotency::hex,
};
use domain::BillingAct;
use reliability::idempotency::IdempotencyKey;
use reqwest::Url;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// Where the pages of Stripe send a person back to; `https://` addresses of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returns {
    /// After paying.
    pub paid: String,
    /// After turning back without paying.
    pub turned_back: String,
    /// From the page where payments are looked after.
    pub looked_after: String,
}

#[derive(Deserialize)]
struct Made {
    id: String,
}

#[derive(Deserialize)]
struct Opened {
    url: Option<String>,
}

impl Stripe {
    /// Makes a customer for a team, and says its id. The team is found again in the metadata of the customer.
    pub async fn create_customer(&self, team: &str, name: &str, key: &IdempotencyKey) -> Result<String, StripeError> {
        let call = Call::post(vec!["customers"], key).field("metadata[team]", team).field("name", name);
        let Made { id } = self.ask(call).await?;
        if is_id(&id) { Ok(id) } else { Err(lacks("it names no customer")) }
    }

    /// Opens the page where a customer pays for a price, and says its address.
    pub async fn checkout(
        &self,
        customer: &str,
        price: &str,
        returns: &Returns,
        key: &IdempotencyKey,
    ) -> Result<String, StripeError> {
        let call = Call::post(vec!["checkout", "sessions"], key)
            .field("mode", "subscription")
            .field("customer", id("customer", customer)?)
            .field("line_items[0][price]", id("price", price)?)
            .field("line_items[0][quantity]", "1")
            .field("success_url", &returns.paid)
            .field("cancel_url", &returns.turned_back);
        page(self.ask(call).await?)
    }

    /// Opens the page where a customer looks after payments, and says its address.
    pub async fn portal(&self, customer: &str, back: &str, key: &IdempotencyKey) -> Result<String, StripeError> {
        let call = Call::post(vec!["billing_portal", "sessions"], key)
            .field("customer", id("customer", customer)?)
            .field("return_url", back);
        page(self.ask(call).await?)
    }

    /// Lets a subscription end with the period that is paid for.
    pub async fn cancel_at_period_end(
        &self,
        subscription: &str,
        key: &IdempotencyKey,
    ) -> Result<Subscribed, StripeError> {
        self.change(subscription, key, "cancel_at_period_end", "true").await
    }

    /// Ends a subscription now. One that has ended already is told as it is.
    pub async fn cancel_at_once(&self, subscription: &str) -> Result<Subscribed, StripeError> {
        let call = Call::delete(vec!["subscriptions", id("subscription", subscription)?]);
        match self.ask(call).await {
            Ok(told) => read(told),
            // Either there never was one, or it has ended, perhaps through an attempt whose answer was lost.
            Err(StripeError::Refused { status: 404, .. }) => self.subscription(subscription).await,
            Err(error) => Err(error),
        }
    }

    /// Takes back that a subscription was to end.
    pub async fn resume(&self, subscription: &str, key: &IdempotencyKey) -> Result<Subscribed, StripeError> {
        let resumed = self.change(subscription, key, "cancel_at_period_end", "false").await?;
        if !resumed.subscription.is_cancelled || resumed.is_over() {
            return Ok(resumed);
        }
        // It was cancelled on the portal, which may set a date and not the mark. Both cannot be changed in one request, and a
        // key belongs to one request.
        let key = hex(&Sha256::digest(format!("{} cancel_at", key.as_str())));
        let key = IdempotencyKey::accept(&key).map_err(|_| lacks("it leaves no key to go on with"))?;
        self.change(subscription, &key, "cancel_at", "").await
    }

    /// Does what an operator wants done for a customer. Answers the address of the page on which a person goes on, where
    /// there is one.
    pub async fn act(
        &self,
        customer: &str,
        act: &BillingAct,
        returns: &Returns,
        key: &IdempotencyKey,
    ) -> Result<Option<String>, StripeError> {
        match act {
            BillingAct::Checkout { price } => self.checkout(customer, price.trim(), returns, key).await.map(Some),
            BillingAct::Portal => self.portal(customer, &returns.looked_after, key).await.map(Some),
            BillingAct::Cancel { at_once: true } => {
                self.cancel_at_once(&self.going_on(customer).await?).await.map(|_| None)
            }
            BillingAct::Cancel { at_once: false } => {
                self.cancel_at_period_end(&self.going_on(customer).await?, key).await.map(|_| None)
            }
            BillingAct::Resume => self.resume(&self.going_on(customer).await?, key).await.map(|_| None),
        }
    }

    /// The subscription of a customer that goes on.
    async fn going_on(&self, customer: &str) -> Result<String, StripeError> {
        let all = self.subscriptions(customer).await?;
        let current = current(&all).filter(|one| !one.is_over()).ok_or(StripeError::NoSubscription)?;
        Ok(current.id.clone())
    }

    async fn change(
        &self,
        subscription: &str,
        key: &IdempotencyKey,
        name: &'static str,
        value: &str,
    ) -> Result<Subscribed, StripeError> {
        let call = Call::post(vec!["subscriptions", id("subscription", subscription)?], key).field(name, value);
        read(self.ask(call).await?)
    }
}

/// The page of Stripe that was opened. A person is sent there, so it must be nothing but a page.
fn page(opened: Opened) -> Result<String, StripeError> {
    let is_page = |url: &String| Url::parse(url).is_ok_and(|url| url.scheme() == "https");
    opened.url.filter(is_page).ok_or_else(|| lacks("it has no page to go on to"))
}
