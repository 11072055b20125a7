//! Any interleaving of calls, clock moves and operators, against a model that is too simple to be wrong.
//!
//! The model keeps every call with the *epoch* that admitted it and counts probes by filtering that list: no generation
//! counter, no slots, no leases to expire, only the rules as the essay of the breaker states them. `PROPTEST_CASES` sets the
//! number of sequences.

use proptest::prelude::*;
use reliability::{
    Clock, Hand,
    breaker::{Breaker, BreakerPolicy, Cause, Isolation, Mode, Outcome, Permit, State, Tallies, TripRule},
};
use std::{panic, sync::Arc, time::Duration};

const FAILURES: u32 = 3;
const SUCCESSES: usize = 2;
const OPEN_FOR: u64 = 10;
const LEASE: u64 = 6;

#[derive(Debug, Clone, Copy)]
enum Act {
    Admit,
    Report(usize, Outcome),
    Drop(usize),
    Panic(usize),
    Pass(u64),
    Reset,
    Open(u64),
    HalfOpen,
    Isolate(Option<u64>),
    Release(usize),
    Switch(Mode),
}

fn act() -> impl Strategy<Value = Act> {
    let outcome = prop_oneof![
        3 => Just(Outcome::Success),
        6 => Just(Outcome::Failure(Cause::Timeout)),
        1 => Just(Outcome::Ignored),
    ];
    prop_oneof![
        30 => Just(Act::Admit),
        24 => (any::<usize>(), outcome).prop_map(|(call, outcome)| Act::Report(call, outcome)),
        4 => any::<usize>().prop_map(Act::Drop),
        2 => any::<usize>().prop_map(Act::Panic),
        14 => (1u64..9).prop_map(Act::Pass),
        1 => Just(Act::Reset),
        1 => (0u64..20).prop_map(Act::Open),
        2 => Just(Act::HalfOpen),
        2 => proptest::option::of(1u64..20).prop_map(Act::Isolate),
        3 => any::<usize>().prop_map(Act::Release),
        1 => prop_oneof![3 => Just(Mode::Active), 1 => Just(Mode::Disabled), 1 => Just(Mode::MetricsOnly)].prop_map(Act::Switch),
    ]
}

/// A call in flight.
#[derive(Debug)]
struct Call {
    epoch: u32,
    admitted_at: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    Closed { failures: u32 },
    Open { until: u64 },
    HalfOpen { successes: usize },
}

/// The rules, said again.
#[derive(Debug)]
struct Model {
    now: u64,
    phase: Phase,
    mode: Mode,
    epoch: u32,
    calls: Vec<Call>,
    tallies: Tallies,
    /// The ends of the isolations in force.
    isolations: Vec<Option<u64>>,
}

impl Model {
    fn state(&self) -> State {
        match (self.mode, self.phase) {
            _ if !self.isolations.is_empty() => State::Isolated,
            (Mode::Disabled, _) => State::Disabled,
            (Mode::MetricsOnly, _) => State::MetricsOnly,
            (_, Phase::Closed { .. }) => State::Closed,
            (_, Phase::Open { .. }) => State::Open,
            (_, Phase::HalfOpen { .. }) => State::HalfOpen,
        }
    }

    fn turn(&mut self, phase: Phase) {
        self.phase = phase;
        self.epoch += 1;
    }

    /// The probes that still hold a slot.
    fn probes(&self) -> usize {
        let alive = |call: &&Call| call.epoch == self.epoch && self.now < call.admitted_at + LEASE;
        if matches!(self.phase, Phase::HalfOpen { .. }) { self.calls.iter().filter(alive).count() } else { 0 }
    }

    fn admit(&mut self) -> bool {
        let admits = self.admits();
        if admits {
            self.calls.push(Call { epoch: self.epoch, admitted_at: self.now });
        } else {
            self.tallies.rejections += 1;
        }
        admits
    }

    fn admits(&mut self) -> bool {
        if !self.isolations.is_empty() {
            return false;
        }
        if self.mode == Mode::Active {
            match self.phase {
                Phase::Open { until } if self.now < until => return false,
                Phase::Open { .. } => self.turn(Phase::HalfOpen { successes: 0 }),
                Phase::HalfOpen { successes } if successes + self.probes() >= SUCCESSES => return false,
                _ => {}
            }
        }
        true
    }

