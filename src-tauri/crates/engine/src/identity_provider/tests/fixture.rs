//! A provider and whoever signs in through it.

use crate::identity_provider::{
    Begun, Check, Finish, IdentityError, IdentityProvider, OutsideIdentity, ProviderSettings,
};
use domain::Secret;
use std::sync::Arc;
use testkit::{
    TurnedClock,
    identity_provider::{self as foreign, CLIENT_ID, CameBack},
};

/// Where the console listens.
pub(super) const LISTENER: &str = "http://127.0.0.1:49152/signed-in";

/// The two sides, by one clock.
#[derive(Debug)]
pub(super) struct Fixture {
    pub(super) clock: Arc<TurnedClock>,
    pub(super) provider: foreign::IdentityProvider,
    pub(super) here: IdentityProvider,
}

impl Fixture {
    pub(super) async fn new() -> Self {
        Self::with_secret(None).await
    }

    pub(super) async fn with_secret(secret: Option<&str>) -> Self {
        let clock = Arc::new(TurnedClock::default());
        let provider = foreign::IdentityProvider::start(clock.clone()).await;
        let settings = ProviderSettings { client_secret: secret.map(Secret::new), ..settings(&provider.issuer()) };
        let here = IdentityProvider::new(settings, clock.clone()).expect("settings in order");
        Self { clock, provider, here }
    }

    pub(super) async fn begin(&self) -> Begun {
        self.here.begin(LISTENER).await.expect("a sign-in begins")
    }

    /// Begins, and lets the person go through the browser.
    pub(super) async fn until_back(&self) -> (Begun, CameBack) {
        let begun = self.begin().await;
        let back = self.provider.authorise(&begun.url).await.expect("the person is led back");
        (begun, back)
    }

    /// The whole way.
    pub(super) async fn sign_in(&self) -> Result<OutsideIdentity, IdentityError> {
        let (begun, back) = self.until_back().await;
        self.here.finish(finish(&begun, &back)).await
    }

    /// The whole way of somebody who must not come in.
    pub(super) async fn failed_check(&self) -> Check {
        match self.sign_in().await {
            Err(IdentityError::NotBelieved { check }) => check,
            other => panic!("a check was to fail, and this came of it: {other:?}"),
        }
    }
}

/// A public client of this issuer.
pub(super) fn settings(issuer: &str) -> ProviderSettings {
    ProviderSettings { issuer: issuer.to_owned(), client_id: CLIENT_ID.to_owned(), client_secret: None, label: None }
}

/// What the console hands on.
pub(super) fn finish(begun: &Begun, back: &CameBack) -> Finish {
    Finish {
        attempt: begun.attempt.clone(),
        state: back.state.clone(),
        code: Secret::new(back.code.as_str()),
        issuer: back.issuer.clone(),
    }
}
