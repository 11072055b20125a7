//! The breaker that callers hold: a gate that is read without a lock, the state machine behind a short one, and delivery
//! of its events after it.

use super::{
    call::Calling,
    core::{Core, Counts, Phase, Refusal, Setting, Ticket},
    error::{CallError, Rejection, RejectionReason},
    event::{Event, Feed},
    gate::{Count, Gate, Shut},
    moment::Timeline,
    permit::Permit,
    policy::BreakerPolicy,
    rare::Parcel,
    state::{Cause, Outcome, State},
    stats::{Stats, Tallies},
};
use crate::{clock::Clock, name::Name, sync::Mutex};
use std::{fmt, future::Future, sync::Arc, time::Duration};

/// A circuit breaker round one dependency; clones are the same breaker.
#[derive(Clone, Debug)]
pub struct Breaker {
    pub(super) inner: Arc<Inner>,
}

/// In this order, since the three things that calls through a healthy breaker touch (the word of the gate, and the count of
/// this thread and of another) are to lie in three cache lines, with what is seldom touched between them.
#[repr(C)]
pub(super) struct Inner {
    first_seat: Count,
    pub(super) core: Mutex<Core>,
    pub(super) gate: Gate,
    successes: Count,
    pub(super) setting: Setting,
    second_seat: Count,
}

impl Breaker {
    /// A closed breaker that reads tokio's clock. Breakers that share a policy by an `Arc` are smaller.
    pub fn new(name: impl Into<Name>, policy: impl Into<Arc<BreakerPolicy>>) -> Self {
        Self::with_clock(name, policy, Clock::tokio())
    }

    /// A closed breaker that reads the given clock. The call timeout always follows tokio's.
    pub fn with_clock(name: impl Into<Name>, policy: impl Into<Arc<BreakerPolicy>>, clock: Clock) -> Self {
        let policy = BreakerPolicy::clamp(policy.into());
        let setting = Setting { name: name.into(), policy, time: Timeline::new(clock) };
        let core = Core::new(&setting);
        let gate = Gate::default();
        gate.publish(core.generation, core.pass(&setting.policy));
        Self {
            inner: Arc::new(Inner {
                first_seat: Count::default(),
                core: Mutex::new(core),
                gate,
                successes: Count::default(),
                setting,
                second_seat: Count::default(),
            }),
        }
    }

    /// Its name.
    pub fn name(&self) -> &Name {
        &self.inner.setting.name
    }

    /// Its policy, as clamped.
    #[inline]
    pub fn policy(&self) -> &BreakerPolicy {
        &self.inner.setting.policy
    }

    /// Makes one call through the breaker.
    ///
    /// The call is stopped (its future dropped) at the policy's call timeout, counted from when it first had to wait, and
    /// that is a failure. `classify` says what the result means. A panic in the call counts as a failure and goes on to the
    /// caller. Dropping the returned future gives the permit back; one that is never polled takes none.
    ///
    /// # Errors
    /// [`CallError::Rejected`] if the breaker refused the call, which then never ran; [`CallError::TimedOut`] if it was
    /// stopped; [`CallError::Inner`] with the call's own error.
    pub fn call<T, E, Operation, Call, Classify>(
        &self,
        operation: Operation,
        classify: Classify,
    ) -> impl Future<Output = Result<T, CallError<E>>>
    where
        Operation: FnOnce() -> Call,
        Call: Future<Output = Result<T, E>>,
        Classify: FnOnce(&Result<T, E>) -> Outcome,
    {
        Calling::new(self, operation, classify)
    }

    /// Asks to make one call by hand; the permit's lease is the policy's call timeout.
    ///
    /// # Errors
    /// [`Rejection`] if the breaker refuses it.
    #[expect(clippy::inline_always, reason = "not inlined, it costs as much again")]
    #[inline(always)]
    pub fn try_acquire(&self) -> Result<Permit<&Self>, Rejection> {
        match self.inner.gate.free() {
            Some(generation) => Ok(Permit::new(self, Ticket::plain(generation))),
            None => self.try_acquire_asking(),
        }
    }

