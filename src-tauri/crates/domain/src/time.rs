//! A moment in time with millisecond resolution. Where it comes from is the caller's business: no clock lives here.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::time::Duration;

/// Milliseconds since 1970-01-01T00:00:00Z; RFC 3339 with milliseconds and `Z` on every wire.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, ts_rs::TS, utoipa::ToSchema)]
#[ts(type = "string")]
#[schema(value_type = String, format = DateTime)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the Unix epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// From the system's wall clock reading, saturating outside the representable range.
    pub fn from_system(time: std::time::SystemTime) -> Self {
        let millis = match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |millis| -millis),
        };
        Self(millis)
    }

    /// The moment `duration` later, saturating.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The moment `duration` earlier, saturating.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The time from `earlier` to this moment; zero if `earlier` is in fact later, since clocks may step back.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(moment) => write!(f, "{moment:.3}"),
            Err(_) => write!(f, "{}ms", self.0),
        }
    }
}

impl std::fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Timestamp {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<jiff::Timestamp>().map(|moment| Self(moment.as_millisecond()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A wall clock. The composition root gives the system's; tests give one that they can turn.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// The minute of the day, 0 to 1439, that the clock on the wall of its reader shows at this moment; UTC where it hangs on no
    /// wall.
    fn local_minute(&self, at: Timestamp) -> u16 {
        u16::try_from(at.as_millis().div_euclid(60_000).rem_euclid(24 * 60)).unwrap_or(0)
    }
}

/// The operating system's wall clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the wall clock")]
        Timestamp::from_system(std::time::SystemTime::now())
    }

    fn local_minute(&self, at: Timestamp) -> u16 {
        let Ok(moment) = jiff::Timestamp::from_millisecond(at.as_millis()) else { return 0 };
        let wall = moment.to_zoned(jiff::tz::TimeZone::system());
        u16::try_from(wall.hour()).unwrap_or(0) * 60 + u16::try_from(wall.minute()).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn survives_a_round_trip_through_text() {
        let moment = Timestamp::from_millis(1_787_368_462_007);
        assert_eq!(moment.to_string().parse::<Timestamp>().ok(), Some(moment), "milliseconds are kept");
        assert_eq!(moment.to_string(), "2026-08-22T03:14:22.007Z", "always UTC, always three digits");
    }
}
