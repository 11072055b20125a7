//! Secrets in the memory of this process: for a session without a keychain, and for tests.

use crate::{
    error::Error,
    store::{CredentialStore, KeychainStatus},
};
use domain::Secret;
use parking_lot::Mutex;
use std::collections::HashMap;

/// Keeps secrets until this process ends.
#[derive(Debug, Default)]
pub struct MemoryStore {
    secrets: Mutex<HashMap<String, Secret>>,
    next_failure: Mutex<Option<Error>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the next call fail with `error`, whichever call it is; a `status` tells the error as a status.
    pub fn fail_next_call(&self, error: Error) {
        *self.next_failure.lock() = Some(error);
    }

    fn fail_if_told_to(&self) -> Result<(), Error> {
        self.next_failure.lock().take().map_or(Ok(()), Err)
    }
}

#[async_trait::async_trait]
impl CredentialStore for MemoryStore {
    async fn get(&self, name: &str) -> Result<Option<Secret>, Error> {
        self.fail_if_told_to()?;
        Ok(self.secrets.lock().get(name).cloned())
    }

    async fn set(&self, name: &str, secret: &Secret) -> Result<(), Error> {
        self.fail_if_told_to()?;
        self.secrets.lock().insert(name.to_owned(), secret.clone());
        Ok(())
    }

    async fn delete(&self, name: &str) -> Result<(), Error> {
        self.fail_if_told_to()?;
        self.secrets.lock().remove(name);
        Ok(())
    }

    async fn status(&self) -> KeychainStatus {
        self.fail_if_told_to().map_or_else(|error| error.as_status(), |()| KeychainStatus::Available)
    }
}

#[cfg(test)]
mod tests {
    use super::MemoryStore;
    use crate::{CredentialStore, Error};
    use domain::Secret;

    #[tokio::test]
    async fn keeps_replaces_and_forgets() {
        let store = MemoryStore::new();
        assert_eq!(store.get("token").await, Ok(None), "nothing is there before it is put there");
        store.set("token", &Secret::new("one")).await.unwrap();
        store.set("token", &Secret::new("two")).await.unwrap();
        assert_eq!(store.get("token").await, Ok(Some(Secret::new("two"))), "the newer secret replaces the older one");
        store.delete("token").await.unwrap();
        assert_eq!(store.get("token").await, Ok(None), "a forgotten secret is gone");
        assert_eq!(store.delete("token").await, Ok(()), "forgetting what is not there is no error");
    }

    #[tokio::test]
    async fn fails_exactly_once_when_told_to() {
        let store = MemoryStore::new();
        store.set("token", &Secret::new("one")).await.unwrap();
        store.fail_next_call(Error::Failed);
        assert_eq!(store.get("token").await, Err(Error::Failed), "the next call fails");
        assert_eq!(store.get("token").await, Ok(Some(Secret::new("one"))), "the call after it does not");

        let denied = Error::Denied { reason: "It is locked.".into(), remedy: "Unlock it.".into() };
        store.fail_next_call(denied.clone());
        assert_eq!(store.status().await, denied.as_status(), "a status tells the failure instead of raising it");
        assert!(store.status().await.is_available(), "and only once");
    }

    #[tokio::test]
    async fn debug_shows_no_secret() {
        let store = MemoryStore::new();
        store.set("token", &Secret::new("hunter2")).await.unwrap();
        assert!(!format!("{store:?}").contains("hunter2"), "a store can be logged without giving its secrets away");
    }
}
