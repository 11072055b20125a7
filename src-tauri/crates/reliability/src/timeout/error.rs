//! What the caller gets when the time is over.

/// The deadline passed, and the work was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("the deadline passed; the work was stopped")]
pub struct DeadlinePassed;
