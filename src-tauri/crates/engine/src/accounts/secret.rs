//! What credentials are made of: 32 random bytes behind a prefix that says what they are, shown once, kept as SHA-256.
//!
//! Such a secret cannot be guessed, so a fast hash is enough, and looking it up by its hash tells nothing by its time.

use crate::{Error, idempotency::hex};
use domain::Secret;
use rand::TryRngCore;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// What a secret is for. The prefix lets scanners find leaked ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A program calls with it.
    ApiKey,
    /// A person's session calls with it.
    Access,
    /// A session is continued with it, once.
    Refresh,
    /// Somebody who was invited shows it.
    Invitation,
}

impl Kind {
    /// What every secret of this kind begins with.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::ApiKey => "bw_",
            Self::Access => "bwa_",
            Self::Refresh => "bwr_",
            Self::Invitation => "bwi_",
        }
    }
}

/// A fresh secret with its hash.
pub(crate) fn fresh(kind: Kind) -> Result<(Secret, String), Error> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    rand::rngs::OsRng.try_fill_bytes(&mut *bytes).map_err(|error| Error::Storage { detail: error.to_string() })?;
    let secret = Secret::new(format!("{}{}", kind.prefix(), hex(&*bytes)));
    let hash = hash(secret.expose());
    Ok((secret, hash))
}

/// What is kept of a secret.
pub(crate) fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret))
}

/// How a secret begins: its prefix and eight characters more, by which its holder knows it again.
pub(crate) fn beginning(secret: &Secret) -> String {
    let known = secret.expose().split('_').next().map_or(0, str::len) + 1 + 8;
    secret.expose().chars().take(known).collect()
}

#[cfg(test)]
mod tests {
    use super::{Kind, beginning, fresh, hash};

    #[test]
    fn a_secret_is_random_and_known_by_its_prefix() {
        let (secret, kept) = fresh(Kind::ApiKey).expect("the system gives randomness");
        assert!(secret.expose().starts_with("bw_"), "scanners know it by its prefix");
        assert_eq!(secret.expose().len(), 3 + 64, "32 bytes of randomness");
        assert_eq!(hash(secret.expose()), kept, "its hash finds it again");
        assert_eq!(beginning(&secret).len(), 3 + 8, "what is shown of it gives nothing away that counts");
        let (other, _) = fresh(Kind::ApiKey).expect("the system gives randomness");
        assert_ne!(secret.expose(), other.expose(), "no two are alike");
    }
}
