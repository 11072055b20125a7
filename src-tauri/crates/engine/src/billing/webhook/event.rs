//! What an event says, as far as subscriptions are concerned.

use crate::billing::subscribed::{Reference, Subscribed, Told, is_id, is_word, moment};
use domain::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// An event of Stripe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id, `evt_…`: the same whenever it is told again.
    pub id: String,
    /// Its type, e.g. `invoice.paid`.
    pub kind: String,
    /// When it happened; whole seconds.
    pub created: Timestamp,
    /// What happened.
    pub news: News,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// A customer has been through the page where a price is paid for.
    CheckedOut {
        /// Who.
        customer: String,
        /// The subscription that came of it.
        subscription: String,
        /// Whether it is paid for; some ways of paying take days.
        is_paid: bool,
    },
    /// There is a new subscription.
    Made(Subscribed),
    /// A subscription is not as it was.
    Changed(Subscribed),
    /// A subscription has ended.
    Ended(Subscribed),
    /// An invoice was paid.
    Paid {
        /// Whose.
        customer: String,
        /// What for, if for a subscription.
        subscription: Option<String>,
    },
    /// An invoice could not be paid. Stripe may try again.
    PaymentFailed {
        /// Whose.
        customer: String,
        /// What for, if for a subscription.
        subscription: Option<String>,
    },
    /// Something that does not concern subscriptions. It is to be acknowledged, or Stripe tells it for days.
    Other,
}

impl News {
    /// Whom it is about, if about subscriptions.
    pub fn customer(&self) -> Option<&str> {
        match self {
            Self::CheckedOut { customer, .. } | Self::Paid { customer, .. } | Self::PaymentFailed { customer, .. } => {
                Some(customer)
            }
            Self::Made(one) | Self::Changed(one) | Self::Ended(one) => Some(&one.customer),
            Self::Other => None,
        }
    }
}

#[derive(Deserialize)]
struct Whole {
    id: String,
    object: String,
    #[serde(rename = "type")]
    kind: String,
    created: i64,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Value,
}

#[derive(Deserialize)]
struct Session {
    mode: String,
    payment_status: String,
    customer: Option<Reference>,
    subscription: Option<Reference>,
}

/// An invoice. What it is for has moved; an endpoint may still have a version of the API in which it had not.
#[derive(Deserialize)]
struct Invoice {
    customer: Option<Reference>,
    subscription: Option<Reference>,
    parent: Option<Parent>,
}

#[derive(Deserialize)]
struct Parent {
    subscription_details: Option<SubscriptionDetails>,
}

#[derive(Deserialize)]
struct SubscriptionDetails {
    subscription: Option<Reference>,
}

/// Reads an event whose signature is good; none if it is not as the API says.
pub(super) fn read(payload: &[u8]) -> Option<Event> {
    let Whole { id, object, kind, created, data } = serde_json::from_slice(payload).ok()?;
    if object != "event" || !is_id(&id) || !is_word(&kind) {
        return None;
    }
    let news = match kind.as_str() {
        "checkout.session.completed" => checked_out(told(data)?)?,
        "customer.subscription.created" => News::Made(told::<Told>(data)?.read()?),
        "customer.subscription.updated" => News::Changed(told::<Told>(data)?.read()?),
        "customer.subscription.deleted" => News::Ended(told::<Told>(data)?.read()?),
        "invoice.paid" => {
            let (customer, subscription) = invoiced(told(data)?)?;
            News::Paid { customer, subscription }
        }
        "invoice.payment_failed" => {
            let (customer, subscription) = invoiced(told(data)?)?;
            News::PaymentFailed { customer, subscription }
        }
        _ => News::Other,
    };
    Some(Event { id, kind, created: moment(created), news })
}

fn told<T: DeserializeOwned>(data: Data) -> Option<T> {
    serde_json::from_value(data.object).ok()
}

fn checked_out(Session { mode, payment_status, customer, subscription }: Session) -> Option<News> {
    // One can also pay once, or leave a card, on such a page.
    if mode != "subscription" {
        return Some(News::Other);
    }
    Some(News::CheckedOut {
        customer: customer?.id()?,
        subscription: subscription?.id()?,
        is_paid: matches!(payment_status.as_str(), "paid" | "no_payment_required"),
    })
}

fn invoiced(Invoice { customer, subscription, parent }: Invoice) -> Option<(String, Option<String>)> {
    let details = parent.and_then(|parent| parent.subscription_details);
    let subscription = details.and_then(|details| details.subscription).or(subscription);
    let subscription = match subscription {
        Some(reference) => Some(reference.id()?),
        None => None,
    };
    Some((customer?.id()?, subscription))
}
