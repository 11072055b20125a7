//! The `Retry-After` header: seconds, or an HTTP date.

use std::time::{Duration, SystemTime};

/// How long a `Retry-After` value asks to wait, `wall` being the wall clock now: whole seconds (RFC 9110 §10.2.3) or any of
/// the three HTTP date forms; a date in the past asks for no wait. None if it is neither.
pub fn retry_after(value: &str, wall: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are a very long wait, not a short one.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(wall).unwrap_or_default())
}
