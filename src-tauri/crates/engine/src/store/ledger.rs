//! The port to what is durable about money: what teams used, which of them are customers, and what was told of their
//! subscriptions. Each writing call is one atomic change together with its entry in the audit.

use crate::{Error, accounts::Deed, billing::is_over, engine::Act};
use domain::{CorrelationId, ProviderUsage, Subscription, TeamId, Timestamp};

/// A team that is a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subscriber {
    /// Which team.
    pub(crate) team: TeamId,
    /// Its id at Stripe.
    pub(crate) customer: String,
    /// When the newest event happened that was taken.
    pub(crate) told_at: Option<Timestamp>,
    /// The subscription that counts, if there ever was one.
    pub(crate) current: Option<Subscribed>,
}

/// A subscription as it was told last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subscribed {
    /// Its id at Stripe.
    pub(crate) id: String,
    /// What is paid for.
    pub(crate) price: Option<String>,
    /// How it stands.
    pub(crate) subscription: Subscription,
    /// When the period began that is paid for now.
    pub(crate) period_from: Option<Timestamp>,
    /// When that period ends.
    pub(crate) period_to: Option<Timestamp>,
}

impl Subscribed {
    /// Whether it has ended for good.
    pub(crate) fn is_over(&self) -> bool {
        is_over(&self.subscription.status)
    }
}

/// An event of Stripe that was asked about.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// Its id.
    pub(crate) event: String,
    /// Its type.
    pub(crate) kind: String,
    /// When it happened.
    pub(crate) created: Timestamp,
    /// Whom it is about; `None` if it is about nobody here.
    pub(crate) team: Option<TeamId>,
    /// The subscription that counts since then.
    pub(crate) current: Option<Subscribed>,
    /// Joins it to the request.
    pub(crate) correlation_id: CorrelationId,
}

/// Durable state of what teams used and pay.
#[async_trait::async_trait]
pub(crate) trait Ledger: Send + Sync + std::fmt::Debug {
    /// Keeps that a team is this customer; answers which customer it is, which may be an earlier one.
    async fn keep_customer(&self, team: &TeamId, customer: &str, act: &Act) -> Result<String, Error>;
    /// Records an act on the subscription of a team, and how it stands after that.
    async fn keep_act(&self, team: &TeamId, current: Option<Subscribed>, act: &Act, deed: Deed) -> Result<(), Error>;
    /// Takes an event, once, and unless a newer one was taken before; says whether it changed anything.
    async fn take(&self, told: Told) -> Result<bool, Error>;

    /// What a team is called.
    async fn team_name(&self, team: &TeamId) -> Result<Option<String>, Error>;
    /// What is known of a team as a customer.
    async fn subscriber(&self, team: &TeamId) -> Result<Option<Subscriber>, Error>;
    /// Which team a customer is.
    async fn customer(&self, customer: &str) -> Result<Option<Subscriber>, Error>;
    /// Runs that a team started from one moment up to another, and what its attempts used, by provider and model.
    async fn usage(&self, team: &TeamId, between: (Timestamp, Timestamp)) -> Result<(u64, Vec<ProviderUsage>), Error>;
}
