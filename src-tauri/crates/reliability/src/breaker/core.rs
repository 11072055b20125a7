//! The state machine, without a lock, a clock of its own or anybody to tell: events go to its outbox.
//!
//! Two layers. Underneath is the automatic machine ([`Phase`]: closed, open, half-open); over it lie the mode and the
//! isolations of operators, which hide it but do not turn it. When the last isolation ends, what was open is open for what
//! is left of its time, and what was half-open starts its probes afresh: nobody proved it healthy meanwhile.

use super::{
    control::{Isolated, IsolationId},
    error::RejectionReason,
    event::{Event, EventKind, OUTBOX, Operator},
    policy::{BreakerPolicy, TripRule},
    state::{Cause, Mode, Outcome, State},
    stats::Tallies,
    window::{Sums, Window, reaches},
};
use crate::{clock::Clock, correlation};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::time::Instant;

/// The automatic machine.
#[derive(Debug)]
pub(super) enum Phase {
    Closed,
    /// `until` is none if the open time is longer than the clock can express.
    Open {
        until: Option<Instant>,
    },
    HalfOpen {
        successes: u32,
        probes: Vec<Probe>,
    },
}

/// A call in flight while half-open.
#[derive(Debug)]
pub(super) struct Probe {
    id: u64,
    lease_ends: Option<Instant>,
}

/// What an admitted call has to show when it reports.
#[derive(Debug)]
pub(super) struct Ticket {
    pub(super) generation: u64,
    probe: u64,
    started: Option<Instant>,
}

/// Why a call was not admitted.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) state: State,
    pub(super) reason: RejectionReason,
    pub(super) retry_after: Option<Duration>,
}

#[derive(Debug)]
pub(super) struct Core {
    pub(super) phase: Phase,
    pub(super) mode: Mode,
    pub(super) generation: u64,
    pub(super) since: Instant,
    pub(super) consecutive_failures: u32,
    pub(super) open_count: u32,
    pub(super) cause: Option<Cause>,
    pub(super) isolations: Vec<Isolated>,
    pub(super) tallies: Tallies,
    pub(super) outbox: VecDeque<Event>,
    pub(super) seq: u64,
    last_failure: Cause,
    threshold_reported: bool,
    interval_ends: Option<Instant>,
    window: Option<Window>,
    next_id: u64,
}

impl Core {
    pub(super) fn new(policy: &BreakerPolicy, now: Instant) -> Self {
        Self {
            phase: Phase::Closed,
            mode: Mode::Active,
            generation: 0,
            since: now,
            consecutive_failures: 0,
            open_count: 0,
            cause: None,
            isolations: Vec::new(),
            tallies: Tallies::default(),
            outbox: VecDeque::new(),
            seq: 0,
            last_failure: Cause::Other,
            threshold_reported: false,
            interval_ends: policy.interval.and_then(|interval| now.checked_add(interval)),
            window: Window::new(&policy.trip, now),
            next_id: 1,
        }
    }

    /// The state without regard to isolations.
    const fn bare_state(&self) -> State {
        match (self.mode, &self.phase) {
            (Mode::Disabled, _) => State::Disabled,
            (Mode::MetricsOnly, _) => State::MetricsOnly,
            (Mode::Active, Phase::Closed) => State::Closed,
            (Mode::Active, Phase::Open { .. }) => State::Open,
            (Mode::Active, Phase::HalfOpen { .. }) => State::HalfOpen,
        }
    }

    /// The state at `now`; isolations that are over by then do not count. The clock is asked only if it matters.
    pub(super) fn state(&self, clock: &Clock) -> State {
        if !self.isolations.is_empty() && self.isolations.iter().any(|isolated| !isolated.is_over(clock.now())) {
            return State::Isolated;
        }
        self.bare_state()
    }

    /// The state as recorded, before isolations that are over have been noticed.
    pub(super) const fn recorded_state(&self) -> State {
        if self.isolations.is_empty() { self.bare_state() } else { State::Isolated }
    }

