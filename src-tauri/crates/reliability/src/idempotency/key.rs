//! Who asks for what: key, scope and fingerprint.

use super::error::KeyError;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{fmt, sync::Arc};

/// A well-formed idempotency key: 8 to 255 characters of `A-Z a-z 0-9 _ -`. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(Arc<str>);

impl IdempotencyKey {
    /// The key that a caller sent.
    ///
    /// # Errors
    /// [`KeyError`] for a wrong length or character.
    pub fn accept(sent: &str) -> Result<Self, KeyError> {
        if !(8..=255).contains(&sent.len()) {
            return Err(KeyError::Length { found: sent.len() });
        }
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        match sent.bytes().position(|byte| !allowed(byte)) {
            Some(position) => Err(KeyError::Character { position }),
            None => Ok(Self(sent.into())),
        }
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One key of one principal: what a store keeps records by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope {
    /// Whose key it is, as the caller names principals.
    pub principal: Arc<str>,
    /// The key.
    pub key: IdempotencyKey,
}

impl Scope {
    /// The key of a principal.
    pub fn new(principal: &str, key: IdempotencyKey) -> Self {
        Self { principal: principal.into(), key }
    }
}

/// What a request asks for, as SHA-256 of its parts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Of everything that makes the request what it is: method, path, body. Where a part ends matters.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, two, three, four, ..] = self.0;
        write!(f, "Fingerprint({one:02x}{two:02x}{three:02x}{four:02x}..)")
    }
}
