//! Whether the credential of the connection is there.

use crate::readiness::check::{Check, Facts, Outcome, ProbeContext, Subject};
use domain::{CheckStatus, CredentialState};

static FACTS: Facts = Facts {
    id: "plane.credential",
    title: "The credential is there",
    proves: "Nobody has to look for a token when it matters.",
    subject: Subject::Plane,
    remedy: "Sign in, or edit the connection and enter its token.",
    owner: "operator",
};

/// Whether the credential of the connection is there.
pub(crate) struct PlaneCredential;

#[async_trait::async_trait]
impl Check for PlaneCredential {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        const REQUEST: &str = "keychain entry of the connection";
        let state = match context.core.credential_of(&context.link.recorded()).await {
            Ok((_, state)) => state,
            Err(error) => return Outcome::unknown(REQUEST, &error),
        };
        match state {
            CredentialState::NotNeeded => {
                Outcome::new(CheckStatus::Pass, REQUEST, "not needed", "The plane knows its own user.")
            }
            CredentialState::Keychain => Outcome::new(CheckStatus::Pass, REQUEST, "there", "It is in the OS keychain."),
            CredentialState::Session => {
                Outcome::new(CheckStatus::Warn, REQUEST, "in memory", "It is gone when this program ends.")
            }
            CredentialState::Missing => Outcome::new(
                CheckStatus::Fail,
                REQUEST,
                "missing",
                "Nobody is signed in on this connection, and no token is there for it.",
            ),
        }
    }
}