    /// Admits or refuses one call; a probe gets `lease` to report.
    pub(super) fn admit(
        &mut self,
        name: &Arc<str>,
        policy: &BreakerPolicy,
        clock: &Clock,
        lease: Duration,
    ) -> Result<Ticket, Refusal> {
        if !self.isolations.is_empty() {
            let now = clock.now();
            self.expire_isolations(name, now);
            if !self.isolations.is_empty() {
                let latest =
                    self.isolations.iter().map(|isolated| isolated.ends).max_by_key(|ends| (ends.is_none(), *ends));
                let retry_after = latest.flatten().map(|ends| ends.saturating_duration_since(now));
                return Err(self.refuse(RejectionReason::Isolated, retry_after));
            }
        }
        if self.mode == Mode::Disabled {
            return Ok(Ticket { generation: self.generation, probe: 0, started: None });
        }
        if let Phase::Open { until } = self.phase {
            let now = clock.now();
            if until.is_none_or(|until| now < until) {
                let retry_after = until.map(|until| until.saturating_duration_since(now));
                return Err(self.refuse(RejectionReason::Open, retry_after));
            }
            self.half_open(name, policy, now, None);
        }
        let timed = policy.slow.is_some() || policy.cancel_fails_after.is_some();
        let (mut probe, mut started) = (0, None);
        if matches!(self.phase, Phase::HalfOpen { .. }) {
            let now = clock.now();
            self.expire_leases(name, now);
            if let Phase::HalfOpen { successes, probes } = &mut self.phase {
                let in_flight = u32::try_from(probes.len()).unwrap_or(u32::MAX);
                if successes.saturating_add(in_flight) >= policy.success_threshold {
                    return Err(self.refuse(RejectionReason::HalfOpenFull, None));
                }
                probe = self.next_id;
                self.next_id += 1;
                probes.push(Probe { id: probe, lease_ends: now.checked_add(lease) });
            }
            started = timed.then_some(now);
        } else {
            self.roll_interval(policy, clock);
            if timed {
                started = Some(clock.now());
            }
        }
        self.tallies.admitted += 1;
        Ok(Ticket { generation: self.generation, probe, started })
    }

    fn refuse(&mut self, reason: RejectionReason, retry_after: Option<Duration>) -> Refusal {
        self.tallies.rejections += 1;
        Refusal { state: self.recorded_state(), reason, retry_after }
    }

    /// Takes the outcome of an admitted call.
    pub(super) fn report(
        &mut self,
        name: &Arc<str>,
        policy: &BreakerPolicy,
        clock: &Clock,
        ticket: &Ticket,
        outcome: Outcome,
    ) {
        if !self.accepts(name, policy, clock, ticket) {
            return;
        }
        let slow = match (policy.slow, ticket.started) {
            (Some(rule), Some(started)) => clock.now().saturating_duration_since(started) > rule.over,
            _ => false,
        };
        let failed = match outcome {
            Outcome::Ignored => {
                self.tallies.ignored += 1;
                return;
            }
            Outcome::Success => false,
            Outcome::Failure(cause) => {
                self.last_failure = cause;
                self.tallies.failures += 1;
                self.tallies.timeouts += u64::from(cause == Cause::Timeout);
                true
            }
        };
        self.tallies.successes += u64::from(!failed);
        self.tallies.slow += u64::from(slow);
        match &mut self.phase {
            Phase::HalfOpen { .. } if failed => {
                self.open_by_rule(name, policy, clock, self.last_failure);
            }
            Phase::HalfOpen { successes, .. } => {
                *successes += 1;
                if *successes >= policy.success_threshold {
                    self.close(name, policy, clock.now());
                }
            }
            // A ticket of this generation cannot exist while open: opening starts a generation and admits nobody.
            Phase::Open { .. } => {}
            Phase::Closed => self.count(name, policy, clock, failed, slow),
        }
    }

    /// Takes back the permit of a call that was dropped before it had an outcome.
    pub(super) fn release(&mut self, name: &Arc<str>, policy: &BreakerPolicy, clock: &Clock, ticket: &Ticket) {
        if let (Some(limit), Some(started)) = (policy.cancel_fails_after, ticket.started)
            && clock.now().saturating_duration_since(started) >= limit
        {
            return self.report(name, policy, clock, ticket, Outcome::Failure(Cause::Timeout));
        }
        if self.accepts(name, policy, clock, ticket) {
            self.tallies.dropped += 1;
        }
    }

