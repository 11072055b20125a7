//! The state machine, without a lock, a clock of its own or anybody to tell: events go to its outbox.
//!
//! Two layers. Underneath is the automatic machine ([`Phase`]: closed, open, half-open); over it lie the mode and the
//! isolations of operators, which hide it but do not turn it. When the last isolation ends, what was open is open for what
//! is left of its time, and what was half-open starts its probes afresh: nobody proved it healthy meanwhile.
//!
//! Here is what calls do to it: ask, report, give back. How it turns is in `turns`.

use super::{
    error::RejectionReason,
    gate::{Count, Gate, Pass},
    moment::{Moment, Timeline},
    policy::{BreakerPolicy, TripRule},
    rare::Rare,
    state::{Cause, Mode, Outcome, State},
    window::{Sums, Window, reaches},
};
use crate::name::Name;
use std::{sync::Arc, time::Duration};

/// What never changes about a breaker.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) name: Name,
    pub(super) policy: Arc<BreakerPolicy>,
    pub(super) time: Timeline,
}

/// The automatic machine.
#[derive(Debug)]
pub(super) enum Phase {
    Closed,
    Open { until: Moment },
    HalfOpen(Box<Probing>),
}

/// How far probing has come.
#[derive(Debug, Default)]
pub(super) struct Probing {
    pub(super) successes: u32,
    /// The number of the probe that was admitted last, from 1.
    last: u32,
    in_flight: Vec<Probe>,
}

impl Probing {
    /// The number of one more probe, if fewer are in flight than successes are missing.
    fn admit(&mut self, needed: u32, started: Moment, lease_ends: Moment) -> Option<u32> {
        let in_flight = u32::try_from(self.in_flight.len()).unwrap_or(u32::MAX);
        (self.successes.saturating_add(in_flight) < needed).then(|| {
            self.last = self.last.wrapping_add(1);
            self.in_flight.push(Probe { number: self.last, started, lease_ends });
            self.last
        })
    }

    /// Whether the probe still had its slot, which is free now.
    fn take_back(&mut self, number: u32) -> bool {
        let held = self.in_flight.iter().position(|probe| probe.number == number);
        held.map(|at| self.in_flight.swap_remove(at)).is_some()
    }
}

/// A probe in flight.
#[derive(Debug)]
struct Probe {
    number: u32,
    started: Moment,
    lease_ends: Moment,
}

/// What an admitted call has to show when it reports. On the way to the gate it is borrowed: copying it through
/// memory would cost more than taking a success.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ticket {
    pub(super) generation: u64,
    /// [`PLAIN`]; or [`PROBE`] and which one; or when the call started, where the policy looks at how long calls take.
    mark: u64,
}

const PLAIN: u64 = u64::MAX;
const PROBE: u64 = 1 << 63;

impl Ticket {
    /// Of a call about which nothing but its outcome matters.
    #[inline]
    pub(super) const fn plain(generation: u64) -> Self {
        Self { generation, mark: PLAIN }
    }

    #[inline]
    pub(super) const fn is_plain(&self) -> bool {
        self.mark == PLAIN
    }

    fn probe(&self) -> Option<u32> {
        let number = (!self.is_plain() && self.mark & PROBE != 0).then_some(self.mark & !PROBE);
        number.and_then(|number| u32::try_from(number).ok())
    }
}

/// Why a call was not admitted.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) reason: RejectionReason,
    /// When a call may pass again; none or never if nobody can say.
    pub(super) until: Option<Moment>,
}

/// The counts that are kept under the lock; the gate keeps the others.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) failures: u64,
    pub(super) timeouts: u64,
    pub(super) ignored: u64,
    pub(super) dropped: u64,
    pub(super) slow: u64,
    pub(super) late: u64,
    pub(super) leases_expired: u32,
    pub(super) times_opened: u32,
}

/// A breaker that nobody watches is to take no more than 256 bytes, so what is rarely there is kept elsewhere.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) phase: Phase,
    pub(super) generation: u64,
    pub(super) since: Moment,
    pub(super) counts: Counts,
    pub(super) window: Option<Box<Window>>,
    pub(super) rare: Option<Box<Rare>>,
    pub(super) consecutive_failures: u32,
    pub(super) open_count: u32,
    /// The number of the event that was emitted last.
    pub(super) seq: u32,
    pub(super) mode: Mode,
    pub(super) cause: Option<Cause>,
    pub(super) last_failure: Cause,
    pub(super) threshold_reported: bool,
}

impl Core {
    pub(super) fn new(setting: &Setting) -> Self {
        let now = Moment::ORIGIN;
        Self {
            phase: Phase::Closed,
            generation: 0,
            since: now,
            counts: Counts::default(),
            seq: 0,
            window: Window::new(&setting.policy, now).map(Box::new),
            rare: None,
            consecutive_failures: 0,
            open_count: 0,
            mode: Mode::Active,
            cause: None,
            last_failure: Cause::Other,
            threshold_reported: false,
        }
    }

