//! What a notice says. One place, because a banner of the desktop, one of a browser and the terminal say the same.

use domain::{Breaker, BreakerCause, BreakerSource};

/// Most characters of a name or a goal in a banner.
const MOST: usize = 80;

/// The beginning of a text that somebody else has written.
pub(super) fn short(text: &str) -> String {
    let line = || text.chars().map(|c| if c.is_control() { ' ' } else { c });
    if text.chars().count() <= MOST {
        return line().collect();
    }
    line().take(MOST - 1).chain(['…']).collect()
}

pub(super) fn failure(goal: &str, step: Option<&str>, code: &str, connection: &str, runs: usize) -> (String, String) {
    let code = if code.is_empty() { "without a reason".to_owned() } else { format!("with {}", short(code)) };
    let at = step.map_or_else(String::new, |step| format!(" at {}", short(step)));
    let title = if runs == 1 { format!("Failed: {}", short(goal)) } else { format!("{runs} runs failed{at}") };
    (title, format!("{}{at}, {code}, on {connection}.", if runs == 1 { "It failed" } else { "They failed" }))
}

pub(super) fn approval(step: &str, goal: &str, connection: &str) -> (String, String) {
    let title = format!("{} is about to close", short(step));
    (title, format!("Without a verdict it fails within 10 minutes: {}, on {connection}.", short(goal)))
}

pub(super) fn breaker(breaker: &Breaker, connection: Option<&str>, failed: u64, held: u64) -> (String, String) {
    let why = breaker.cause.map_or("it lets no calls through", cause);
    let runs = |count: u64| if count == 1 { "1 run".to_owned() } else { format!("{count} runs") };
    let whom =
        if failed + held == 0 { String::new() } else { format!(" {} failed, {} held up.", runs(failed), runs(held)) };
    let place = connection.map_or_else(String::new, |name| format!(", on {name}"));
    (format!("Breaker opened: {}", subject(breaker)), format!("Because {why}{place}.{whom}"))
}

pub(super) fn closed(breaker: &Breaker) -> String {
    format!("Breaker closed: {}", subject(breaker))
}

/// The console's own are known by what they protect, those of planes by their name.
fn subject(breaker: &Breaker) -> String {
    short(if breaker.source == BreakerSource::Console { &breaker.protects } else { &breaker.id })
}

const fn cause(cause: BreakerCause) -> &'static str {
    match cause {
        BreakerCause::Unreachable => "the other side could not be reached",
        BreakerCause::Timeout => "calls ran into their time limit",
        BreakerCause::ServerError => "the other side answered with server errors",
        BreakerCause::Overloaded => "the other side said that it is overloaded",
        BreakerCause::Malformed => "the other side answered something that is not its protocol",
        BreakerCause::Operator => "an operator opened it",
        BreakerCause::Slow => "calls were too slow",
        BreakerCause::Other => "calls failed",
    }
}

pub(super) fn readiness(connection: &str, (from, to): (u32, u32), title: &str) -> (String, String) {
    (format!("Readiness of {connection} fell from {from} to {to}"), format!("No longer passes: {}.", short(title)))
}
