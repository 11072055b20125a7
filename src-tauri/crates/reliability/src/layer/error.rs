//! What a caller gets from a layer that can refuse.

/// The policy refused the request, or the service failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LayerError<Refusal, E> {
    /// The policy's own answer.
    #[error(transparent)]
    Refused(Refusal),
    /// The service's error.
    #[error(transparent)]
    Inner(E),
}