    /// Whether the ticket may still say something; takes its probe slot back. If not, it is counted as late.
    fn accepts(&mut self, name: &Arc<str>, policy: &BreakerPolicy, clock: &Clock, ticket: &Ticket) -> bool {
        if matches!(self.phase, Phase::Closed) {
            self.roll_interval(policy, clock);
        }
        let mut valid = ticket.generation == self.generation;
        if valid && self.mode == Mode::Disabled {
            return false;
        }
        if valid && ticket.probe != 0 {
            self.expire_leases(name, clock.now());
            if let Phase::HalfOpen { probes, .. } = &mut self.phase {
                let held = probes.iter().position(|probe| probe.id == ticket.probe);
                valid = held.map(|at| probes.swap_remove(at)).is_some();
            }
        }
        self.tallies.late += u64::from(!valid);
        valid
    }

    /// Counts one outcome while closed, and opens if the rule says so.
    fn count(&mut self, name: &Arc<str>, policy: &BreakerPolicy, clock: &Clock, failed: bool, slow: bool) {
        self.consecutive_failures = if failed { self.consecutive_failures.saturating_add(1) } else { 0 };
        let sums = match &mut self.window {
            None => Sums::default(),
            Some(window) => {
                let now = if window.is_timed() { clock.now() } else { self.since };
                window.record(now, failed, slow)
            }
        };
        let (minimum, failure_rate) = match policy.trip {
            TripRule::Consecutive { failures } => {
                let trips = (self.consecutive_failures >= failures).then_some(self.last_failure);
                return self.trip(name, policy, clock, trips);
            }
            TripRule::CountWindow { minimum, failure_rate, .. }
            | TripRule::TimeWindow { minimum, failure_rate, .. } => (minimum, failure_rate),
        };
        let trips = if sums.calls < u64::from(minimum) {
            None
        } else if reaches(sums.failures, sums.calls, failure_rate) {
            Some(self.last_failure)
        } else {
            policy.slow.filter(|rule| reaches(sums.slow, sums.calls, rule.rate)).map(|_| Cause::Slow)
        };
        self.trip(name, policy, clock, trips);
    }

    fn trip(&mut self, name: &Arc<str>, policy: &BreakerPolicy, clock: &Clock, cause: Option<Cause>) {
        match (self.mode, cause) {
            (_, None) => self.threshold_reported = false,
            (Mode::Active, Some(cause)) => {
                self.open_by_rule(name, policy, clock, cause);
            }
            (_, Some(cause)) if !self.threshold_reported => {
                self.threshold_reported = true;
                let state = self.recorded_state();
                self.emit(name, clock.now(), state, EventKind::ThresholdReached { cause });
            }
            _ => {}
        }
    }

    fn open_by_rule(&mut self, name: &Arc<str>, policy: &BreakerPolicy, clock: &Clock, cause: Cause) {
        let open_for = policy.open_time(self.open_count.saturating_add(1));
        self.open(name, clock.now(), cause, open_for, None);
    }

    pub(super) fn open(
        &mut self,
        name: &Arc<str>,
        now: Instant,
        cause: Cause,
        open_for: Duration,
        by: Option<Operator>,
    ) {
        let from = self.recorded_state();
        self.open_count = self.open_count.saturating_add(1);
        self.tallies.times_opened += 1;
        self.cause = Some(cause);
        self.turn(Phase::Open { until: now.checked_add(open_for) }, now);
        self.emit(name, now, from, EventKind::Opened { cause, open_for, open_count: self.open_count, by });
    }

    pub(super) fn half_open(&mut self, name: &Arc<str>, policy: &BreakerPolicy, now: Instant, by: Option<Operator>) {
        let from = self.recorded_state();
        let probes = Vec::with_capacity(usize::try_from(policy.success_threshold.min(64)).unwrap_or(1));
        self.turn(Phase::HalfOpen { successes: 0, probes }, now);
        self.emit(name, now, from, EventKind::HalfOpened { by });
    }

    fn close(&mut self, name: &Arc<str>, policy: &BreakerPolicy, now: Instant) {
        let from = self.recorded_state();
        self.clear(policy, now);
        self.emit(name, now, from, EventKind::Closed);
    }