    fn open(&mut self, time: u64) {
        self.turn(Phase::Open { until: self.now + time });
        self.tallies.times_opened += 1;
    }

    /// `outcome` is none for a call that was dropped.
    fn report(&mut self, call: usize, outcome: Option<Outcome>) {
        let call = self.calls.remove(call);
        let probing = matches!(self.phase, Phase::HalfOpen { .. });
        let late = call.epoch != self.epoch || (probing && self.now >= call.admitted_at + LEASE);
        if late {
            self.tallies.late += 1;
            return;
        }
        if self.mode == Mode::Disabled {
            return;
        }
        let Some(outcome) = outcome else {
            self.tallies.dropped += 1;
            return;
        };
        match outcome {
            Outcome::Ignored => {
                self.tallies.ignored += 1;
                return;
            }
            Outcome::Success => self.tallies.successes += 1,
            Outcome::Failure(cause) => {
                self.tallies.failures += 1;
                self.tallies.timeouts += u64::from(cause == Cause::Timeout);
            }
        }
        match (self.phase, outcome == Outcome::Success) {
            (Phase::Closed { .. }, true) => self.phase = Phase::Closed { failures: 0 },
            (Phase::Closed { failures }, false) if failures + 1 == FAILURES && self.mode == Mode::Active => {
                self.open(OPEN_FOR);
            }
            (Phase::Closed { failures }, false) => self.phase = Phase::Closed { failures: failures + 1 },
            (Phase::HalfOpen { successes }, true) if successes + 1 == SUCCESSES => {
                self.turn(Phase::Closed { failures: 0 });
            }
            (Phase::HalfOpen { successes }, true) => self.phase = Phase::HalfOpen { successes: successes + 1 },
            (Phase::HalfOpen { .. }, false) => self.open(OPEN_FOR),
            (Phase::Open { .. }, _) => unreachable!("no call of this epoch is in flight while open"),
        }
    }

    fn isolate(&mut self, ends: Option<u64>) {
        let phase =
            if matches!(self.phase, Phase::HalfOpen { .. }) { Phase::Open { until: self.now } } else { self.phase };
        self.turn(phase);
        self.isolations.push(ends);
    }
}

/// The breaker beside its model.
struct Pair {
    model: Model,
    breaker: Breaker,
    hand: Arc<Hand>,
    permits: Vec<Permit<Breaker>>,
    isolations: Vec<Isolation>,
}

impl Pair {
    fn new() -> Self {
        let policy = BreakerPolicy {
            trip: TripRule::Consecutive { failures: FAILURES },
            success_threshold: 2,
            call_timeout: Duration::from_secs(LEASE),
            open_for: Duration::from_secs(OPEN_FOR),
            ..BreakerPolicy::http()
        };
        let (clock, hand) = Clock::by_hand();
        let phase = Phase::Closed { failures: 0 };
        let model = Model {
            now: 0,
            phase,
            mode: Mode::Active,
            epoch: 0,
            calls: Vec::new(),
            tallies: Tallies::default(),
            isolations: Vec::new(),
        };
        Self {
            model,
            breaker: Breaker::with_clock("model", policy, clock),
            hand,
            permits: Vec::new(),
            isolations: Vec::new(),
        }
    }

