//! The keychain of the operating system: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.
//!
//! Every call goes to a thread of its own, since a keychain may wait for a person. A keychain that does not answer in time
//! is given up on: the thread stays with it and, unlike one of tokio's, does not keep this process from ending. The platform's store is looked for once per process: a keychain
//! service that starts later is seen after a restart, and the remedies say so.

use crate::{
    cause,
    error::Error,
    store::{CredentialStore, KeychainStatus},
};
use domain::Secret;
use keyring::Entry;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long a person may take to unlock the keychain.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long it may take to find out whether there is a keychain. Nobody is asked anything for that.
const STATUS_PATIENCE: Duration = Duration::from_secs(5);

/// Secrets of one service in the keychain of the operating system.
#[derive(Debug, Clone)]
pub struct Keychain {
    service: String,
}

impl Keychain {
    /// Secrets are kept under `service`, e.g. `breakwater`; another service sees none of them.
    pub fn new(service: impl Into<String>) -> Self {
        Self { service: service.into() }
    }

    async fn ask<T, F>(&self, name: &str, question: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Entry) -> keyring::Result<T> + Send + 'static,
    {
        let (service, name) = (self.service.clone(), name.to_owned());
        let (answer, asked) = tokio::sync::oneshot::channel();
        let thread = std::thread::Builder::new().name("keychain".to_owned()).spawn(move || {
            let told = match Entry::store_status() {
                Ok(()) => Entry::new(&service, &name)
                    .and_then(|entry| question(&entry))
                    .map_err(|error| cause::of(error, &name)),
                Err(error) => Err(cause::of_missing_store(error)),
            };
            // Whoever asked may have given up.
            let _ = answer.send(told);
        });
        if thread.is_err() {
            return Err(Error::Failed);
        }
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(Error::Failed),
            Err(_) => Err(cause::of_silence()),
        }
    }
}

#[async_trait::async_trait]
impl CredentialStore for Keychain {
    async fn get(&self, name: &str) -> Result<Option<Secret>, Error> {
        self.ask(name, |entry| match entry.get_password() {
            Ok(value) => Ok(Some(Secret::new(value))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    async fn set(&self, name: &str, secret: &Secret) -> Result<(), Error> {
        let value = Zeroizing::new(secret.expose().to_owned());
        self.ask(name, move |entry| entry.set_password(&value)).await
    }

    async fn delete(&self, name: &str) -> Result<(), Error> {
        self.ask(name, |entry| match entry.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(error),
        })
        .await
    }

    async fn status(&self) -> KeychainStatus {
        // Reading a name that nobody uses tells apart a keychain that answers from one that only exists.
        match tokio::time::timeout(STATUS_PATIENCE, self.get("availability")).await {
            Ok(Ok(_)) => KeychainStatus::Available,
            Ok(Err(error)) => error.as_status(),
            Err(_) => cause::of_silence().as_status(),
        }
    }
}
