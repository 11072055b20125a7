//! Secrets that steps may name: those of their own service in the keychain, never the tokens of connections.
//!
//! An AI key that is not there is looked for in the environment by the tool itself.

use credentials::{CredentialStore as _, Keychain};
use domain::Secret;
use engine::tools::SecretSource;

/// The service under which a person keeps secrets for steps, e.g.
/// `secret-tool store --label breakwater service breakwater-steps username anthropic-api-key`.
pub(crate) const SERVICE: &str = "breakwater-steps";

/// The keychain, as far as steps may see it.
#[derive(Debug)]
pub(crate) struct StepSecrets(Keychain);

impl StepSecrets {
    pub(crate) fn new() -> Self {
        Self(Keychain::new(SERVICE))
    }
}

#[async_trait::async_trait]
impl SecretSource for StepSecrets {
    async fn get(&self, name: &str) -> Option<Secret> {
        match self.0.get(name).await {
            Ok(found) => found,
            Err(error) => {
                tracing::debug!(%error, "the keychain has no answer for a step");
                None
            }
        }
    }
}
