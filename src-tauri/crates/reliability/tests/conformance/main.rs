//! The conformance table of the reliability layer: one named test per row, its ID in the name.
//!
//! Time is paused or turned by hand; nothing here waits for a real clock.

#[cfg(test)]
mod breaker;
#[cfg(test)]
mod correlation;
#[cfg(test)]
mod poll;
#[cfg(test)]
mod retry;
