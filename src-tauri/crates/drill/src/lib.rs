//! AI providers that fail on purpose: they listen on loopback, speak the wire formats of Anthropic and OpenAI, and answer
//! well or badly as a script says.
//!
//! [`Scenario`] is a story with its script, [`Stage`] the listeners that play it. Every request is counted, so that what a
//! screen showed can be compared afterwards with what really came. Deliberately absent: any call to another place, any
//! notion of a breaker or a run, and any answer that a real provider could not give.

mod ledger;
mod provider;
mod request;
mod scenario;
mod script;
mod stage;
mod wire;

pub use scenario::{Scenario, built_in};
pub use stage::{Addresses, Stage};
