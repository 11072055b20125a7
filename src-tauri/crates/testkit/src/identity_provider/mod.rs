//! A small OpenID Connect provider on loopback, for tests of whoever signs people in through one.
//!
//! It speaks real HTTP, signs with real keys and is strict where a provider has to be: codes are good once, for the client,
//! the redirect URI and the PKCE challenge that they were given for. A test says who sits before the browser, and how the
//! provider lies. Deliberately absent: a page to sign in at; [`IdentityProvider::authorise`] plays the person.
#![expect(clippy::expect_used, reason = "a provider that loses its own state is a failed test")]

mod authorisation;
mod browser;
mod endpoint;
mod form;
mod key;
mod service;
mod token;

pub use authorisation::{Person, SecretIn};
pub use browser::CameBack;
pub use endpoint::Endpoint;
pub use key::Algorithm;
pub use token::{IdToken, Signed};

use crate::{Loopback, Said};
use domain::Clock;
use serde_json::Value;
use service::Provider;
use std::sync::Arc;

/// The client that it knows.
pub const CLIENT_ID: &str = "breakwater-desktop";

/// A provider that serves until it is dropped.
#[derive(Debug)]
pub struct IdentityProvider {
    server: Loopback,
    provider: Arc<Provider>,
}

impl IdentityProvider {
    /// One that knows [`CLIENT_ID`], with Ada before the browser, and signs with RS256.
    pub async fn start(clock: Arc<dyn Clock>) -> Self {
        let provider = Arc::new(Provider::new(clock));
        let server = Loopback::serve(Arc::clone(&provider)).await;
        provider.listens_at(server.url());
        Self { server, provider }
    }

    /// Its issuer.
    pub fn issuer(&self) -> String {
        self.server.url()
    }

    /// From now on this person sits before the browser.
    pub fn sign_in_as(&self, person: Person) {
        self.provider.state().person = person;
    }

    /// From now on the client has to prove itself with this secret.
    pub fn require_secret(&self, secret: &str, place: SecretIn) {
        self.provider.state().secret = Some((secret.to_owned(), place));
    }

    /// From now on it signs with a new key, which it publishes beside the others.
    pub fn sign_with(&self, algorithm: Algorithm) {
        self.provider.state().keys.add(algorithm);
    }

    /// From now on neither its keys nor its tokens say which key is which.
    pub fn name_no_keys(&self) {
        self.provider.state().keys.are_named = false;
    }

    /// From now on each ID token is changed like this before it is handed out.
    pub fn forge(&self, change: impl Fn(&mut IdToken) + Send + Sync + 'static) {
        self.provider.state().forgery = Some(Arc::new(change));
    }

    /// From now on what it tells of itself is changed like this.
    pub fn tell(&self, change: impl Fn(&mut Value) + Send + Sync + 'static) {
        self.provider.state().telling = Some(Arc::new(change));
    }

    /// From now on it answers like this there.
    pub fn answer(&self, endpoint: Endpoint, said: Said) {
        self.provider.state().answers.insert(endpoint, Some(said));
    }

    /// From now on it takes what is asked there and never answers.
    pub fn fall_silent(&self, endpoint: Endpoint) {
        self.provider.state().answers.insert(endpoint, None);
    }

    /// From now on it answers there as it should again.
    pub fn recover(&self, endpoint: Endpoint) {
        self.provider.state().answers.remove(&endpoint);
    }

    /// How often something was asked there.
    pub fn asked(&self, endpoint: Endpoint) -> usize {
        self.provider.state().asked.iter().filter(|known| **known == endpoint).count()
    }

    /// Opens an address as the browser of the person would, who agrees to everything, and says what the listener on
    /// loopback is told then.
    ///
    /// # Errors
    /// What the page says instead, if it leads nowhere.
    pub async fn authorise(&self, url: &str) -> Result<CameBack, String> {
        browser::open(self.server.address(), url).await
    }
}
