//! Billing: what is asked of Stripe, and what Stripe tells by itself.
//!
//! [`stripe`] is the way there, [`webhook`] the way back. Both speak the nouns of the domain and the ids of Stripe.
//! Deliberately absent: which team is which customer, which events were taken already, and what a tier allows. Whoever
//! keeps tables decides that.

pub mod stripe;
pub mod webhook;

mod subscribed;

pub use subscribed::{Subscribed, current};
