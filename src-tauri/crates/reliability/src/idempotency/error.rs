//! What a request gets instead of a response.

use std::time::Duration;

/// The request was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused<E> {
    /// The same request is being carried out right now (HTTP 409).
    #[error("a request with this idempotency key is being carried out; ask again in {retry_after:?}")]
    InFlight {
        /// When to ask again.
        retry_after: Duration,
    },
    /// The key was used for another request (HTTP 422).
    #[error("this idempotency key was used for another request; use a new key")]
    AnotherRequest,
    /// The store could not be asked (HTTP 503).
    #[error("the idempotency store failed: {0}")]
    Store(E),
}

/// A key that is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Too short or too long.
    #[error("an idempotency key has 8 to 255 characters; this one has {found}")]
    Length {
        /// The bytes found.
        found: usize,
    },
    /// A character that is not allowed.
    #[error("an idempotency key consists of A-Z a-z 0-9 _ -; the character at position {position} is something else")]
    Character {
        /// Where, in bytes from 0.
        position: usize,
    },
}
