//! `[billing.stripe]`: who collects the money.

use super::{section::Section, web_address};
use domain::Secret;
use engine::billing::{
    BillingSettings,
    stripe::{Returns, StripeSettings},
};

/// Where Stripe is when nobody says otherwise.
const USUAL_ADDRESS: &str = "https://api.stripe.com";

/// An account at Stripe.
#[derive(Debug)]
pub(crate) struct Stripe {
    /// The key that requests are made with.
    pub(crate) secret_key: Secret,
    /// What proves that a webhook comes from Stripe.
    pub(crate) webhook_secret: Secret,
    /// Where its API is, without a slash at its end.
    pub(crate) base_url: String,
    /// Where a person goes after paying.
    pub(crate) success_url: String,
    /// Where a person goes who did not pay.
    pub(crate) cancel_url: String,
}

impl Stripe {
    /// The same as the engine takes it.
    pub(crate) fn engine(&self) -> BillingSettings {
        BillingSettings {
            stripe: StripeSettings { base: self.base_url.clone(), key: Some(self.secret_key.clone()) },
            webhook_secret: self.webhook_secret.clone(),
            returns: Returns {
                paid: self.success_url.clone(),
                turned_back: self.cancel_url.clone(),
                // Whoever looks after payments may have paid nothing just now.
                looked_after: self.cancel_url.clone(),
            },
        }
    }
}

pub(super) async fn read(root: &mut Section<'_>) -> Option<Stripe> {
    let mut billing = root.section("billing")?;
    let stripe = match billing.section("stripe") {
        Some(section) => stripe(section).await,
        None => None,
    };
    billing.end();
    stripe
}

async fn stripe(mut section: Section<'_>) -> Option<Stripe> {
    let secret_key = section.secret("secret_key").await;
    let webhook_secret = section.secret("webhook_secret").await;
    let base_url = section.text("base_url", web_address::service).unwrap_or_else(|| USUAL_ADDRESS.to_owned());
    let success_url = section.required_text("success_url", web_address::page);
    let cancel_url = section.required_text("cancel_url", web_address::page);
    section.end();
    Some(Stripe {
        secret_key: secret_key?,
        webhook_secret: webhook_secret?,
        base_url,
        success_url: success_url?,
        cancel_url: cancel_url?,
    })
}
