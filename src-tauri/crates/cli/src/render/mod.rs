//! How nouns look on a terminal. Pure: values in, tables and lines out.

mod drill;
mod junit;
mod lists;
mod notices;
mod run;
mod table;
mod triage;

pub(crate) use drill::{goals_met, score, story};
pub(crate) use junit::junit;
pub(crate) use lists::{
    breaker_history, breakers, connections, freshness_note, hits, readiness, runs, source_notes, templates, test,
};
pub(crate) use notices::notices;
pub(crate) use run::{event_line, log_line, run};
pub(crate) use table::{Cell, Colour, Table};
pub(crate) use triage::{affected, problems, radius_notes, unread, verdict};

use domain::Timestamp;
use serde::Serialize;

/// The word that serde writes for a value.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Date and time to the second, UTC, as everything on a server is dated.
pub(crate) fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    text.split_once('.').map_or_else(|| text.clone(), |(seconds, _)| format!("{}Z", seconds.replace('T', " ")))
}

/// Date and time, or a dash.
pub(crate) fn moment_or_dash(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "-".to_owned(), moment)
}

/// A span of time for a person: `420 ms`, `7.3 s`, `4 min 05 s`, `3 h 12 min`.
pub(crate) fn span(millis: u64) -> String {
    match millis {
        0..1_000 => format!("{millis} ms"),
        1_000..60_000 => format!("{}.{} s", millis / 1_000, millis % 1_000 / 100),
        60_000..3_600_000 => format!("{} min {:02} s", millis / 60_000, millis % 60_000 / 1_000),
        _ => format!("{} h {:02} min", millis / 3_600_000, millis % 3_600_000 / 60_000),
    }
}

/// The beginning of a text, with a mark if it goes on.
pub(crate) fn beginning(text: &str, most: usize) -> String {
    let mut short: String = text.chars().take(most).collect();
    if short.len() < text.len() {
        short.pop();
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::{beginning, moment, span};
    use domain::Timestamp;

    #[test]
    fn times_read_well() {
        assert_eq!(moment(Timestamp::from_millis(1_787_368_462_007)), "2026-08-22 03:14:22Z", "to the second, UTC");
        let spans = [(7, "7 ms"), (7_390, "7.3 s"), (245_000, "4 min 05 s"), (11_520_000, "3 h 12 min")];
        for (millis, text) in spans {
            assert_eq!(span(millis), text, "{millis} ms in the unit that fits");
        }
    }

    #[test]
    fn long_text_is_cut_with_a_mark() {
        assert_eq!(beginning("häuser", 4), "häu…", "characters are counted, not bytes");
        assert_eq!(beginning("häuser", 6), "häuser", "what fits is left alone");
    }
}
