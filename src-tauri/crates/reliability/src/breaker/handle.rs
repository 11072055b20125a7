//! The breaker that callers hold: the state machine behind a short lock, and delivery of its events after it.

use super::{
    core::{Core, Phase, Ticket},
    error::{CallError, Rejection},
    event::{Event, FEED, Feed},
    permit::Permit,
    policy::BreakerPolicy,
    state::{Cause, Outcome, State},
    stats::Stats,
};
use crate::clock::Clock;
use parking_lot::Mutex;
use std::{
    fmt,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::broadcast;

type Listener = Arc<dyn Fn(&Event) + Send + Sync>;

/// A circuit breaker round one dependency; clones are the same breaker.
#[derive(Clone, Debug)]
pub struct Breaker {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) name: Arc<str>,
    pub(super) policy: BreakerPolicy,
    pub(super) clock: Clock,
    core: Mutex<Core>,
    listeners: Mutex<Arc<[Listener]>>,
    feed: OnceLock<broadcast::Sender<Event>>,
    delivering: AtomicBool,
}

impl Breaker {
    /// A closed breaker that reads tokio's clock.
    pub fn new(name: impl Into<Arc<str>>, policy: BreakerPolicy) -> Self {
        Self::with_clock(name, policy, Clock::tokio())
    }

    /// A closed breaker that reads the given clock. The call timeout always follows tokio's.
    pub fn with_clock(name: impl Into<Arc<str>>, policy: BreakerPolicy, clock: Clock) -> Self {
        let policy = policy.clamped();
        let core = Mutex::new(Core::new(&policy, clock.now()));
        Self {
            inner: Arc::new(Inner {
                name: name.into(),
                policy,
                clock,
                core,
                listeners: Mutex::new(Arc::new([])),
                feed: OnceLock::new(),
                delivering: AtomicBool::new(false),
            }),
        }
    }

    /// Its name.
    pub fn name(&self) -> &Arc<str> {
        &self.inner.name
    }

    /// Its policy, as clamped.
    pub fn policy(&self) -> &BreakerPolicy {
        &self.inner.policy
    }

    /// Makes one call through the breaker.
    ///
    /// The call is stopped (its future dropped) at the policy's call timeout, which counts as a failure. `classify` says
    /// what the result means. A panic in the call counts as a failure and goes on to the caller. Dropping the returned
    /// future gives the permit back; one that is never polled takes none.
    pub async fn call<T, E, Operation, Call, Classify>(
        &self,
        operation: Operation,
        classify: Classify,
    ) -> Result<T, CallError<E>>
    where
        Operation: FnOnce() -> Call,
        Call: Future<Output = Result<T, E>>,
        Classify: FnOnce(&Result<T, E>) -> Outcome,
    {
        let limit = self.inner.policy.call_timeout;
        // The timeout itself ends a hanging call; the lease is for a future that is kept and never polled again.
        let mut permit = self.acquire(limit.saturating_mul(2))?;
        let blamed = &mut permit.blamed;
        let timed = tokio::time::timeout(limit, async move {
            // Unwinding is this call's panic only while its own code runs; otherwise a neighbour in the same task panicked.
            *blamed = true;
            let mut call = pin!(operation());
            poll_fn(|context| {
                *blamed = true;
                let polled = call.as_mut().poll(context);
                *blamed = false;
                polled
            })
            .await
        });
        let Ok(result) = timed.await else {
            permit.failure(Cause::Timeout);
            return Err(CallError::TimedOut { after: limit });
        };
        permit.blamed = true;
        let outcome = classify(&result);
        permit.report(outcome);
        result.map_err(CallError::Inner)
    }

    /// Asks to make one call by hand; the permit's lease is the policy's call timeout.
    pub fn try_acquire(&self) -> Result<Permit, Rejection> {
        self.acquire(self.inner.policy.call_timeout)
    }

