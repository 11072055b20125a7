//! People who sign in: what a plane gives them, and who keeps that for everybody who calls with it.
//!
//! A session goes on by exchanging its refresh token, once: a plane that sees one twice takes it for stolen and ends the
//! session. So whoever exchanges does it in a turn of the [`SessionKeeper`]: it reads again what is kept, goes on with that
//! if it still holds, and otherwise keeps what it was given before it is used. Deliberately absent: where a session is kept.

use crate::error::Error;
use domain::{Secret, Timestamp};
use std::sync::Arc;

/// What somebody is signed in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Sent with every call.
    pub access: Secret,
    /// When that ends.
    pub access_expires_at: Timestamp,
    /// Exchanged for the next session, once.
    pub refresh: Secret,
}

/// How somebody signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// With an account that is there.
    Password {
        /// Whose.
        email: String,
        /// Its password.
        password: Secret,
        /// Any refresh token that this device was given before, whether or not it still holds: it shows that the device is
        /// known.
        device: Option<Secret>,
    },
    /// By taking an invitation up.
    Invitation {
        /// What it came with.
        token: Secret,
        /// What the person is called; needed from somebody who has no account yet.
        name: Option<String>,
        /// A new password, or the one of the account that is there.
        password: Secret,
    },
    /// At an identity provider, in the browser of the system.
    Browser {
        /// As it was given at the beginning.
        attempt: Secret,
        /// What the browser came back with.
        back: CameBack,
    },
}

/// How people may sign in to a plane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaysIn {
    /// By e-mail address and password.
    pub password: bool,
    /// What the identity provider is called, if there is one.
    pub provider: Option<String>,
}

/// A sign-in that has begun and goes on in the browser of the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BegunSignIn {
    /// What the browser is to open.
    pub url: String,
    /// What finishes it.
    pub attempt: Secret,
    /// When it can no longer be finished.
    pub expires_at: Timestamp,
}

/// What a browser brings back from an identity provider (RFC 6749, section 4.1.2; RFC 9207).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameBack {
    /// As the provider was given it.
    pub state: String,
    /// What is exchanged for who somebody is, once.
    pub code: Secret,
    /// Who issued it, if the provider says so.
    pub issuer: Option<String>,
}

/// A turn of one who exchanges; all others wait until it is dropped.
pub type Turn = Box<dyn std::fmt::Debug + Send>;

/// Keeps the session of a connection for every task and every process of this user.
#[async_trait::async_trait]
pub trait SessionKeeper: Send + Sync + std::fmt::Debug {
    /// Waits until no other task and no other process of this user is at it.
    async fn turn(&self) -> Result<Turn, Error>;

    /// What is kept now, whoever has kept it; `None` if there is none, or if it is over.
    async fn session(&self) -> Result<Option<Session>, Error>;

    /// Keeps a session in place of the last one. Called within a turn.
    async fn keep(&self, session: &Session) -> Result<(), Error>;

    /// Remembers that the session that is kept is over, until another one is kept. Called within a turn.
    async fn end(&self) -> Result<(), Error>;

    /// The clock by which access tokens run out.
    fn now(&self) -> Timestamp;
}

/// What a port is called with.
#[derive(Debug, Clone)]
pub enum Credential {
    /// The same token with every call.
    Token(Secret),
    /// The session of a person.
    Session(Arc<dyn SessionKeeper>),
}

impl Credential {
    /// The token, for a kind of plane that knows nothing else.
    pub const fn token(&self) -> Option<&Secret> {
        match self {
            Self::Token(token) => Some(token),
            Self::Session(_) => None,
        }
    }
}

impl From<Secret> for Credential {
    fn from(token: Secret) -> Self {
        Self::Token(token)
    }
}
