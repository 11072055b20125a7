//! Billing: what is asked of Stripe, and what Stripe tells by itself.
//!
//! [`stripe`] is the way there, [`webhook`] the way back. Both speak the nouns of the domain and the ids of Stripe.
//! Deliberately absent: which team is which customer and which events were taken already, which the ledger of the store knows,
//! and what a tier allows.

pub mod stripe;
pub mod webhook;

mod account;
mod refused;
mod subscribed;

pub(crate) use account::Account;
pub use account::BillingSettings;
pub(crate) use subscribed::is_over;
pub use subscribed::{Subscribed, current};