    /// What callers may do without asking.
    pub(super) fn pass(&self, policy: &BreakerPolicy) -> Pass {
        match (self.mode, &self.phase) {
            _ if !self.isolations().is_empty() => Pass::Ask,
            (Mode::Active, Phase::Closed) if self.consecutive_failures == 0 && policy.only_counts_failures() => {
                Pass::Free
            }
            (Mode::Active, Phase::Open { until }) => Pass::Shut { until: *until },
            _ => Pass::Ask,
        }
    }

    /// The state without regard to isolations.
    const fn bare_state(&self) -> State {
        match (self.mode, &self.phase) {
            (Mode::Disabled, _) => State::Disabled,
            (Mode::MetricsOnly, _) => State::MetricsOnly,
            (Mode::Active, Phase::Closed) => State::Closed,
            (Mode::Active, Phase::Open { .. }) => State::Open,
            (Mode::Active, Phase::HalfOpen(_)) => State::HalfOpen,
        }
    }

    /// The state now; isolations that are over by then do not count. The clock is asked only if it matters.
    pub(super) fn state(&self, time: &Timeline) -> State {
        let isolated = || {
            let now = time.now();
            self.isolations().iter().any(|isolation| now < isolation.ends)
        };
        if !self.isolations().is_empty() && isolated() { State::Isolated } else { self.bare_state() }
    }

    /// Since when it has stood where it stands at `now`; isolations that ended unnoticed count by their ends.
    pub(super) fn since_at(&self, now: Moment) -> Moment {
        let ends = || self.isolations().iter().map(|isolation| isolation.ends);
        if ends().any(|ends| now < ends) { self.since } else { ends().fold(self.since, Moment::max) }
    }

    /// The state as recorded, before isolations that are over have been noticed.
    pub(super) fn recorded_state(&self) -> State {
        if self.isolations().is_empty() { self.bare_state() } else { State::Isolated }
    }

    /// Admits or refuses one call; a probe gets `lease` to report.
    pub(super) fn admit(&mut self, setting: &Setting, gate: &Gate, lease: Duration) -> Result<Ticket, Refusal> {
        if !self.isolations().is_empty() {
            let now = setting.time.now();
            self.expire_isolations(setting, now);
            if let Some(last) = self.isolations().iter().map(|isolation| isolation.ends).max() {
                // Where it is open underneath, the end of the isolation is not yet the moment when a call passes.
                let until = match (self.mode, &self.phase) {
                    (Mode::Active, Phase::Open { until }) => last.max(*until),
                    _ => last,
                };
                return Err(Self::refuse(gate, RejectionReason::Isolated, Some(until)));
            }
        }
        if self.mode == Mode::Disabled {
            return Ok(Ticket::plain(self.generation));
        }
        if let Phase::Open { until } = self.phase {
            let now = setting.time.now();
            if now < until {
                return Err(Self::refuse(gate, RejectionReason::Open, Some(until)));
            }
            self.half_open(setting, now, None);
        }
        if !matches!(self.phase, Phase::HalfOpen(_)) {
            self.roll_interval(&setting.time);
            let timed = setting.policy.looks_at_time();
            let mark = if timed { setting.time.now().to_bits() & !PROBE } else { PLAIN };
            return Ok(Ticket { generation: self.generation, mark });
        }
        let now = setting.time.now();
        self.expire_leases(setting, now);
        let needed = setting.policy.success_threshold;
        let number = match &mut self.phase {
            Phase::HalfOpen(probing) => probing.admit(needed, now, now.plus(lease)),
            Phase::Closed | Phase::Open { .. } => None,
        };
        match number {
            Some(number) => Ok(Ticket { generation: self.generation, mark: PROBE | u64::from(number) }),
            None => Err(Self::refuse(gate, RejectionReason::HalfOpenFull, None)),
        }
    }

    fn refuse(gate: &Gate, reason: RejectionReason, until: Option<Moment>) -> Refusal {
        gate.reject();
        Refusal { reason, until }
    }

