//! What an ID token says, and whether that is true of this provider, this client, this attempt and this moment
//! (OpenID Connect Core 1.0, section 3.1.3.7).

use super::{Check, IdentityError, OutsideIdentity, provider_text, settings::Settings};
use domain::{Secret, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq;

/// How far the clocks of the two sides may be apart, in seconds.
const LEEWAY: i64 = 60;

/// What is used of a token. What it must say has a type; the rest is taken if it is of any use.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    #[serde(default)]
    email: Value,
    #[serde(default)]
    email_verified: Value,
    #[serde(default)]
    name: Value,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Some(Vec<String>),
}

/// Who it is, if all of it is true.
pub(super) fn judge(
    claims: Claims,
    settings: &Settings,
    nonce: &Secret,
    now: Timestamp,
) -> Result<OutsideIdentity, IdentityError> {
    let now = now.as_millis().div_euclid(1_000);
    let is_later = |moment: i64| moment > now.saturating_add(LEEWAY);
    let has_nonce = |said: &String| bool::from(said.as_bytes().ct_eq(nonce.expose().as_bytes()));
    let checks = [
        (Check::Issuer, claims.iss == settings.issuer),
        (Check::Audience, is_for(&claims, &settings.client_id)),
        (Check::Expiry, claims.exp.saturating_add(LEEWAY) > now),
        (Check::IssuedAt, !is_later(claims.iat) && !claims.nbf.is_some_and(is_later)),
        (Check::Nonce, claims.nonce.as_ref().is_some_and(has_nonce)),
        (Check::Subject, provider_text::is_subject(&claims.sub)),
    ];
    if let Some((check, _)) = checks.iter().find(|(_, holds)| !holds) {
        return Err(check.failed());
    }
    let email = claims.email.as_str().and_then(provider_text::email);
    Ok(OutsideIdentity {
        issuer: claims.iss,
        subject: claims.sub,
        email_verified: email.is_some() && claims.email_verified == Value::Bool(true),
        email,
        name: claims.name.as_str().and_then(provider_text::name),
    })
}

/// Whether this client is meant, and is the one that asked where others are meant too.
fn is_for(claims: &Claims, client_id: &str) -> bool {
    let (is_meant, is_alone) = match &claims.aud {
        Audience::One(only) => (only == client_id, true),
        Audience::Some(all) => (all.iter().any(|one| one == client_id), all.len() == 1),
    };
    is_meant && claims.azp.as_ref().map_or(is_alone, |asked| asked == client_id)
}
