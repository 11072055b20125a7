//! What is read from Stripe: plans, subscriptions, and the picture that both make.

use super::{Stripe, StripeError, call::Call, id, lacks, prices::Price};
use crate::billing::subscribed::{Subscribed, Told, current, is_id};
use domain::{Billing, BillingPlan};
use serde::{Deserialize, de::DeserializeOwned};

/// Most that Stripe gives at once.
const PAGE: &str = "100";
/// Most pages of a list that are read.
const MOST_PAGES: usize = 10;

/// A page of a list.
#[derive(Deserialize)]
struct Page<T> {
    data: Vec<T>,
    has_more: bool,
}

impl Stripe {
    /// What can be subscribed to: the active prices that recur, of active products, in the order of Stripe. At most the
    /// first 1,000 prices are looked at.
    pub async fn plans(&self) -> Result<Vec<BillingPlan>, StripeError> {
        let fields = [("active", "true"), ("type", "recurring"), ("expand[]", "data.product")];
        let prices = self.list("prices", &fields, |price: &Price| &price.id).await?;
        Ok(prices.into_iter().filter_map(Price::plan).collect())
    }

    /// One subscription, whether it goes on or not.
    pub async fn subscription(&self, subscription: &str) -> Result<Subscribed, StripeError> {
        let told = self.ask(Call::get(vec!["subscriptions", id("subscription", subscription)?])).await?;
        read(told)
    }

    /// Every subscription of a customer, those that are over included, the newest first. At most the newest 1,000 are read.
    pub async fn subscriptions(&self, customer: &str) -> Result<Vec<Subscribed>, StripeError> {
        let fields = [("customer", id("customer", customer)?), ("status", "all")];
        let told = self.list("subscriptions", &fields, Told::id).await?;
        told.into_iter().map(read).collect()
    }

    /// What a customer is charged, or what somebody could be who is no customer yet. What was used is not known to Stripe.
    pub async fn billing(&self, customer: Option<&str>) -> Result<Billing, StripeError> {
        let subscriptions = async {
            match customer {
                Some(customer) => self.subscriptions(customer).await,
                None => Ok(Vec::new()),
            }
        };
        let (plans, subscriptions) = futures::try_join!(self.plans(), subscriptions)?;
        let Some(current) = current(&subscriptions) else { return Ok(Billing { plans, ..Billing::default() }) };
        let price = current.price.as_deref().filter(|_| !current.is_over());
        let name = |price: &str| plans.iter().find(|plan| plan.price == price).map(|plan| plan.name.clone());
        Ok(Billing {
            tier: price.map(|price| name(price).unwrap_or_else(|| price.to_owned())),
            subscription: Some(current.subscription.clone()),
            period_from: current.period_from,
            period_to: current.period_to,
            plans,
            usage: Vec::new(),
            trouble: None,
        })
    }

    async fn list<T: DeserializeOwned>(
        &self,
        kind: &'static str,
        fields: &[(&'static str, &str)],
        id: impl Fn(&T) -> &String,
    ) -> Result<Vec<T>, StripeError> {
        let mut all: Vec<T> = Vec::new();
        for _ in 0..MOST_PAGES {
            let mut call = Call::get(vec![kind]).field("limit", PAGE);
            for (name, value) in fields {
                call = call.field(name, *value);
            }
            if let Some(last) = all.last().map(&id) {
                call = call.field("starting_after", last);
            }
            let Page { data, has_more } = self.ask::<Page<T>>(call).await?;
            if data.iter().any(|one| !is_id(id(one))) || (has_more && data.is_empty()) {
                return Err(lacks("the list has no ids to go on from"));
            }
            all.extend(data);
            if !has_more {
                return Ok(all);
            }
        }
        tracing::warn!(kind, read = all.len(), "the list at Stripe is longer than is read");
        Ok(all)
    }
}

/// The subscription in an answer.
pub(super) fn read(told: Told) -> Result<Subscribed, StripeError> {
    told.read().ok_or_else(|| lacks("it has no subscription that makes sense"))
}
