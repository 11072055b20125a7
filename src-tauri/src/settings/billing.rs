//! `[billing.stripe]`: who collects the money.

use super::{section::Section, web_address};
use domain::Secret;

/// Where Stripe is when nobody says otherwise.
const USUAL_ADDRESS: &str = "https://api.stripe.com";

/// An account at Stripe.
#[derive(Debug)]
#[cfg_attr(not(all(test, unix)), expect(dead_code, reason = "billing joins it"))]
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
