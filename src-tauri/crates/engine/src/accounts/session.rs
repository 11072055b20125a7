//! Sessions of people: a token to call with, one to go on with, and how long each holds.

use domain::{PersonId, Secret, Timestamp};
use std::time::Duration;

/// How long an access token holds.
pub(crate) const ACCESS: Duration = Duration::from_mins(15);
/// How long a session holds that nobody continues.
pub(crate) const REFRESH: Duration = Duration::from_hours(30 * 24);

/// What a session is called with and continued with. Shown once; `Debug` does not show them.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// Sent with every call.
    pub access: Secret,
    /// When that ends.
    pub access_expires_at: Timestamp,
    /// Exchanged, once, for new ones.
    pub refresh: Secret,
    /// When that ends.
    pub refresh_expires_at: Timestamp,
}

/// Somebody who signed in just now.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub person: PersonId,
    /// The person's e-mail address.
    pub email: String,
    /// What the person is called.
    pub name: String,
    /// The session.
    pub session: String,
    /// Its tokens.
    pub tokens: Tokens,
}
