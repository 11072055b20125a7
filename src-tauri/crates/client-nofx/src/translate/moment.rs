//! Times as NOFX writes them: ISO 8601 with or without a zone, the texts of JavaScript and HTTP, and plain numbers.

use client_http::{Answer, header::DATE};
use domain::Timestamp;
use serde_json::Value;

/// Numbers above this are milliseconds: as seconds they would lie beyond the year 5000.
const LATEST_SECONDS: i64 = 100_000_000_000;

/// The moment that a value tells, if it tells one.
pub(crate) fn moment(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => written(text.trim()),
        Value::Number(number) => counted(number.as_i64()?),
        _ => None,
    }
}

/// When an answer was given, by the clock of the plane.
pub(crate) fn answered_at(answer: &Answer) -> Option<Timestamp> {
    answer.text(DATE).and_then(written)
}

fn written(text: &str) -> Option<Timestamp> {
    let zoned = text.parse::<Timestamp>().ok();
    // The database column has no zone; the server fills it in UTC.
    let zoneless = || civil(text.parse().ok()?);
    let http = || told(jiff::fmt::rfc2822::parse(text).ok()?.timestamp());
    let script = || {
        let head = text.split(" (").next()?;
        told(jiff::fmt::strtime::parse("%a %b %d %Y %H:%M:%S GMT%z", head).ok()?.to_timestamp().ok()?)
    };
    zoned.or_else(zoneless).or_else(http).or_else(script).or_else(|| counted(text.parse().ok()?))
}

fn civil(moment: jiff::civil::DateTime) -> Option<Timestamp> {
    told(moment.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

fn counted(number: i64) -> Option<Timestamp> {
    let millis = if number.abs() < LATEST_SECONDS { number.checked_mul(1000)? } else { number };
    told(jiff::Timestamp::from_millisecond(millis).ok()?)
}

#[expect(clippy::unnecessary_wraps, reason = "the end of a chain of attempts")]
fn told(moment: jiff::Timestamp) -> Option<Timestamp> {
    Some(Timestamp::from_millis(moment.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::moment;
    use domain::Timestamp;
    use serde_json::json;

    #[test]
    fn every_way_of_writing_a_time_is_read() {
        let whole = Timestamp::from_millis(1_795_170_825_000);
        for value in [
            json!("2026-11-20T10:33:45.000Z"),
            json!("2026-11-20T11:33:45+01:00"),
            json!("2026-11-20T10:33:45"),
            json!("2026-11-20 10:33:45.000"),
            json!("Fri Nov 20 2026 10:33:45 GMT+0000 (Coordinated Universal Time)"),
            json!("Fri, 20 Nov 2026 10:33:45 GMT"),
            json!(1_795_170_825_000_i64),
            json!(1_795_170_825),
            json!("1795170825000"),
        ] {
            assert_eq!(moment(&value), Some(whole), "{value} is that moment");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for value in [json!(""), json!("yesterday"), json!(null), json!({}), json!(i64::MAX), json!(1.5)] {
            assert_eq!(moment(&value), None, "{value} is no moment");
        }
    }
}
