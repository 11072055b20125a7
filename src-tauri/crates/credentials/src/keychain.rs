//! The keychain of the operating system: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.
//!
//! Every call goes to a thread that may block, since a keychain may wait for a person. The platform's store is looked
//! for once per process: a keychain service that starts later is seen after a restart, and the remedies say so.

use crate::{
    cause,
    error::Error,
    store::{CredentialStore, KeychainStatus},
};
use domain::Secret;
use keyring::Entry;
use zeroize::Zeroizing;

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
        let asked = tokio::task::spawn_blocking(move || {
            if let Err(error) = Entry::store_status() {
                return Err(cause::of_missing_store(error));
            }
            Entry::new(&service, &name).and_then(|entry| question(&entry)).map_err(|error| cause::of(error, &name))
        });
        asked.await.unwrap_or(Err(Error::Failed))
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
        match self.get("availability").await {
            Ok(_) => KeychainStatus::Available,
            Err(error) => error.as_status(),
        }
    }
}
