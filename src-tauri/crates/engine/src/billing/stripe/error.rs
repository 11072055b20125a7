//! Why Stripe did not do what it was asked, named by what that means for the caller.
//!
//! Nothing of what Stripe says in its own words is kept, since it quotes keys, cards and addresses. What is kept are its
//! words for machines, and the id under which it finds the request.

use std::time::Duration;

/// Why Stripe did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StripeError {
    /// Stripe is not set up here; nothing was sent.
    #[error("Stripe is not set up: {reason}")]
    NotConfigured {
        /// What is missing or wrong.
        reason: &'static str,
    },
    /// What is asked cannot be asked; nothing was sent.
    #[error("{field} {rule}")]
    Invalid {
        /// What is wrong.
        field: &'static str,
        /// What it must be.
        rule: &'static str,
    },
    /// The customer has no subscription of which this could be asked; nothing was changed.
    #[error("there is no subscription that goes on")]
    NoSubscription,
    /// Stripe does not know the secret key, or the key may not do this; nothing was changed.
    #[error("Stripe does not accept the secret key for this{}", told(request_id.as_deref()))]
    KeyRefused {
        /// The id of the request at Stripe.
        request_id: Option<String>,
    },
    /// Stripe refuses the request; nothing was changed.
    #[error("Stripe refuses this with status {status}{}", refusal(kind.as_deref(), code.as_deref(), request_id.as_deref()))]
    Refused {
        /// HTTP status.
        status: u16,
        /// Its type, e.g. `card_error`.
        kind: Option<String>,
        /// Its code, e.g. `resource_missing`.
        code: Option<String>,
        /// The parameter that it is about, e.g. `customer`.
        param: Option<String>,
        /// The id of the request at Stripe.
        request_id: Option<String>,
    },
    /// Stripe asks for fewer requests; nothing was changed.
    #[error("Stripe asks for fewer requests{}", told(request_id.as_deref()))]
    Limited {
        /// How long it wants to be left alone, where it says so.
        retry_after: Option<Duration>,
        /// The id of the request at Stripe.
        request_id: Option<String>,
    },
    /// Stripe fell over the request. Whether it was carried out is not known.
    #[error("Stripe failed with status {status}{}", told(request_id.as_deref()))]
    Failed {
        /// HTTP status.
        status: u16,
        /// The id of the request at Stripe.
        request_id: Option<String>,
    },
    /// No whole answer came. Whether the request was carried out is not known.
    #[error("Stripe could not be reached: {detail}")]
    Unreachable {
        /// What happened on the way.
        detail: &'static str,
    },
    /// Recent calls failed, so this one was not made.
    #[error("the breaker round Stripe lets no call through, because recent ones failed")]
    Resting {
        /// When a call may pass again, where that is known.
        retry_after: Option<Duration>,
    },
    /// The answer is not what the API of Stripe says. The request was carried out if Stripe is who answered.
    #[error("the answer of Stripe is not understood: {what}{}", told(request_id.as_deref()))]
    NotUnderstood {
        /// What is wrong with it.
        what: &'static str,
        /// The id of the request at Stripe.
        request_id: Option<String>,
    },
}

impl StripeError {
    /// Stable, for machines.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotConfigured { .. } => "stripe_not_configured",
            Self::Invalid { .. } => "stripe_invalid_request",
            Self::NoSubscription => "stripe_no_subscription",
            Self::KeyRefused { .. } => "stripe_key_refused",
            Self::Refused { .. } => "stripe_refused",
            Self::Limited { .. } => "stripe_limited",
            Self::Failed { .. } => "stripe_failed",
            Self::Unreachable { .. } => "stripe_unreachable",
            Self::Resting { .. } => "stripe_resting",
            Self::NotUnderstood { .. } => "stripe_not_understood",
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NotConfigured { .. } => "Give the control plane the secret key of the Stripe account.",
            Self::Invalid { .. } => "Correct it and ask again.",
            Self::NoSubscription => "Subscribe to a plan first.",
            Self::KeyRefused { .. } => "Check that the key is not revoked and may write what billing needs.",
            Self::Refused { kind: Some(kind), .. } if kind == "card_error" => "Use another means of payment.",
            Self::Refused { kind: Some(kind), .. } if kind == "idempotency_error" => {
                "Use a new idempotency key for a new request."
            }
            Self::Refused { .. } => "Look the request up in the log of the Stripe account.",
            Self::Limited { .. } | Self::Resting { .. } => "Wait and ask again with the same idempotency key.",
            Self::Failed { .. } => {
                "Ask again with the same idempotency key; if it stays so, see in the Stripe account whether it was done."
            }
            Self::Unreachable { .. } => "Ask again with the same idempotency key.",
            Self::NotUnderstood { .. } => "Check the address of Stripe; its account shows whether it was done.",
        }
    }

    /// How long to wait before asking again, where that is known.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Limited { retry_after, .. } | Self::Resting { retry_after } => *retry_after,
            _ => None,
        }
    }
}

fn told(request_id: Option<&str>) -> String {
    request_id.map_or_else(String::new, |id| format!(" (request {id})"))
}

fn refusal(kind: Option<&str>, code: Option<&str>, request_id: Option<&str>) -> String {
    let words = [kind, code].into_iter().flatten().fold(String::new(), |words, word| format!("{words}, {word}"));
    words + &told(request_id)
}
