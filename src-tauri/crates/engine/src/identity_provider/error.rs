//! What a sign-in can end in, named by what it means for whoever signs in.
//!
//! Nothing that the provider writes occurs in these texts: they are read by people who are being asked to trust them.

use domain::Fault;
use std::fmt;

/// Why nobody was signed in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The input is refused.
    #[error("the input has {} fault(s)", faults.len())]
    Invalid {
        /// Every fault, not only the first.
        faults: Vec<Fault>,
    },
    /// The attempt is not known, was used before, or began more than ten minutes ago.
    #[error("this sign-in is over or was never begun here")]
    AttemptOver,
    /// The provider does not give an identity for this code.
    #[error("the identity provider refused the sign-in: {reason}")]
    Refused {
        /// Why, as far as it says so.
        reason: Refusal,
    },
    /// Nothing came back from the provider.
    #[error("the identity provider could not be asked for {document}: {detail}")]
    Unreachable {
        /// What was asked for.
        document: ProviderDocument,
        /// What happened on the way.
        detail: &'static str,
    },
    /// The provider answers, but not with what was asked for.
    #[error("the identity provider cannot be used now: {document} {detail}")]
    Failing {
        /// What was asked for.
        document: ProviderDocument,
        /// What is wrong with the answer.
        detail: String,
    },
    /// Something that came back does not prove what it has to prove.
    #[error("the sign-in is not believed: {check}")]
    NotBelieved {
        /// The first check that failed.
        check: Check,
    },
    /// The system gives no random numbers, so nothing can be begun that would be safe.
    #[error("this machine gives no random numbers now")]
    NoRandomness,
}

impl IdentityError {
    /// Stable: `invalid`, `sign_in_over`, `sign_in_refused`, `identity_provider_unreachable`, `identity_provider_failing`,
    /// `sign_in_not_believed` or `no_randomness`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "invalid",
            Self::AttemptOver => "sign_in_over",
            Self::Refused { .. } => "sign_in_refused",
            Self::Unreachable { .. } => "identity_provider_unreachable",
            Self::Failing { .. } => "identity_provider_failing",
            Self::NotBelieved { .. } => "sign_in_not_believed",
            Self::NoRandomness => "no_randomness",
        }
    }

    /// What to do about it.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "Mend what is named.",
            Self::AttemptOver => "Begin the sign-in again, and finish it within ten minutes.",
            Self::Refused { reason } => reason.remedy(),
            Self::Unreachable { .. } => {
                "Check that the control plane reaches the identity provider, then sign in again."
            }
            Self::Failing { .. } => {
                "Look at the identity provider and at the issuer in its settings, then sign in again."
            }
            Self::NotBelieved { check } => check.remedy(),
            Self::NoRandomness => "Look at the operating system of the control plane.",
        }
    }
}

/// What the provider was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderDocument {
    /// What it tells of itself below `/.well-known`.
    Discovery,
    /// The keys that it signs with.
    Keys,
    /// The identity for a code.
    Token,
}

impl fmt::Display for ProviderDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Discovery => "its discovery document",
            Self::Keys => "its signing keys",
            Self::Token => "the identity behind the code",
        })
    }
}

/// Why the provider refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The code is wrong, over, used, or belongs to another attempt.
    Code,
    /// It does not know this client, or not with this secret.
    Client,
    /// This client may not sign people in.
    NotAllowed,
    /// It says nothing that is known here.
    Unsaid,
}

impl Refusal {
    /// The stable word of RFC 6749, section 5.2, with which the provider says so.
    pub(super) fn of_word(word: &str) -> Self {
        match word {
            "invalid_grant" => Self::Code,
            "invalid_client" => Self::Client,
            "unauthorized_client" | "access_denied" | "invalid_scope" | "unsupported_grant_type" => Self::NotAllowed,
            _ => Self::Unsaid,
        }
    }

    const fn remedy(self) -> &'static str {
        match self {
            Self::Code => "Begin the sign-in again.",
            Self::Client => "Compare client id and client secret with what the identity provider has for this client.",
            Self::NotAllowed => {
                "Allow this client the authorisation code flow and the scopes openid, email and profile."
            }
            Self::Unsaid => "Look at the log of the identity provider, then begin the sign-in again.",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Code => "the code is over, was used, or belongs to another sign-in",
            Self::Client => "it does not accept this client",
            Self::NotAllowed => "this client may not sign people in",
            Self::Unsaid => "it gives no reason that is known here",
        })
    }
}

/// What must hold before somebody is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// `state` is the one of this attempt.
    State,
    /// `iss` of the redirection is this provider, and there if the provider says that it always is.
    ReturnIssuer,
    /// The discovery document is of this provider.
    DiscoveryIssuer,
    /// Every address in it is safe to send to.
    Endpoint,
    /// The provider binds codes to their attempt by PKCE with S256.
    Pkce,
    /// The token is signed, and with RS256, PS256, ES256 or EdDSA.
    Algorithm,
    /// The provider publishes exactly one key that can have signed it.
    Key,
    /// That key did sign it.
    Signature,
    /// The token says all that it must say, in the form that it must have.
    Claims,
    /// It is issued by this provider.
    Issuer,
    /// It is issued for this client, and no other client asked for it.
    Audience,
    /// It is not over.
    Expiry,
    /// It is not from the future.
    IssuedAt,
    /// It is issued for this attempt.
    Nonce,
    /// It names the person in a way that can be kept.
    Subject,
}

impl Check {
    pub(super) const fn failed(self) -> IdentityError {
        IdentityError::NotBelieved { check: self }
    }

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::ReturnIssuer => "return_issuer",
            Self::DiscoveryIssuer => "discovery_issuer",
            Self::Endpoint => "endpoint",
            Self::Pkce => "pkce",
            Self::Algorithm => "algorithm",
            Self::Key => "key",
            Self::Signature => "signature",
            Self::Claims => "claims",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Expiry => "expiry",
            Self::IssuedAt => "issued_at",
            Self::Nonce => "nonce",
            Self::Subject => "subject",
        }
    }

    const fn remedy(self) -> &'static str {
        match self {
            Self::DiscoveryIssuer => "Write the issuer in the settings exactly as the identity provider writes it.",
            Self::Endpoint => "Let the identity provider name addresses of https.",
            Self::Pkce => "Use an identity provider that supports PKCE with S256.",
            Self::Algorithm => "Let the identity provider sign with RS256, PS256, ES256 or EdDSA.",
            Self::Expiry | Self::IssuedAt => {
                "Compare the clocks of the control plane and the identity provider, then sign in again."
            }
            _ => "Begin the sign-in again; if it ends like this once more, look at the log of the identity provider.",
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::State => "what came back belongs to another sign-in",
            Self::ReturnIssuer => "what came back is not from this identity provider",
            Self::DiscoveryIssuer => "the discovery document names another issuer",
            Self::Endpoint => "the discovery document names an address that is not safe to use",
            Self::Pkce => "the identity provider does not support PKCE with S256",
            Self::Algorithm => "the ID token is not signed with an algorithm that is believed here",
            Self::Key => "the identity provider publishes no key, or more than one, that can have signed the ID token",
            Self::Signature => "the signature of the ID token is wrong",
            Self::Claims => "the ID token lacks something that it must say",
            Self::Issuer => "the ID token is from another issuer",
            Self::Audience => "the ID token is for another client",
            Self::Expiry => "the ID token is over",
            Self::IssuedAt => "the ID token is from the future",
            Self::Nonce => "the ID token belongs to another sign-in",
            Self::Subject => "the ID token names nobody in a way that can be kept",
        })
    }
}
