//! Where the page shows what a notice is about: the addresses that `ui/src/state/route.svelte.ts` reads.

use crate::view::NoticeKind;
use std::fmt::Write as _;

/// The page that shows every problem.
pub(super) const TRIAGE: &str = "#/triage";
/// The page that shows every breaker.
const BREAKERS: &str = "#/breakers";

pub(super) fn run(connection: &str, run: &str, step: Option<&str>) -> String {
    let at = format!("#/runs/{}/{}", escaped(connection), escaped(run));
    step.map_or_else(|| at.clone(), |step| format!("{at}?step={}", escaped(step)))
}

/// The runs that a breaker of a plane hurts.
pub(super) fn blast(connection: &str, breaker: &str) -> String {
    format!("{BREAKERS}/{}/{}/blast", escaped(connection), escaped(breaker))
}

/// A breaker of the console itself, in the list.
pub(super) fn own_breaker(connection: &str, breaker: &str) -> String {
    format!("{BREAKERS}?breaker={}", escaped(&format!("console/{connection}/{breaker}")))
}

pub(super) fn check(id: &str) -> String {
    format!("#/readiness?check={}", escaped(id))
}

/// Whether a page at this address shows what the notice is about.
pub(super) fn shows(looked_at: &str, kind: NoticeKind, route: &str) -> bool {
    let at = path(looked_at);
    at == TRIAGE || at == "#/" || at == path(route) || (kind == NoticeKind::Breaker && at == BREAKERS)
}

/// An address without its filters and selections.
pub(super) fn path(route: &str) -> &str {
    route.split('?').next().unwrap_or(route)
}

/// As `encodeURIComponent` does.
fn escaped(part: &str) -> String {
    let mut text = String::with_capacity(part.len());
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{blast, own_breaker, run, shows};
    use crate::view::NoticeKind;

    #[test]
    fn addresses_are_those_of_the_page() {
        assert_eq!(blast("flow-eu", "ai:anthropic"), "#/breakers/flow-eu/ai%3Aanthropic/blast");
        assert_eq!(
            own_breaker("flow-eu", "connection:flow-eu:read"),
            "#/breakers?breaker=console%2Fflow-eu%2Fconnection%3Aflow-eu%3Aread"
        );
        assert_eq!(run("local", "run_1", Some("write é")), "#/runs/local/run_1?step=write%20%C3%A9");
    }

    #[test]
    fn what_is_on_screen_is_known_by_its_page() {
        let at = run("local", "run_1", Some("publish"));
        assert!(shows("#/runs/local/run_1?tab=events", NoticeKind::Failure, &at), "whatever part of the run is open");
        assert!(!shows("#/runs/local/run_2", NoticeKind::Failure, &at), "another run is not it");
        assert!(shows("#/triage", NoticeKind::Readiness, "#/readiness"), "triage shows every problem");
        assert!(shows("#/breakers", NoticeKind::Breaker, &blast("local", "a")), "the list shows every breaker");
        assert!(!shows("#/breakers", NoticeKind::Failure, &at), "but no runs");
    }
}
