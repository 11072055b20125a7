//! The conformance table of the reliability layer: one named test per row, its ID in the name.
//!
//! Time is paused or turned by hand; nothing here waits for a real clock.

#[cfg(test)]
mod breaker;
#[cfg(test)]
mod bulkhead;
#[cfg(test)]
mod correlation;
#[cfg(test)]
mod hedge;
#[cfg(test)]
mod idempotency;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod mutex;
#[cfg(test)]
mod pipeline;
#[cfg(test)]
mod poll;
#[cfg(test)]
mod rate_limit;
#[cfg(test)]
mod retry;
#[cfg(test)]
mod timeout;
