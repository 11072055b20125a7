//! Sign-in through an OpenID Connect provider: the authorisation code flow of a native app (RFC 8252) with PKCE.
//!
//! [`IdentityProvider::begin`] makes what one sign-in needs and gives the address for the browser of the system; the
//! provider leads the browser back to the console, which listens on loopback; [`IdentityProvider::finish`] takes what came
//! back there, exchanges it, and answers who that is. Between the two lies an *attempt*, known only to whoever began it,
//! in memory for ten minutes, and good for one try. Nothing is believed that the provider has not signed for this very
//! attempt. Deliberately absent: people, sessions and any storage; refresh tokens and the user info endpoint, since only
//! the identity is asked for; a listener for the way back.

mod attempts;
mod claims;
mod discovery;
mod error;
mod exchange;
mod keys;
mod provider_text;
mod redirect;
mod settings;
mod signature;
#[cfg(test)]
mod tests;
mod token;

pub use error::{Check, IdentityError, ProviderDocument, Refusal};
pub use settings::{ProviderSettings, SettingsError};

use attempts::{Attempt, Attempts, hashed, random};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use discovery::Discovered;
use domain::{Clock, Secret, Timestamp};
use exchange::Exchange;
use parking_lot::Mutex;
use settings::Settings;
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::Duration};
use subtle::ConstantTimeEq;

/// How long an attempt can be finished.
const OPEN_FOR: Duration = Duration::from_mins(10);
/// How long what the provider tells of itself is believed before it is read anew.
const KNOWN_FOR: Duration = Duration::from_hours(1);
/// Who somebody is, and how to call them.
const SCOPE: &str = "openid email profile";

/// A provider that people sign in through.
#[derive(Debug)]
pub struct IdentityProvider {
    settings: Settings,
    clock: Arc<dyn Clock>,
    exchange: Exchange,
    known: Mutex<Option<(Timestamp, Arc<Discovered>)>>,
    attempts: Attempts,
}

/// A sign-in that has begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// What the browser of the system is to open.
    pub url: String,
    /// What finishes this attempt, and proves that it is finished by whoever began it: 32 random bytes in hex.
    pub attempt: Secret,
    /// When it can no longer be finished.
    pub expires_at: Timestamp,
}

/// What came back to the listener of the console.
#[derive(Debug, Clone)]
pub struct Finish {
    /// As [`Begun::attempt`] was given.
    pub attempt: Secret,
    /// `state` of the redirection.
    pub state: String,
    /// `code` of the redirection.
    pub code: Secret,
    /// `iss` of the redirection, if there was one.
    pub issuer: Option<String>,
}

/// Somebody, by the word of the provider. Issuer and subject together name one person for ever; the rest may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideIdentity {
    /// The provider, as in its settings.
    pub issuer: String,
    /// The provider's own name for the person; 1 to 255 characters, none of which is invisible.
    pub subject: String,
    /// At most 254 characters; absent if the provider tells none, or one that cannot be shown.
    pub email: Option<String>,
    /// Whether the provider has made sure that the address is theirs. Without it the address proves nothing.
    pub email_verified: bool,
    /// At most 200 characters.
    pub name: Option<String>,
}

impl IdentityProvider {
    /// Takes the settings in; nothing is sent yet.
    ///
    /// # Errors
    /// Every fault of the settings, or that no HTTP client can be made on this machine.
    pub fn new(settings: ProviderSettings, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        let settings = Settings::read(settings)?;
        let exchange = Exchange::new(settings.is_on_loopback()).map_err(|_| SettingsError::NoClient)?;
        Ok(Self { settings, clock, exchange, known: Mutex::default(), attempts: Attempts::default() })
    }

    /// The provider's name for people: as in its settings, or else its host.
    pub fn label(&self) -> &str {
        &self.settings.label
    }

    /// The provider, as in its settings.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Begins a sign-in that comes back to `redirect_uri`: `http://127.0.0.1:PORT/PATH` or `http://[::1]:PORT/PATH`.
    ///
    /// # Errors
    /// [`IdentityError::Invalid`] for another address, and whatever keeps the provider from telling where it asks people.
    pub async fn begin(&self, redirect_uri: &str) -> Result<Begun, IdentityError> {
        redirect::check(redirect_uri).map_err(|fault| IdentityError::Invalid { faults: vec![fault] })?;
        let provider = self.discovered().await?;
        let [attempt, state, nonce, verifier] = [random()?, random()?, random()?, random()?];
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose()));
        let mut url = provider.authorization_endpoint.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", SCOPE)
            .append_pair("state", state.expose())
            .append_pair("nonce", nonce.expose())
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        let expires_at = self.clock.now().plus(OPEN_FOR);
        let redirect_uri = redirect_uri.to_owned();
        let open = Attempt { state, nonce, verifier, redirect_uri, provider, expires_at };
        self.attempts.open(hashed(&attempt), open);
        Ok(Begun { url: url.into(), attempt, expires_at })
    }

    /// Finishes a sign-in. The attempt is over whatever comes of this.
    ///
    /// # Errors
    /// See [`IdentityError`]; after each of them, only a new attempt can lead on.
    pub async fn finish(&self, finish: Finish) -> Result<OutsideIdentity, IdentityError> {
        let attempt = self.attempts.take(&hashed(&finish.attempt)).ok_or(IdentityError::AttemptOver)?;
        if self.clock.now() >= attempt.expires_at {
            return Err(IdentityError::AttemptOver);
        }
        if !bool::from(attempt.state.expose().as_bytes().ct_eq(finish.state.as_bytes())) {
            return Err(Check::State.failed());
        }
        let provider = &attempt.provider;
        let is_from_here = finish.issuer.map_or(!provider.names_itself_on_return, |it| it == self.settings.issuer);
        if !is_from_here {
            return Err(Check::ReturnIssuer.failed());
        }
        let token = token::exchange(&self.exchange, &self.settings, &attempt, &finish.code).await?;
        let header = signature::header(&token)?;
        let key = provider.keys.key(&header, &self.exchange, &*self.clock).await?;
        let claims = signature::verified(&token, &key, header.alg)?;
        claims::judge(claims, &self.settings, &attempt.nonce, self.clock.now())
    }

    /// What the provider tells of itself, read anew when it is old.
    async fn discovered(&self) -> Result<Arc<Discovered>, IdentityError> {
        let now = self.clock.now();
        let known = self.known.lock().as_ref().filter(|(read, _)| !is_over(*read, KNOWN_FOR, now)).cloned();
        if let Some((_, known)) = known {
            return Ok(known);
        }
        let read = Arc::new(discovery::read(&self.exchange, &self.settings).await?);
        *self.known.lock() = Some((now, Arc::clone(&read)));
        Ok(read)
    }
}

/// Whether a time has passed since something. A clock that was set back says nothing about it, so that counts as passed.
fn is_over(since: Timestamp, time: Duration, now: Timestamp) -> bool {
    now < since || now.since(since) >= time
}
