//! The numbers of a retry, and the pure decision that both the runner and a durable scheduler follow.

use super::error::Stopped;
use crate::growth::Growth;
use rand::Rng;
use std::time::Duration;

/// How often, and after how long, to try again.
#[derive(Debug, Clone, PartialEq)]
pub struct RetryPolicy {
    /// Retries after the first attempt; 0 means one attempt.
    pub retries: u32,
    /// The delay before the first retry, before jitter. Zero does not grow: then nothing waits but for what the other side asks.
    pub base: Duration,
    /// What the delay is multiplied by for each further retry; below 1, or not a number, counts as 1.
    pub factor: f64,
    /// No delay of our own is longer, jitter included. A `Retry-After` may be.
    pub cap: Duration,
    /// How the delay is spread.
    pub jitter: Jitter,
    /// One limit over all attempts and sleeps, from the start of the first; none if only the attempts limit themselves.
    /// Zero still begins the first attempt, and cuts it where it first waits.
    pub deadline: Option<Duration>,
    /// A `Retry-After` longer than this is not waited for: the retry gives up at once.
    pub patience: Duration,
}

/// How a delay is spread, so that callers that failed together do not return together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Jitter {
    /// Not at all.
    Off,
    /// Anywhere from zero to the delay.
    Full,
    /// Anywhere from the base to three times the previous delay, up to the cap.
    Decorrelated,
}

/// What an error means to the retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It may work the next time.
    Retryable,
    /// It may work after so long, says the other side; see [`retry_after`](super::retry_after).
    RetryAfter(Duration),
    /// It will never work.
    NonRetryable,
}

impl Verdict {
    /// Of two verdicts on one error, the stricter: never beats later, and later beats now.
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        match (self, other) {
            (Self::NonRetryable, _) | (_, Self::NonRetryable) => Self::NonRetryable,
            (Self::RetryAfter(one), Self::RetryAfter(two)) => Self::RetryAfter(one.max(two)),
            (Self::RetryAfter(wait), Self::Retryable) | (Self::Retryable, Self::RetryAfter(wait)) => {
                Self::RetryAfter(wait)
            }
            (Self::Retryable, Self::Retryable) => Self::Retryable,
        }
    }
}

/// What to do after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Start the next attempt after so long.
    After(Duration),
    /// Give up.
    Stop(Stopped),
}

impl RetryPolicy {
    /// For a call over the network: 3 retries, 1 s doubling up to 10 s, full jitter, patient for 60 s.
    pub const fn http() -> Self {
        Self {
            retries: 3,
            base: Duration::from_secs(1),
            factor: 2.0,
            cap: Duration::from_secs(10),
            jitter: Jitter::Full,
            deadline: None,
            patience: Duration::from_mins(1),
        }
    }

    /// For a call to an AI provider: 3 retries, 2 s doubling up to 15 s, full jitter, patient for 120 s.
    pub const fn ai() -> Self {
        Self {
            base: Duration::from_secs(2),
            cap: Duration::from_secs(15),
            patience: Duration::from_mins(2),
            ..Self::http()
        }
    }

    /// The delay before retry `number` (from 1) without jitter: `base × factor^(number-1)`, up to the cap.
    pub fn backoff(&self, number: u32) -> Duration {
        Growth { factor: self.factor, cap: self.cap }.after(self.base, number.saturating_sub(1))
    }

    /// The delay before retry `number` (from 1) with jitter, up to the cap. `previous` is the delay before the retry before,
    /// which only [`Jitter::Decorrelated`] uses.
    pub fn delay(&self, number: u32, previous: Option<Duration>, rng: &mut impl Rng) -> Duration {
        match self.jitter {
            Jitter::Off => self.backoff(number),
            Jitter::Full => between(Duration::ZERO, self.backoff(number), rng),
            Jitter::Decorrelated => {
                let longest = previous.unwrap_or(self.base).max(self.base).saturating_mul(3);
                between(self.base.min(self.cap), longest.min(self.cap), rng)
            }
        }
    }

    /// What to do after attempt `failed` (from 1) ended with an error of this `verdict`, `elapsed` after the first attempt
    /// began. Pure: a scheduler that must survive a restart stores the due time instead of sleeping.
    pub fn decide(
        &self,
        failed: u32,
        verdict: Verdict,
        elapsed: Duration,
        previous: Option<Duration>,
        rng: &mut impl Rng,
    ) -> Decision {
        let asked = match verdict {
            Verdict::NonRetryable => return Decision::Stop(Stopped::NonRetryable),
            Verdict::RetryAfter(wait) => wait,
            Verdict::Retryable => Duration::ZERO,
        };
        if failed > self.retries {
            return Decision::Stop(Stopped::Exhausted);
        }
        let own = self.delay(failed, previous, rng);
        let wait = if self.jitter == Jitter::Off { own.max(asked) } else { own.saturating_add(asked) };
        if self.deadline.is_some_and(|deadline| elapsed.saturating_add(wait) >= deadline) {
            return Decision::Stop(Stopped::Deadline);
        }
        if asked > self.patience {
            return Decision::Stop(Stopped::TooLongToWait);
        }
        Decision::After(wait)
    }
}

/// A duration from `low` to `high`, both included; `low` if they are the wrong way round.
fn between(low: Duration, high: Duration, rng: &mut impl Rng) -> Duration {
    let nanos = |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    let (low, high) = (nanos(low), nanos(high));
    Duration::from_nanos(if low < high { rng.random_range(low..=high) } else { low })
}
