//! What Stripe tells by itself, at an address of ours.
//!
//! Anybody can post to that address, so nothing is read before the signature over it is found good. Stripe tells a thing at
//! least once and in no order: whoever takes an event keeps its id, in the transaction in which it has its effect, and
//! ignores it the next time; and keeps [`Event::created`] beside what it has learned, so that an older event changes nothing.
//! That moment is in whole seconds: of two events that share one, the truth is had by asking for the subscription.
//! Deliberately absent: the address, and what an event leads to.

mod error;
mod event;
mod signature;
#[cfg(test)]
mod tests;

pub use error::WebhookError;
pub use event::{Event, News};

use domain::{Secret, Timestamp};

/// Longest event that is read, in bytes.
const LONGEST_PAYLOAD: usize = 1024 * 1024;

/// Reads an event, once its signature is good. `header` is the value of `Stripe-Signature`, `payload` the body as it came,
/// byte by byte, and `secret` the signing secret of the endpoint, `whsec_…`.
pub fn receive(secret: &Secret, header: &str, payload: &[u8], now: Timestamp) -> Result<Event, WebhookError> {
    if payload.len() > LONGEST_PAYLOAD {
        return Err(WebhookError::TooLong);
    }
    signature::verify(secret, header, payload, now)?;
    event::read(payload).ok_or(WebhookError::NotUnderstood)
}
