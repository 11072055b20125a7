//! Tokens: 32 random bytes behind a prefix, shown once, kept as SHA-256.
//!
//! The data directory has one owner at a time, so the list in memory is complete: checking a token needs no database and
//! takes the same time for every token that is wrong.

use crate::{engine::TokenInfo, idempotency::hex};
use domain::Secret;
use parking_lot::RwLock;
use rand::TryRngCore;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

/// What every token begins with, so that scanners can find leaked ones.
const PREFIX: &str = "bw_";

/// Valid tokens with their hashes, and what ends with each of them.
#[derive(Debug, Default)]
pub(crate) struct Tokens(RwLock<Vec<(TokenInfo, String, CancellationToken)>>);

impl Tokens {
    /// The tokens that the store knows.
    pub(crate) fn new(known: Vec<(TokenInfo, String)>) -> Self {
        let valid = known.into_iter().map(|(info, hash)| (info, hash, CancellationToken::new()));
        Self(RwLock::new(valid.collect()))
    }

    /// Whose token this is.
    pub(crate) fn verify(&self, token: &str) -> Option<TokenInfo> {
        let hash = hash(token);
        let known = self.0.read();
        // Every entry is compared, so that the time tells nothing about which one matched.
        known
            .iter()
            .fold(None, |found, (info, known, _)| {
                let equal = bool::from(known.as_bytes().ct_eq(hash.as_bytes()));
                if equal { Some(info) } else { found }
            })
            .cloned()
    }

    /// Every valid token, oldest first.
    pub(crate) fn list(&self) -> Vec<TokenInfo> {
        self.0.read().iter().map(|(info, ..)| info.clone()).collect()
    }

    /// Adds a token that the store has kept.
    pub(crate) fn add(&self, token: TokenInfo, hash: String) {
        self.0.write().push((token, hash, CancellationToken::new()));
    }

    /// Drops a token that the store has revoked, and with it whatever it holds open.
    pub(crate) fn remove(&self, id: &str) {
        self.0.write().retain(|(info, _, revoked)| {
            if info.id == id {
                revoked.cancel();
            }
            info.id != id
        });
    }

    /// Cancelled when the token is dropped; `None` if it has been by now.
    pub(crate) fn until_revoked(&self, id: &str) -> Option<CancellationToken> {
        self.0.read().iter().find(|(info, ..)| info.id == id).map(|(_, _, revoked)| revoked.clone())
    }
}

/// A fresh token, or why the system gives no randomness.
pub(crate) fn fresh() -> Result<Secret, String> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    rand::rngs::OsRng.try_fill_bytes(&mut *bytes).map_err(|error| error.to_string())?;
    Ok(Secret::new(format!("{PREFIX}{}", hex(&*bytes))))
}

/// What is kept of a token.
pub(crate) fn hash(token: &str) -> String {
    hex(&Sha256::digest(token))
}

#[cfg(test)]
mod tests {
    use super::{PREFIX, Tokens, fresh, hash};
    use crate::engine::TokenInfo;
    use domain::Timestamp;

    #[test]
    fn only_the_very_token_is_accepted_and_only_until_it_is_revoked() {
        let token = fresh().expect("the system gives randomness");
        assert!(token.expose().starts_with(PREFIX), "scanners know it by its prefix");
        assert_eq!(token.expose().len(), PREFIX.len() + 64, "32 bytes of randomness");
        let info = TokenInfo { id: "tok_1".into(), name: "ci".into(), created_at: Timestamp::from_millis(0) };
        let tokens = Tokens::default();
        tokens.add(info.clone(), hash(token.expose()));
        assert_eq!(tokens.verify(token.expose()), Some(info), "the token is known");
        let near = token.expose().replace('a', "b").replace('0', "1");
        assert_eq!(tokens.verify(&near), None, "a similar one is not");
        assert_eq!(tokens.verify(""), None, "nothing is no token");
        tokens.remove("tok_1");
        assert_eq!(tokens.verify(token.expose()), None, "a revoked one is no longer accepted");
    }
}
