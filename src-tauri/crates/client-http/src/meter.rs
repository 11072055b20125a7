//! Counts what is asked of one plane, and remembers what it says that may still be asked.
//!
//! Planes count in their own ways: over all routes, by route, in windows of their own. So nothing is computed from what
//! their documents say; of what their answers say, that with the least left counts. Deliberately absent: holding anything
//! back, which is up to whoever asks.

use domain::{Allowance, Spending};
use parking_lot::Mutex;
use reqwest::{Method, header::HeaderMap};
use std::{collections::VecDeque, time::Duration};
use tokio::time::Instant;

/// For how long requests are counted.
const WINDOW: Duration = Duration::from_mins(15);
/// Requests are counted together that were made within this time.
const GRAIN: Duration = Duration::from_secs(10);
/// A longer window is taken for a date.
const LONGEST_RESET: Duration = Duration::from_hours(24);

/// Counts what is asked of one plane.
#[derive(Debug, Default)]
pub(crate) struct Meter(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    /// Oldest first.
    sent: VecDeque<Sent>,
    told: Vec<Told>,
}

#[derive(Debug)]
struct Sent {
    since: Instant,
    reads: u32,
    acts: u32,
}

/// What an answer said.
#[derive(Debug, Clone, Copy)]
struct Told {
    limit: u32,
    remaining: u32,
    until: Instant,
}

impl Meter {
    /// One request is about to be sent.
    pub(crate) fn count(&self, method: &Method) {
        let now = Instant::now();
        let mut counts = self.0.lock();
        counts.forget(now);
        if counts.sent.back().is_none_or(|sent| now.duration_since(sent.since) >= GRAIN) {
            counts.sent.push_back(Sent { since: now, reads: 0, acts: 0 });
        }
        if let Some(sent) = counts.sent.back_mut() {
            let count = if *method == Method::GET { &mut sent.reads } else { &mut sent.acts };
            *count = count.saturating_add(1);
        }
    }

    /// An answer came, with these headers.
    pub(crate) fn hear(&self, headers: &HeaderMap) {
        let Some(told) = told(headers, Instant::now()) else { return };
        let mut counts = self.0.lock();
        // Within one window less and less is left, so what says more and ends no later says nothing new.
        counts.told.retain(|known| known.remaining < told.remaining || known.until > told.until);
        if !counts.told.iter().any(|known| known.remaining <= told.remaining && known.until >= told.until) {
            counts.told.push(told);
        }
    }

    pub(crate) fn spending(&self) -> Spending {
        let now = Instant::now();
        let mut counts = self.0.lock();
        counts.forget(now);
        let sum = |of: fn(&Sent) -> u32| counts.sent.iter().map(of).fold(0, u32::saturating_add);
        let least = counts.told.iter().min_by_key(|told| told.remaining);
        let left = least.map(|told| Allowance {
            limit: told.limit,
            remaining: told.remaining,
            resets_in_ms: u64::try_from(told.until.duration_since(now).as_millis()).unwrap_or(u64::MAX),
        });
        Spending { reads: sum(|sent| sent.reads), acts: sum(|sent| sent.acts), left }
    }
}

impl Counts {
    fn forget(&mut self, now: Instant) {
        while self.sent.front().is_some_and(|sent| now.duration_since(sent.since) >= WINDOW) {
            self.sent.pop_front();
        }
        self.told.retain(|told| told.until > now);
    }
}

/// `RateLimit-*` as <https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-06> has them, or the same
/// with `X-` before it, which many say.
fn told(headers: &HeaderMap, now: Instant) -> Option<Told> {
    let number = |name: &str| -> Option<u64> {
        let value = headers.get(format!("ratelimit-{name}")).or_else(|| headers.get(format!("x-ratelimit-{name}")))?;
        value.to_str().ok()?.trim().parse().ok()
    };
    let limit = u32::try_from(number("limit")?).ok()?;
    let remaining = u32::try_from(number("remaining")?).ok()?;
    let resets_in = Duration::from_secs(number("reset")?);
    (resets_in <= LONGEST_RESET && remaining <= limit).then(|| Told { limit, remaining, until: now + resets_in })
}

#[cfg(test)]
mod tests {
    use super::Meter;
    use domain::Allowance;
    use reqwest::{
        Method,
        header::{HeaderMap, HeaderName, HeaderValue},
    };
    use std::time::Duration;

    fn headers(prefix: &str, limit: &str, remaining: &str, reset: &str) -> HeaderMap {
        let pair = |name: &str, value: &str| {
            let name = HeaderName::try_from(format!("{prefix}ratelimit-{name}")).expect("a name");
            (name, HeaderValue::from_str(value).expect("a value"))
        };
        HeaderMap::from_iter([pair("limit", limit), pair("remaining", remaining), pair("reset", reset)])
    }

    #[tokio::test(start_paused = true)]
    async fn requests_are_counted_for_a_quarter_of_an_hour() {
        let meter = Meter::default();
        for method in [Method::GET, Method::GET, Method::POST, Method::DELETE] {
            meter.count(&method);
        }
        tokio::time::advance(Duration::from_mins(10)).await;
        meter.count(&Method::GET);
        let spending = meter.spending();
        assert_eq!((spending.reads, spending.acts), (3, 2), "what only reads and what does not");
        tokio::time::advance(Duration::from_mins(5)).await;
        let spending = meter.spending();
        assert_eq!((spending.reads, spending.acts), (1, 0), "what is longer ago does not count");
    }

    #[tokio::test(start_paused = true)]
    async fn of_what_a_plane_says_that_with_the_least_left_counts() {
        let meter = Meter::default();
        assert_eq!(meter.spending().left, None, "nothing was said");
        meter.hear(&headers("x-", "100", "12", "30"));
        meter.hear(&headers("x-", "100", "90", "60"));
        let left = |limit, remaining, seconds: u64| Some(Allowance { limit, remaining, resets_in_ms: seconds * 1_000 });
        assert_eq!(meter.spending().left, left(100, 12, 30), "another route has more, which does not help");
        meter.hear(&headers("x-", "100", "11", "30"));
        assert_eq!(meter.spending().left, left(100, 11, 30), "the newest word of a window counts");
        tokio::time::advance(Duration::from_secs(31)).await;
        assert_eq!(meter.spending().left, left(100, 90, 29), "a window that has ended does not");
        tokio::time::advance(Duration::from_secs(30)).await;
        assert_eq!(meter.spending().left, None, "and then nothing is known");
        meter.hear(&headers("", "1000", "588", "371"));
        assert_eq!(meter.spending().left, left(1_000, 588, 371), "the standard names are known too");
    }

    #[tokio::test(start_paused = true)]
    async fn nonsense_about_limits_is_not_taken_for_one() {
        let meter = Meter::default();
        for (limit, remaining, reset) in
            [("100", "-1", "60"), ("ten", "1", "60"), ("10", "11", "60"), ("10", "1", "1787300000"), ("10", "1", "")]
        {
            meter.hear(&headers("", limit, remaining, reset));
            assert_eq!(meter.spending().left, None, "{limit}, {remaining}, {reset}");
        }
    }
}
