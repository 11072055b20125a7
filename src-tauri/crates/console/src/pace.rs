//! How fast things go: every time limit, interval and bound of the console in one place.
//!
//! Tests shorten these instead of waiting.

use reliability::retry::RetryPolicy;
use std::time::Duration;

/// Every time limit, interval and bound of the console.
#[derive(Debug, Clone, PartialEq)]
pub struct Pace {
    /// Time limit of one call to a control plane.
    pub call_timeout: Duration,
    /// Time limit of one request to a control plane with all its attempts; as long as all of them may take, so that a call
    /// that hangs is ended by its own limit, which the breaker counts.
    pub request_timeout: Duration,
    /// How often, and after how long, a read is tried again.
    pub retry: RetryPolicy,
    /// Time limit of a read that a terminal command waits for before it answers from the cache.
    pub on_demand_timeout: Duration,
    /// Time limit of reading what a search from the terminal looks through; what is missing after that is said.
    pub search_timeout: Duration,
    /// Wait before the first attempt to reconnect; grows by half with each further one.
    pub reconnect_first: Duration,
    /// Longest wait between attempts to reconnect.
    pub reconnect_longest: Duration,
    /// Longest time that a plane is left alone because it asks for that; whoever wants something of it asks all the same.
    pub left_alone_longest: Duration,
    /// How often the newest page is checked while a feed is open.
    pub reconcile_every: Duration,
    /// Shortest wait between polls of a plane without a feed; grows by half while nothing happens.
    pub poll_first: Duration,
    /// Longest wait between polls.
    pub poll_longest: Duration,
    /// Longest wait between readings of a run that is not over, on a plane without a feed.
    pub poll_rarest: Duration,
    /// Whether the limits that planes set are kept to by reading runs one after the other; stand-ins in tests set none.
    pub heeds_limits: bool,
    /// How long a feed may be silent, heartbeats included, before it counts as broken.
    pub feed_silence: Duration,
    /// Age up to which what is read when somebody looks at it is not read anew.
    pub told_fresh: Duration,
    /// How often the breakers of a plane are read that does not say when something happens to one.
    pub breakers_every: Duration,
    /// How often coverage is written down while a connection is watched.
    pub coverage_every: Duration,
    /// How long changes of one run are gathered before it is read again.
    pub gather: Duration,
    /// Runs of one connection read at the same time.
    pub reads_in_flight: usize,
    /// Runs taken over when a connection is first seen, newest first.
    pub backfill_runs: usize,
    /// Wait between the pages of older runs that are taken over after that, while nothing else is to be read.
    pub history_every: Duration,
    /// Wait before a keychain that refused is asked again without anybody's wish; it may ask a person each time.
    pub keychain_again: Duration,
    /// How long an open breaker of the console refuses calls.
    pub breaker_open: Duration,
    /// Age after which the evidence of a readiness check counts as unknown: three rounds of `readiness_every`.
    pub evidence_valid: Duration,
    /// When readiness is first probed after the start, so that the first screen is not kept waiting.
    pub readiness_first: Duration,
    /// How often it is probed after that; well within `evidence_valid`.
    pub readiness_every: Duration,
    /// How long a change of a connection is left to settle before its probes run.
    pub readiness_settle: Duration,
    /// Shortest time between probes of one connection because something changed.
    pub readiness_gap: Duration,
    /// How long what changes is left to settle before it is judged whether an operator is to be told.
    pub notices_settle: Duration,
    /// How often that is judged in any case, because approvals expire and quiet hours end.
    pub notices_every: Duration,
    /// How long ended runs are kept in the cache.
    pub keep_for: Duration,
    /// Runs kept in the cache at most, newest first.
    pub keep_runs: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            call_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(150),
            retry: RetryPolicy::http(),
            on_demand_timeout: Duration::from_secs(3),
            search_timeout: Duration::from_secs(30),
            reconnect_first: Duration::from_millis(500),
            reconnect_longest: Duration::from_secs(30),
            left_alone_longest: Duration::from_mins(15),
            reconcile_every: Duration::from_mins(1),
            poll_first: Duration::from_secs(5),
            poll_longest: Duration::from_secs(30),
            poll_rarest: Duration::from_mins(5),
            heeds_limits: true,
            feed_silence: Duration::from_secs(40),
            told_fresh: Duration::from_secs(10),
            breakers_every: Duration::from_secs(30),
            coverage_every: Duration::from_secs(5),
            gather: Duration::from_millis(20),
            reads_in_flight: 4,
            backfill_runs: 500,
            history_every: Duration::from_secs(3),
            keychain_again: Duration::from_mins(5),
            breaker_open: Duration::from_mins(1),
            evidence_valid: Duration::from_mins(15),
            readiness_first: Duration::from_secs(5),
            readiness_every: Duration::from_mins(5),
            readiness_settle: Duration::from_secs(1),
            readiness_gap: Duration::from_secs(30),
            notices_settle: Duration::from_secs(2),
            notices_every: Duration::from_secs(30),
            keep_for: Duration::from_hours(90 * 24),
            keep_runs: 10_000,
        }
    }
}
