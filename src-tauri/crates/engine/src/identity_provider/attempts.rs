//! Attempts that are open: in memory, a bounded number, each taken once.

use super::{IdentityError, discovery::Discovered};
use crate::idempotency::hex;
use domain::{Secret, Timestamp};
use parking_lot::Mutex;
use rand::TryRngCore;
use sha2::{Digest, Sha256};
use std::{collections::VecDeque, sync::Arc};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// How many can be open at a time; beyond that the oldest is forgotten.
const MOST: usize = 1_000;

/// What has to be known again when somebody comes back from the provider.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) state: Secret,
    pub(super) nonce: Secret,
    pub(super) verifier: Secret,
    pub(super) redirect_uri: String,
    /// As it was when the attempt began, so that nothing which is read later can lead the code elsewhere.
    pub(super) provider: Arc<Discovered>,
    pub(super) expires_at: Timestamp,
}

/// What is kept of the secret of an attempt.
pub(super) type Hashed = [u8; 32];

/// The open attempts, oldest first.
#[derive(Debug, Default)]
pub(super) struct Attempts(Mutex<VecDeque<(Hashed, Attempt)>>);

impl Attempts {
    /// Adds one, and forgets the oldest if there are too many.
    pub(super) fn open(&self, hashed: Hashed, attempt: Attempt) {
        let mut open = self.0.lock();
        open.push_back((hashed, attempt));
        while open.len() > MOST {
            open.pop_front();
        }
    }

    /// Takes one out, so that nobody can take it again.
    pub(super) fn take(&self, hashed: &Hashed) -> Option<Attempt> {
        let mut open = self.0.lock();
        let at = open.iter().position(|(known, _)| bool::from(known.ct_eq(hashed)))?;
        open.remove(at).map(|(_, attempt)| attempt)
    }
}

/// What is kept of this secret.
pub(super) fn hashed(secret: &Secret) -> Hashed {
    Sha256::digest(secret.expose()).into()
}

/// 32 random bytes in hex: 64 characters, which is within what PKCE allows for a verifier.
pub(super) fn random() -> Result<Secret, IdentityError> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    rand::rngs::OsRng.try_fill_bytes(&mut *bytes).map_err(|_| IdentityError::NoRandomness)?;
    Ok(Secret::new(hex(&*bytes)))
}