    /// Back to closed with every count at zero; the tallies stay.
    pub(super) fn clear(&mut self, policy: &BreakerPolicy, now: Instant) {
        self.open_count = 0;
        self.threshold_reported = false;
        self.interval_ends = policy.interval.and_then(|interval| now.checked_add(interval));
        if let Some(window) = &mut self.window {
            window.clear();
        }
        self.turn(Phase::Closed, now);
    }

    /// Turns the automatic machine and starts a generation.
    pub(super) fn turn(&mut self, phase: Phase, now: Instant) {
        self.phase = phase;
        self.consecutive_failures = 0;
        self.generation += 1;
        if self.isolations.is_empty() {
            self.since = now;
        }
    }

    pub(super) fn isolate(
        &mut self,
        name: &Arc<str>,
        now: Instant,
        by: Operator,
        expires_in: Option<Duration>,
    ) -> IsolationId {
        let from = self.recorded_state();
        let id = IsolationId(self.next_id);
        self.next_id += 1;
        if self.isolations.is_empty() {
            self.since = now;
        }
        let ends = expires_in.and_then(|time| now.checked_add(time));
        self.isolations.push(Isolated { id, by: by.clone(), ends });
        self.generation += 1;
        if matches!(self.phase, Phase::HalfOpen { .. }) {
            self.phase = Phase::Open { until: Some(now) };
        }
        self.emit(name, now, from, EventKind::Isolated { id, by, expires_in });
        id
    }

    /// Whether there was such an isolation.
    pub(super) fn end_isolation(&mut self, name: &Arc<str>, now: Instant, id: IsolationId, kind: EventKind) -> bool {
        let Some(at) = self.isolations.iter().position(|isolated| isolated.id == id) else { return false };
        let from = self.recorded_state();
        self.isolations.remove(at);
        self.generation += 1;
        if self.isolations.is_empty() {
            self.since = now;
        }
        self.emit(name, now, from, kind);
        true
    }

    pub(super) fn expire_isolations(&mut self, name: &Arc<str>, now: Instant) {
        while let Some(over) = self.isolations.iter().find(|isolated| isolated.is_over(now)) {
            let id = over.id;
            self.end_isolation(name, now, id, EventKind::IsolationExpired { id });
        }
    }

    fn expire_leases(&mut self, name: &Arc<str>, now: Instant) {
        let Phase::HalfOpen { probes, .. } = &mut self.phase else { return };
        let before = probes.len();
        probes.retain(|probe| probe.lease_ends.is_none_or(|ends| now < ends));
        for _ in probes.len()..before {
            self.tallies.leases_expired += 1;
            self.emit(name, now, State::HalfOpen, EventKind::LeaseExpired);
        }
    }

    fn roll_interval(&mut self, policy: &BreakerPolicy, clock: &Clock) {
        let (Some(interval), Some(ends)) = (policy.interval, self.interval_ends) else { return };
        let now = clock.now();
        if now < ends {
            return;
        }
        let over = now.saturating_duration_since(ends).as_nanos() % interval.as_nanos().max(1);
        let into = Duration::from_nanos(u64::try_from(over).unwrap_or(0));
        self.interval_ends = now.checked_add(interval.saturating_sub(into));
        self.consecutive_failures = 0;
        self.generation += 1;
    }

    /// Numbers an event and puts it into the outbox, where the oldest gives way; the numbers tell readers what is gone.
    pub(super) fn emit(&mut self, name: &Arc<str>, at: Instant, from: State, kind: EventKind) {
        self.seq += 1;
        if self.outbox.len() >= OUTBOX {
            self.outbox.pop_front();
        }
        self.outbox.push_back(Event {
            breaker: Arc::clone(name),
            seq: self.seq,
            at,
            generation: self.generation,
            from,
            to: self.recorded_state(),
            trace: correlation::current(),
            kind,
        });
    }

    /// Successes and probes in flight while half-open; zero otherwise.
    pub(super) fn probes(&self) -> (u32, u32) {
        match &self.phase {
            Phase::HalfOpen { successes, probes } => (*successes, u32::try_from(probes.len()).unwrap_or(u32::MAX)),
            Phase::Closed | Phase::Open { .. } => (0, 0),
        }
    }
}
