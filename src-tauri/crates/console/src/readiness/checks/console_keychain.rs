//! Whether the OS keychain can be used.

use crate::readiness::check::{Check, Facts, Outcome, ProbeContext, Subject};
use credentials::KeychainStatus;
use domain::CheckStatus;

static FACTS: Facts = Facts {
    id: "console.keychain",
    title: "The keychain can be used",
    proves: "Tokens of further connections can be kept safely.",
    subject: Subject::Console,
    remedy: "Start or unlock the keychain of your system.",
    owner: "operator",
};

/// Whether the OS keychain can be used.
pub(crate) struct ConsoleKeychain;

#[async_trait::async_trait]
impl Check for ConsoleKeychain {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        const REQUEST: &str = "status of the OS keychain";
        match context.core.credentials.status().await {
            KeychainStatus::Available => Outcome::new(CheckStatus::Pass, REQUEST, "available", "Tokens can be kept."),
            KeychainStatus::Unavailable { reason, remedy } => Outcome::new(CheckStatus::Warn, REQUEST, reason, remedy),
        }
    }
}
