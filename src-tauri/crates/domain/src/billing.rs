//! Billing: what a plane charges for, what of it was used, and what can be changed about that.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What a plane charges us.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Billing {
    /// What can be subscribed to.
    pub plans: Vec<BillingPlan>,
    /// The tier that we have, in the words of the plane, e.g. `free`.
    pub tier: Option<String>,
    /// The subscription, if there is one.
    pub subscription: Option<Subscription>,
    /// What was used in this period.
    pub usage: Vec<UsageLine>,
    /// When the period began.
    pub period_from: Option<Timestamp>,
    /// When it ends.
    pub period_to: Option<Timestamp>,
    /// Why it is not told now what can be subscribed to; a stable code of the plane.
    #[serde(default)]
    pub trouble: Option<String>,
}

/// Something that can be subscribed to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct BillingPlan {
    /// The price to be named when it is subscribed to.
    pub price: String,
    /// What it is called.
    pub name: String,
    /// What it costs, in hundredths of its currency; `None` where its plane does not say.
    pub amount: Option<u64>,
    /// Its currency, three letters.
    pub currency: Option<String>,
    /// How often it is charged, e.g. `month`.
    pub interval: Option<String>,
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Subscription {
    /// How it stands, in the words of its plane, e.g. `active`.
    pub status: String,
    /// When what was paid for ends.
    pub ends_at: Option<Timestamp>,
    /// Whether it ends then for good.
    pub is_cancelled: bool,
}

/// How much was used of one thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct UsageLine {
    /// What, in the words of the plane, e.g. `api_calls`.
    pub metric: String,
    /// How much.
    pub used: f64,
    /// How much is allowed.
    pub limit: UsageLimit,
}

/// How much of something is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum UsageLimit {
    /// This much.
    AtMost {
        /// How much.
        amount: f64,
    },
    /// As much as one likes.
    Unlimited,
    /// The plane does not say.
    NotTold,
}

/// What an operator does about a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum BillingAct {
    /// Asks for the page where a plan is paid for.
    Checkout {
        /// The price.
        price: String,
    },
    /// Asks for the page where payments are looked after.
    Portal,
    /// Ends the subscription.
    Cancel {
        /// Now, and not at the end of what was paid for.
        at_once: bool,
    },
    /// Takes the cancellation back.
    Resume,
}