    /// Takes the outcome of an admitted call.
    pub(super) fn report(&mut self, setting: &Setting, successes: &Count, ticket: &Ticket, outcome: Outcome) {
        let started = self.started(ticket);
        if !self.accepts(setting, ticket) {
            return;
        }
        let slow = match (setting.policy.slow, started) {
            (Some(rule), Some(started)) => setting.time.now().since(started) > rule.over,
            _ => false,
        };
        let failed = match outcome {
            Outcome::Ignored => {
                self.counts.ignored += 1;
                return;
            }
            Outcome::Success => {
                successes.shared();
                false
            }
            Outcome::Failure(cause) => {
                self.last_failure = cause;
                self.counts.failures += 1;
                self.counts.timeouts += u64::from(cause == Cause::Timeout);
                true
            }
        };
        self.counts.slow += u64::from(slow);
        match &mut self.phase {
            Phase::HalfOpen(_) if failed => self.open_by_rule(setting, self.last_failure),
            Phase::HalfOpen(_) if slow && setting.policy.failure_threshold().is_none() => {
                self.open_by_rule(setting, Cause::Slow);
            }
            Phase::HalfOpen(probing) => {
                probing.successes += 1;
                if probing.successes >= setting.policy.success_threshold {
                    self.close(setting, setting.time.now());
                }
            }
            // A ticket of this generation cannot exist while open: opening starts a generation and admits nobody.
            Phase::Open { .. } => {}
            Phase::Closed => self.count(setting, failed, slow),
        }
    }

    /// Takes back the permit of a call that was dropped before it had an outcome.
    pub(super) fn release(&mut self, setting: &Setting, successes: &Count, ticket: &Ticket) {
        if let (Some(limit), Some(started)) = (setting.policy.cancel_fails_after, self.started(ticket))
            && setting.time.now().since(started) >= limit
        {
            return self.report(setting, successes, ticket, Outcome::Failure(Cause::Timeout));
        }
        if self.accepts(setting, ticket) {
            self.counts.dropped += 1;
        }
    }

    /// When the call was admitted, if anybody noted it.
    fn started(&self, ticket: &Ticket) -> Option<Moment> {
        match (ticket.probe(), &self.phase) {
            (Some(number), Phase::HalfOpen(probing)) if ticket.generation == self.generation => {
                probing.in_flight.iter().find(|probe| probe.number == number).map(|probe| probe.started)
            }
            (None, _) => (!ticket.is_plain()).then_some(Moment::from_bits(ticket.mark)),
            _ => None,
        }
    }

    /// Whether the ticket may still say something; takes its probe slot back. If not, it is counted as late.
    fn accepts(&mut self, setting: &Setting, ticket: &Ticket) -> bool {
        if matches!(self.phase, Phase::Closed) {
            self.roll_interval(&setting.time);
        }
        let mut valid = ticket.generation == self.generation;
        if valid && self.mode == Mode::Disabled {
            return false;
        }
        if valid && let Some(number) = ticket.probe() {
            self.expire_leases(setting, setting.time.now());
            if let Phase::HalfOpen(probing) = &mut self.phase {
                valid = probing.take_back(number);
            }
        }
        self.counts.late += u64::from(!valid);
        valid
    }

    /// Counts one outcome while closed, and opens if the rule says so.
    fn count(&mut self, setting: &Setting, failed: bool, slow: bool) {
        self.consecutive_failures = if failed { self.consecutive_failures.saturating_add(1) } else { 0 };
        let sums = self.window.as_mut().map_or_else(Sums::default, |window| window.record(&setting.time, failed, slow));
        let (minimum, failure_rate) = match setting.policy.trip {
            TripRule::Consecutive { failures } => {
                let trips = (self.consecutive_failures >= failures).then_some(self.last_failure);
                return self.trip(setting, trips);
            }
            TripRule::CountWindow { minimum, failure_rate, .. }
            | TripRule::TimeWindow { minimum, failure_rate, .. } => (minimum, failure_rate),
        };
        let trips = if sums.calls < u64::from(minimum) {
            None
        } else if reaches(sums.failures, sums.calls, failure_rate) {
            Some(self.last_failure)
        } else {
            setting.policy.slow.filter(|rule| reaches(sums.slow, sums.calls, rule.rate)).map(|_| Cause::Slow)
        };
        self.trip(setting, trips);
    }

    /// Takes back the slots of probes that have not reported in time.
    fn expire_leases(&mut self, setting: &Setting, now: Moment) {
        let Phase::HalfOpen(probing) = &mut self.phase else { return };
        let before = probing.in_flight.len();
        probing.in_flight.retain(|probe| now < probe.lease_ends);
        for _ in probing.in_flight.len()..before {
            self.lease_expired(setting, now);
        }
    }

    /// Starts over at the edge of a counting interval, where the rule has one.
    fn roll_interval(&mut self, time: &Timeline) {
        if self.window.as_mut().is_some_and(|window| window.rolls(time)) {
            self.consecutive_failures = 0;
            self.generation += 1;
        }
    }

    /// Successes and probes in flight while half-open; zero otherwise.
    pub(super) fn probes(&self) -> (u32, u32) {
        match &self.phase {
            Phase::HalfOpen(probing) => (probing.successes, u32::try_from(probing.in_flight.len()).unwrap_or(u32::MAX)),
            Phase::Closed | Phase::Open { .. } => (0, 0),
        }
    }
}
