//! The numbers of a hedge.

use std::time::Duration;

/// When to make another call, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HedgePolicy {
    /// How long to wait for an answer before each further call; zero makes all of them at once, as far as the budget goes.
    pub delay: Duration,
    /// Further calls at most; 0 means that nothing is hedged.
    pub hedges: u32,
}

/// Whether an operation may happen twice with no more effect than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Repeatable {
    /// A read, or a write under an idempotency key.
    Yes,
    /// Anything else.
    No,
}