    fn apply(&mut self, act: Act) -> Result<(), TestCaseError> {
        let Self { model, breaker, hand, permits, isolations } = self;
        let pick = |index: usize| (!permits.is_empty()).then(|| index % permits.len());
        match act {
            Act::Admit => {
                let permit = breaker.try_acquire_owned();
                prop_assert_eq!(permit.is_ok(), model.admit(), "both admit, or both refuse");
                permits.extend(permit);
            }
            Act::Report(index, outcome) => {
                if let Some(index) = pick(index) {
                    permits.remove(index).report(outcome);
                    model.report(index, Some(outcome));
                }
            }
            Act::Drop(index) => {
                if let Some(index) = pick(index) {
                    drop(permits.remove(index));
                    model.report(index, None);
                }
            }
            Act::Panic(index) => {
                if let Some(index) = pick(index) {
                    let permit = permits.remove(index);
                    let unwinding = panic::catch_unwind(panic::AssertUnwindSafe(|| {
                        let _permit = permit;
                        // Unlike `panic!`, this prints nothing.
                        panic::resume_unwind(Box::new(()));
                    }));
                    prop_assert!(unwinding.is_err(), "it unwinds");
                    model.report(index, Some(Outcome::Failure(Cause::Other)));
                }
            }
            Act::Pass(time) => {
                hand.advance(Duration::from_secs(time));
                model.now += time;
                let (now, before) = (model.now, model.isolations.len());
                let alive: Vec<bool> = model.isolations.iter().map(|ends| ends.is_none_or(|ends| now < ends)).collect();
                let mut each = alive.iter();
                model.isolations.retain(|_| *each.next().unwrap_or(&true));
                let mut each = alive.iter();
                isolations.retain(|_| *each.next().unwrap_or(&true));
                model.epoch += u32::from(before != model.isolations.len());
            }
            Act::Reset => {
                breaker.reset("amira", "a test");
                model.turn(Phase::Closed { failures: 0 });
            }
            Act::Open(time) => {
                breaker.open(Duration::from_secs(time), "amira", "a test");
                model.mode = Mode::Active;
                model.open(time);
            }
            Act::HalfOpen => {
                let allowed = model.state() == State::Open;
                prop_assert_eq!(
                    breaker.half_open("amira", "a test").is_ok(),
                    allowed,
                    "only an open one can be half-opened"
                );
                if allowed {
                    model.turn(Phase::HalfOpen { successes: 0 });
                }
            }
            Act::Isolate(time) => {
                isolations.push(breaker.isolate("amira", "a test", time.map(Duration::from_secs)));
                model.isolate(time.map(|time| model.now + time));
            }
            Act::Release(index) => {
                if !isolations.is_empty() {
                    let index = index % isolations.len();
                    isolations.remove(index).release();
                    model.isolations.remove(index);
                    model.epoch += 1;
                }
            }
            Act::Switch(mode) => {
                breaker.set_mode(mode, "amira", "a test");
                model.mode = mode;
                model.turn(Phase::Closed { failures: 0 });
            }
        }
        Ok(())
    }

    fn compare(&self) -> Result<(), TestCaseError> {
        let (model, stats) = (&self.model, self.breaker.stats());
        prop_assert_eq!(self.breaker.state(), model.state(), "the same state");
        prop_assert_eq!(stats.state, model.state(), "in the statistics too");
        let (failures, successes) = match model.phase {
            Phase::Closed { failures } => (failures, 0),
            Phase::HalfOpen { successes } => (0, successes),
            Phase::Open { .. } => (0, 0),
        };
        prop_assert_eq!(stats.consecutive_failures, failures, "the same failures in a row");
        prop_assert_eq!(stats.probe_successes as usize, successes, "the same successes of probes");
        prop_assert!(successes + model.probes() <= SUCCESSES, "never more probes than successes are missing");
        let remaining = match model.phase {
            Phase::Open { until } if model.state() == State::Open => until.saturating_sub(model.now),
            _ => 0,
        };
        prop_assert_eq!(stats.remaining, Duration::from_secs(remaining), "the same time left");
        // When a lease that ended is noticed is the breaker's own affair.
        let tallies = Tallies { leases_expired: 0, ..stats.tallies };
        prop_assert_eq!(tallies, model.tallies, "everything is counted once, and as the same");
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(3000),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_interleaving_agrees_with_the_model(acts in proptest::collection::vec(act(), 1..80)) {
        let mut pair = Pair::new();
        for act in acts {
            pair.apply(act)?;
            pair.compare()?;
        }
        // Whatever happened, the breaker is not stuck: with the operators gone, time and two good calls close it.
        pair.isolations.clear();
        pair.permits.clear();
        pair.breaker.set_mode(Mode::Active, "amira", "the end");
        pair.breaker.open(Duration::from_secs(OPEN_FOR), "amira", "the end");
        pair.hand.advance(Duration::from_secs(OPEN_FOR));
        for _ in 0..SUCCESSES {
            match pair.breaker.try_acquire() {
                Ok(permit) => permit.success(),
                Err(refused) => prop_assert!(false, "a probe is admitted, but {refused}"),
            }
        }
        prop_assert_eq!(pair.breaker.state(), State::Closed, "and close it");
    }
}
