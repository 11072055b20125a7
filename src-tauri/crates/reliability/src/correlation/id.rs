//! The id itself: what is accepted, and how one is made.

use crate::random::Random;
use rand::RngCore;
use std::{fmt, sync::Arc};

/// The most characters of an accepted id.
pub const MAX_LENGTH: usize = 128;

/// A well-formed correlation id; cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CorrelationId(Arc<str>);

impl CorrelationId {
    /// The id that a caller sent, if it is 1 to [`MAX_LENGTH`] characters of `A-Z a-z 0-9 . _ : -`.
    pub fn accept(sent: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
        let fits = (1..=MAX_LENGTH).contains(&sent.len()) && sent.bytes().all(allowed);
        fits.then(|| Self(sent.into()))
    }

    /// A new id: 128 random bits as 32 hexadecimal digits.
    pub fn new(random: &Random) -> Self {
        let (high, low) = random.with(|rng| (rng.next_u64(), rng.next_u64()));
        Self(format!("{high:016x}{low:016x}").into())
    }

    /// The id that a caller sent, or a new one if there was none or it was not well formed.
    pub fn accept_or_new(sent: Option<&str>, random: &Random) -> Self {
        sent.and_then(Self::accept).unwrap_or_else(|| Self::new(random))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CorrelationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for CorrelationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
