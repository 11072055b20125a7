//! What the builder of a hedge gets for something that must not happen twice.

/// The operation is not idempotent, so it cannot be hedged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("an operation that must not happen twice cannot be hedged")]
pub struct NotRepeatable;
