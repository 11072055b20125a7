//! Too many calls: of the plane, or only of one of its parts.
//!
//! Some parts of NOFX bear far fewer calls than the rest: 50 or 100 in a quarter of an hour, where the whole bears 1000. That
//! such a part is used up is no reason to leave the whole plane alone.

use client_http::Answer;
use control_plane::Error;
use std::time::Duration;

/// Says how many calls the limit allows that was met.
const LIMIT: &str = "ratelimit-limit";
/// Most calls that the limit of a part allows.
const OF_A_PART: u32 = 100;

/// What a 429 means.
pub(super) fn throttled(answer: &Answer, retry_after: Option<Duration>) -> Error {
    let limit = answer.text(LIMIT).and_then(|limit| limit.trim().parse().ok()).filter(|limit| *limit <= OF_A_PART);
    match limit {
        Some(limit) => used_up(limit, retry_after),
        None => Error::Throttled { retry_after },
    }
}

fn used_up(limit: u32, retry_after: Option<Duration>) -> Error {
    let again = match retry_after.map(|wait| wait.as_secs().div_ceil(60)) {
        None => "later".to_owned(),
        Some(0 | 1) => "within a minute".to_owned(),
        Some(minutes) => format!("in {minutes} minutes"),
    };
    let message =
        format!("this part of NOFX bears {limit} calls in a while, and they are used up; it answers again {again}");
    Error::Conflict { code: "calls_used_up".to_owned(), message }
}
