//! The signature over an event: HMAC-SHA256 over the moment of signing, a dot, and the body.

use super::WebhookError;
use crate::idempotency::hex;
use domain::{Secret, Timestamp};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use std::time::Duration;
use subtle::{Choice, ConstantTimeEq as _};

/// How far the moment of signing may lie from now, before or after.
const TOLERANCE: Duration = Duration::from_mins(5);
/// Longest header that is read, in bytes.
const LONGEST_HEADER: usize = 4096;
/// Most signatures that are compared. There are two while a secret is replaced.
const MOST_SIGNATURES: usize = 16;
/// Most digits of a moment in seconds: enough for three thousand years.
const MOST_DIGITS: usize = 11;

/// Says whether the body was signed with the secret, lately.
pub(super) fn verify(secret: &Secret, header: &str, payload: &[u8], now: Timestamp) -> Result<(), WebhookError> {
    let secret = secret.expose().trim();
    // Everybody can sign with nothing.
    if secret.is_empty() {
        return Err(WebhookError::NotConfigured);
    }
    let Signed { at, moment, signatures } = Signed::read(header)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| WebhookError::NotConfigured)?;
    for part in [at.as_bytes(), b".", payload] {
        mac.update(part);
    }
    let wanted = hex(&mac.finalize().into_bytes());
    // Every signature is compared to its end, so that the time tells nothing about how much of it was right.
    let fits =
        signatures.iter().fold(Choice::from(0), |fits, signature| fits | signature.as_bytes().ct_eq(wanted.as_bytes()));
    if !bool::from(fits) {
        return Err(WebhookError::Forged);
    }
    if now.since(moment) > TOLERANCE {
        return Err(WebhookError::TooOld);
    }
    if moment.since(now) > TOLERANCE {
        return Err(WebhookError::TooEarly);
    }
    Ok(())
}

/// What the header says.
struct Signed<'a> {
    /// The moment as it was signed.
    at: &'a str,
    moment: Timestamp,
    signatures: Vec<&'a str>,
}

impl<'a> Signed<'a> {
    fn read(header: &'a str) -> Result<Self, WebhookError> {
        if header.len() > LONGEST_HEADER {
            return Err(WebhookError::Malformed);
        }
        let (mut at, mut signatures) = (None, Vec::new());
        for part in header.split(',') {
            let (name, value) = part.trim().split_once('=').ok_or(WebhookError::Malformed)?;
            match name {
                "t" if at.is_some() => return Err(WebhookError::Malformed),
                "t" => at = Some(value),
                "v1" if signatures.len() == MOST_SIGNATURES => return Err(WebhookError::Malformed),
                "v1" => signatures.push(value),
                // Other schemes are for tests, or were not thought of yet: none of them is trusted.
                _ => {}
            }
        }
        let at = at.ok_or(WebhookError::Malformed)?;
        let is_moment = (1..=MOST_DIGITS).contains(&at.len()) && at.bytes().all(|byte| byte.is_ascii_digit());
        let seconds: i64 = at.parse().ok().filter(|_| is_moment).ok_or(WebhookError::Malformed)?;
        if signatures.is_empty() {
            return Err(WebhookError::Unsigned);
        }
        Ok(Self { at, moment: Timestamp::from_millis(seconds.saturating_mul(1000)), signatures })
    }
}