    #[expect(clippy::inline_always, reason = "not inlined, it costs as much again")]
    #[inline(always)]
    fn try_acquire_asking(&self) -> Result<Permit<&Self>, Rejection> {
        match self.inner.ask(1) {
            Ok(ticket) => Ok(Permit::new(self, ticket)),
            Err(refusal) => Err(self.rejection(&refusal)),
        }
    }

    /// The same, with a permit that can be kept and sent elsewhere.
    ///
    /// # Errors
    /// [`Rejection`] if the breaker refuses the call.
    pub fn try_acquire_owned(&self) -> Result<Permit<Self>, Rejection> {
        let ticket = match self.inner.gate.free() {
            Some(generation) => Ticket::plain(generation),
            None => self.inner.ask(1).map_err(|refusal| self.rejection(&refusal))?,
        };
        Ok(Permit::new(self.clone(), ticket))
    }

    #[inline]
    pub(super) fn rejection(&self, refusal: &Refusal) -> Rejection {
        Rejection { breaker: self.clone(), reason: refusal.reason, until: refusal.until }
    }

    /// Where it stands. Reads only: an open breaker whose time is over is open until a probe is admitted.
    pub fn state(&self) -> State {
        self.inner.core.lock().state(&self.inner.setting.time)
    }

    /// One consistent reading of everything it knows. Reads only. Calls that other threads report meanwhile may be counted
    /// already or not yet.
    pub fn stats(&self) -> Stats {
        let Setting { policy, time, .. } = &self.inner.setting;
        let core = self.inner.core.lock();
        let now = time.now();
        let state = core.state(time);
        let remaining = match core.phase {
            Phase::Open { until } if state == State::Open => until.left(now).unwrap_or(Duration::MAX),
            _ => Duration::ZERO,
        };
        let (probe_successes, probes_in_flight) = core.probes();
        Stats {
            state,
            state_age: now.since(core.since_at(now)),
            generation: core.generation,
            consecutive_failures: core.consecutive_failures,
            failure_threshold: policy.failure_threshold(),
            probe_successes,
            probes_in_flight,
            success_threshold: policy.success_threshold,
            open_count: core.open_count,
            remaining,
            cause: core.cause,
            tallies: self.inner.tallies(&core),
        }
    }

    /// Calls `listener` with every event from now on, in order, on whichever thread caused it and with no lock held. It may
    /// call the breaker. A panic in it is logged and goes no further. It lives as long as the breaker; one that holds
    /// a clone of the breaker makes that for ever.
    pub fn listen(&self, listener: impl Fn(&Event) + Send + Sync + 'static) {
        self.inner.core.lock().rare().listen(Arc::new(listener));
    }

    /// A bounded feed of every event from now on.
    pub fn subscribe(&self) -> Feed {
        let mut core = self.inner.core.lock();
        let next = u64::from(core.seq) + 1;
        let (receiver, waiting) = core.rare().subscribe();
        Feed::new(receiver, waiting.unwrap_or(next))
    }
}

impl Inner {
    /// Asks for a call that the gate did not let through; its lease is so many call timeouts.
    #[expect(clippy::inline_always, reason = "not inlined, it costs as much again")]
    #[inline(always)]
    pub(super) fn ask(&self, timeouts: u32) -> Result<Ticket, Refusal> {
        match self.gate.shut(&self.setting.time) {
            Shut::Until(until) => Err(Refusal { reason: RejectionReason::Open, until: Some(until) }),
            Shut::Perhaps => self.admit(timeouts),
        }
    }

    #[inline(never)]
    fn admit(&self, timeouts: u32) -> Result<Ticket, Refusal> {
        let lease = self.setting.policy.call_timeout.saturating_mul(timeouts);
        self.locked(|core| core.admit(&self.setting, &self.gate, lease))
    }

