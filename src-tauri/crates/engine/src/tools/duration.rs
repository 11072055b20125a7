//! Durations as people write them: whole seconds, or a whole number with a unit.
//!
//! Deliberately absent: fractions and compound forms such as `1h30m`. Each duration has one obvious spelling.

use serde_json::Value;
use std::time::Duration;

/// What to write where a duration is expected; the remedy of every fault about one.
pub(crate) const FORMS: &str =
    "Write whole seconds such as 90, or text such as \"500ms\", \"90s\", \"5m\", \"1h\" or \"1d\".";

/// Reads a duration: a whole number of seconds, or text with one of the units `ms`, `s`, `m`, `h`, `d`.
pub(crate) fn read(value: &Value) -> Option<Duration> {
    match value {
        Value::Number(number) => number.as_u64().map(Duration::from_secs),
        Value::String(text) => parse(text.trim()),
        _ => None,
    }
}

fn parse(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let millis = match unit.trim_start() {
        "ms" => 1,
        "s" | "" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(millis).map(Duration::from_millis)
}

/// Writes a duration in the largest unit up to hours that keeps it whole.
pub(crate) fn spell(duration: Duration) -> String {
    let millis = duration.as_millis();
    match millis {
        0 => "0s".to_owned(),
        _ if millis.is_multiple_of(3_600_000) => format!("{}h", millis / 3_600_000),
        _ if millis.is_multiple_of(60_000) => format!("{}m", millis / 60_000),
        _ if millis.is_multiple_of(1_000) => format!("{}s", millis / 1_000),
        _ => format!("{millis}ms"),
    }
}

/// Whole milliseconds; a duration beyond 500 million years saturates.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{read, spell};
    use serde_json::json;
    use std::time::Duration;

    #[test]
    fn every_documented_form_is_read_and_written_back() {
        for (value, millis, spelled) in [
            (json!(90), 90_000, "90s"),
            (json!("500ms"), 500, "500ms"),
            (json!("90s"), 90_000, "90s"),
            (json!("5m"), 300_000, "5m"),
            (json!("1h"), 3_600_000, "1h"),
            (json!("2d"), 172_800_000, "48h"),
            (json!("7"), 7_000, "7s"),
        ] {
            let duration = read(&value);
            assert_eq!(duration, Some(Duration::from_millis(millis)), "{value} is understood");
            assert_eq!(duration.map(spell).as_deref(), Some(spelled), "{value} reads back in one spelling");
        }
    }

    #[test]
    fn nonsense_is_no_duration() {
        for value in [
            json!(1.5),
            json!(-1),
            json!(""),
            json!("s"),
            json!("1w"),
            json!("99999999999999999999h"),
            json!("999999999999999d"),
            json!([]),
        ] {
            assert_eq!(read(&value), None, "{value} is refused");
        }
    }
}