    fn acquire(&self, lease: Duration) -> Result<Permit, Rejection> {
        let inner = &self.inner;
        match inner.locked(|core| core.admit(&inner.name, &inner.policy, &inner.clock, lease)) {
            Ok(ticket) => Ok(Permit::new(Arc::clone(inner), ticket)),
            Err(refusal) => Err(Rejection {
                breaker: Arc::clone(&inner.name),
                state: refusal.state,
                reason: refusal.reason,
                retry_after: refusal.retry_after,
            }),
        }
    }

    /// Where it stands. Reads only: an open breaker whose time is over is open until a probe is admitted.
    pub fn state(&self) -> State {
        self.inner.core.lock().state(&self.inner.clock)
    }

    /// One consistent reading of everything it knows. Reads only.
    pub fn stats(&self) -> Stats {
        let Inner { policy, clock, .. } = &*self.inner;
        let core = self.inner.core.lock();
        let now = clock.now();
        let state = core.state(clock);
        let remaining = match core.phase {
            Phase::Open { until } if state == State::Open => {
                until.map_or(Duration::MAX, |until| until.saturating_duration_since(now))
            }
            _ => Duration::ZERO,
        };
        let (probe_successes, probes_in_flight) = core.probes();
        Stats {
            state,
            state_age: now.saturating_duration_since(core.since),
            generation: core.generation,
            consecutive_failures: core.consecutive_failures,
            failure_threshold: policy.failure_threshold(),
            probe_successes,
            probes_in_flight,
            success_threshold: policy.success_threshold,
            open_count: core.open_count,
            remaining,
            cause: core.cause,
            tallies: core.tallies,
        }
    }

    /// Calls `listener` with every event from now on, in order, on whichever thread caused it and with no lock held. It may
    /// call the breaker. A panic in it is logged and goes no further. It lives as long as the breaker; one that holds
    /// a clone of the breaker makes that for ever.
    pub fn listen(&self, listener: impl Fn(&Event) + Send + Sync + 'static) {
        let mut listeners = self.inner.listeners.lock();
        *listeners = listeners.iter().cloned().chain([Arc::new(listener) as Listener]).collect();
    }

    /// A bounded feed of every event from now on.
    pub fn subscribe(&self) -> Feed {
        let receiver = self.inner.feed.get_or_init(|| broadcast::Sender::new(FEED)).subscribe();
        let core = self.inner.core.lock();
        Feed::new(receiver, core.outbox.front().map_or(core.seq + 1, |oldest| oldest.seq))
    }
}

impl Inner {
    pub(super) fn report(&self, ticket: &Ticket, outcome: Outcome) {
        self.locked(|core| core.report(&self.name, &self.policy, &self.clock, ticket, outcome));
    }

    pub(super) fn release(&self, ticket: &Ticket) {
        self.locked(|core| core.release(&self.name, &self.policy, &self.clock, ticket));
    }

    /// Runs `act` on the state machine, then delivers what it had to tell.
    pub(super) fn locked<T>(&self, act: impl FnOnce(&mut Core) -> T) -> T {
        let (result, news) = {
            let mut core = self.core.lock();
            let result = act(&mut core);
            (result, !core.outbox.is_empty())
        };
        if news {
            self.deliver();
        }
        result
    }

    /// Delivers the outbox unless somebody is at it; that somebody looks again after stepping down, so nothing is left.
    fn deliver(&self) {
        loop {
            if self.delivering.swap(true, Ordering::AcqRel) {
                return;
            }
            while let Some(event) = self.next_event() {
                self.tell(event);
            }
            self.delivering.store(false, Ordering::Release);
            if self.core.lock().outbox.is_empty() {
                return;
            }
        }
    }

    fn next_event(&self) -> Option<Event> {
        self.core.lock().outbox.pop_front()
    }

    fn tell(&self, event: Event) {
        event.log();
        let listeners = Arc::clone(&self.listeners.lock());
        for listener in listeners.iter() {
            if catch_unwind(AssertUnwindSafe(|| listener(&event))).is_err() {
                tracing::error!(breaker = %event.breaker, seq = event.seq, "a listener of the breaker panicked");
            }
        }
        if let Some(feed) = self.feed.get() {
            // An error means that nobody is subscribed right now.
            let _ = feed.send(event);
        }
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Breaker").field("name", &self.name).finish_non_exhaustive()
    }
}