    /// Takes the outcome of an admitted call.
    #[expect(clippy::inline_always, reason = "not inlined, it costs as much again")]
    #[inline(always)]
    pub(super) fn settle(&self, ticket: &Ticket, outcome: Outcome) {
        if outcome == Outcome::Success {
            self.succeed(ticket);
        } else {
            self.judge(*ticket, outcome);
        }
    }

    /// Takes the success of an admitted call.
    #[expect(clippy::inline_always, reason = "not inlined, it costs as much again")]
    #[inline(always)]
    pub(super) fn succeed(&self, ticket: &Ticket) {
        if ticket.is_plain() && self.gate.is_free(ticket.generation) {
            Count::one(&self.first_seat, &self.second_seat, &self.successes);
        } else {
            self.judge(*ticket, Outcome::Success);
        }
    }

    #[inline(never)]
    fn judge(&self, ticket: Ticket, outcome: Outcome) {
        self.locked(|core| core.report(&self.setting, &self.successes, &ticket, outcome));
    }

    /// Takes back the permit of a call without an outcome. If it is to blame for it that the thread unwinds, it failed.
    #[inline(never)]
    pub(super) fn give_back(&self, ticket: Ticket, blamed: bool) {
        if blamed && std::thread::panicking() {
            self.judge(ticket, Outcome::Failure(Cause::Other));
        } else {
            self.locked(|core| core.release(&self.setting, &self.successes, &ticket));
        }
    }

    /// Runs `act` on the state machine, tells the gate what holds now, then delivers what there is to tell.
    pub(super) fn locked<T>(&self, act: impl FnOnce(&mut Core) -> T) -> T {
        let (result, delivers) = {
            let mut core = self.core.lock();
            let result = act(&mut core);
            self.gate.publish(core.generation, core.pass(&self.setting.policy));
            let delivers = core.rare.as_mut().is_some_and(|rare| rare.begin_delivery());
            core.drop_idle();
            (result, delivers)
        };
        if delivers {
            while let Some(parcel) = self.next_parcel() {
                parcel.deliver();
            }
        }
        result
    }

    fn next_parcel(&self) -> Option<Parcel> {
        let mut core = self.core.lock();
        let parcel = core.rare().next_parcel();
        core.drop_idle();
        parcel
    }

    pub(super) fn tallies(&self, core: &Core) -> Tallies {
        let successes = Count::sum([&self.first_seat, &self.second_seat, &self.successes]);
        let rejections = self.gate.rejections();
        let Counts { failures, timeouts, ignored, dropped, slow, late, leases_expired, times_opened } = core.counts;
        Tallies {
            successes,
            failures,
            timeouts,
            ignored,
            dropped,
            slow,
            late,
            rejections,
            leases_expired: leases_expired.into(),
            times_opened: times_opened.into(),
        }
    }

    pub(super) fn set_tallies(&self, core: &mut Core, tallies: &Tallies) {
        // A stored count that is absurd leaves room to go on counting.
        let [failures, timeouts, ignored, dropped, slow, late] =
            [tallies.failures, tallies.timeouts, tallies.ignored, tallies.dropped, tallies.slow, tallies.late]
                .map(|count| count.min(u64::MAX / 2));
        let few = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let (leases_expired, times_opened) = (few(tallies.leases_expired), few(tallies.times_opened));
        core.counts = Counts { failures, timeouts, ignored, dropped, slow, late, leases_expired, times_opened };
        Count::set_sum(&self.first_seat, &self.second_seat, &self.successes, tallies.successes);
        self.gate.set_rejections(tallies.rejections);
    }
}

/// Two handles are equal if they are of the same breaker.
impl PartialEq for Breaker {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }
}

impl Eq for Breaker {}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Breaker").field("name", &self.setting.name).finish_non_exhaustive()
    }
}
