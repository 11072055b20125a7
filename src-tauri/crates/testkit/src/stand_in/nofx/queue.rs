//! The queue and its dead letters, which bear fifty calls in a quarter of an hour.

use super::{answers, state::State};
use crate::Said;
use serde_json::{Value, json};

/// How many calls this part bears.
const BEARS: usize = 50;

/// Counts a call; what is answered to it if it is one too many.
pub(super) fn limited(state: &mut State) -> Option<Said> {
    state.queue_calls += 1;
    if state.queue_calls <= BEARS {
        return None;
    }
    let message = "You have exceeded the rate limit. Please try again later.";
    let body = json!({ "error": "Too many requests", "message": message, "retryAfter": "843" });
    Some(Said::json(429, &body).header("ratelimit-limit", BEARS.to_string()).header("retry-after", "843"))
}

pub(super) fn counts(state: &State) -> Value {
    let of = |status: &str| state.steps.iter().filter(|row| row["status"] == status).count();
    let died = state.events.iter().filter(|row| row["type"] == "step.failed").count();
    let counts = json!({
        "waiting": of("queued"), "active": of("running"), "completed": of("succeeded"), "failed": died, "delayed": 0,
        "paused": 0,
    });
    json!({ "topic": "step.ready", "counts": counts, "oldestAgeMs": null })
}

/// The steps of the letters that are taken out, the newest first, and how many letters that were.
pub(super) fn taken_out(state: &mut State, body: &Value) -> Result<(Vec<String>, usize), Said> {
    let most = match &body["max"] {
        Value::Null => 50,
        most => most
            .as_u64()
            .filter(|most| *most <= 500)
            .ok_or_else(|| answers::error(400, "max: Number must be less than or equal to 500"))?,
    };
    let taken = usize::try_from(most).unwrap_or(usize::MAX).min(state.dead_letters.len());
    let letters: Vec<_> = state.dead_letters.drain(..taken).collect();
    let mut steps: Vec<_> =
        letters.iter().filter_map(|letter| letter["stepId"].as_str().map(ToOwned::to_owned)).collect();
    steps.sort();
    steps.dedup();
    Ok((steps, taken))
}
