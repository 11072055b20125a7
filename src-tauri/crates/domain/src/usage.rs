//! What a team used of the providers that its runs asked, and how its bill stands.

use crate::{
    billing::{BillingPlan, Subscription},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// How the bill of a team stands, and what the team used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct TeamBilling {
    /// What can be subscribed to.
    pub plans: Vec<BillingPlan>,
    /// Why it cannot be told now what can be subscribed to; a stable code. `None` if it is told.
    pub trouble: Option<String>,
    /// What is subscribed to: the name of the plan, or the id of its price where the name is not known.
    pub tier: Option<String>,
    /// The subscription as it was told last, if there is one.
    pub subscription: Option<Subscription>,
    /// What was used in the period that is paid for; without a subscription, in the last 30 days.
    pub usage: TeamUsage,
}

/// What a team used in a time. A cost is an upper bound, since discounts are not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct TeamUsage {
    /// From this moment on.
    pub from: Timestamp,
    /// Up to this moment, which does not belong to it.
    pub to: Timestamp,
    /// Runs that were started.
    pub runs_started: u64,
    /// The sum over all lines.
    pub total: UsedTokens,
    /// The day on which the prices were true that costs are reckoned with; empty if there is no table of prices.
    pub prices_as_of: String,
    /// By provider and model, at most 1,000 of them.
    pub lines: Vec<ProviderUsage>,
}

/// What was used of one model of a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct ProviderUsage {
    /// The provider, e.g. `anthropic`; the name of the tool where that asks nobody by name.
    pub provider: String,
    /// The model as the plan named it.
    pub model: Option<String>,
    /// How much.
    pub used: UsedTokens,
}

/// How much was used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct UsedTokens {
    /// Attempts that used something.
    pub attempts: u64,
    /// Tokens sent.
    pub input_tokens: u64,
    /// Tokens received.
    pub output_tokens: u64,
    /// Cost in millionths of a US dollar, as far as prices are known.
    pub cost_micro_usd: u64,
    /// Attempts whose price is not known, so that their cost is not in the sum.
    pub unpriced_attempts: u64,
}

impl UsedTokens {
    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            attempts: self.attempts.saturating_add(other.attempts),
            input_tokens: self.input_tokens.saturating_add(other.input_tokens),
            output_tokens: self.output_tokens.saturating_add(other.output_tokens),
            cost_micro_usd: self.cost_micro_usd.saturating_add(other.cost_micro_usd),
            unpriced_attempts: self.unpriced_attempts.saturating_add(other.unpriced_attempts),
        }
    }
}
