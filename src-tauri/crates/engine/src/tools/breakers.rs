//! The breakers round everything that steps call over the network: one per AI provider, one per host and port.
//!
//! The state machine is the reliability layer's. This is the list of its instances, told in the words of the domain.

mod happening;
mod met;

pub(crate) use happening::Happenings;
pub use met::Met;

use super::{ToolFailure, clip};
use crate::plan::MAX_TIMEOUT;
use domain::{
    BreakerAct, BreakerCause, BreakerIsolation, BreakerSource, BreakerState, BreakerVerdict, Clock, Timestamp,
};
use happening::Teller;
use parking_lot::Mutex;
use reliability::{
    breaker::{Breaker, BreakerPolicy, CallError, Cause, Isolated, Outcome, Rejection, State, Stats},
    pipeline::{Pipeline, PipelineError},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::time::Instant;

/// Most breakers that are kept; beyond it, the one that was idle for longest gives way.
const MOST: usize = 500;
/// Where a breaker stops a call to an AI provider: as late as any step may run, since one that goes on streaming is healthy.
/// The limits that end a silent provider are much shorter and lie with the call.
const AI_CALL: Duration = MAX_TIMEOUT;

/// Where it stops an HTTP request: as late as a plan may let one take. The plan's own limit lies with the call.
const HTTP_CALL: Duration = Duration::from_hours(1);

/// Where it stops a call to Stripe: later than the limit that lies with the call, so that the call says itself what happened.
const STRIPE_CALL: Duration = Duration::from_mins(1);

/// Every breaker of this control plane.
#[derive(Debug)]
pub struct BreakerSet {
    clock: Arc<dyn Clock>,
    entries: Mutex<BTreeMap<String, Entry>>,
    teller: Teller,
    /// Whoever keeps what happens takes it.
    happenings: Mutex<Option<Happenings>>,
}

/// Why nothing was done to a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Undone {
    /// There is no such breaker.
    Missing,
    /// Only an open one can be probed.
    NotOpen,
    /// Nobody has isolated it.
    NotIsolated,
}

#[derive(Debug)]
struct Entry {
    breaker: Breaker,
    protects: String,
    /// When it was last asked for, let through or not.
    last_asked_at: Option<Timestamp>,
    last_call_at: Option<Timestamp>,
}

/// A failed call, and what that means to the breaker.
pub(crate) type Failed = (ToolFailure, Outcome);

impl BreakerSet {
    /// A set that begins with the breakers of the AI providers; those of hosts join at the first call.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let (teller, happenings) = happening::channel(Arc::clone(&clock));
        let set = Self { clock, entries: Mutex::default(), teller, happenings: Mutex::new(Some(happenings)) };
        let policy = BreakerPolicy { call_timeout: AI_CALL, ..BreakerPolicy::ai() };
        for (id, protects) in [("ai:anthropic", "The Anthropic API"), ("ai:openai", "The OpenAI API")] {
            let entry = Entry::new(id, protects, policy.clone());
            set.entries.lock().insert(id.to_owned(), set.told_of(entry));
        }
        set
    }

    /// What happens from the beginning of the set on; whoever comes second gets none.
    pub(crate) fn happenings(&self) -> Option<Happenings> {
        self.happenings.lock().take()
    }

    fn told_of(&self, entry: Entry) -> Entry {
        let teller = self.teller.clone();
        entry.breaker.listen(move |event| teller.tell(event));
        entry
    }

    /// The time now, as everything else here sees it.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The way to an AI provider; `id` is one of those that the set began with.
    pub(crate) fn of_ai(&self, id: &str) -> Pipeline {
        self.pipeline(id, || Entry::new(id, id, BreakerPolicy::ai()))
    }

    /// The way to a host (with its port).
    pub(crate) fn of_host(&self, host: &str) -> Pipeline {
        let id = of_host(host);
        let policy = BreakerPolicy { call_timeout: HTTP_CALL, ..BreakerPolicy::http() };
        self.pipeline(&id, || Entry::new(&id, &format!("HTTP requests to {host}"), policy))
    }

    /// The way to Stripe.
    pub(crate) fn of_stripe(&self) -> Pipeline {
        let policy = BreakerPolicy { call_timeout: STRIPE_CALL, ..BreakerPolicy::http() };
        self.pipeline("stripe", || Entry::new("stripe", "The API of Stripe", policy))
    }

    fn pipeline(&self, id: &str, make: impl FnOnce() -> Entry) -> Pipeline {
        let mut entries = self.entries.lock();
        if !entries.contains_key(id) {
            make_room(&mut entries);
        }
        let entry = entries.entry(id.to_owned()).or_insert_with(|| self.told_of(make()));
        entry.last_asked_at = Some(self.clock.now());
        Pipeline::new(entry.breaker.clone())
    }

    /// Notes that a call was let through, and says where the breaker stands.
    pub(crate) fn called(&self, breaker: &Breaker) -> Met {
        if let Some(entry) = self.entries.lock().get_mut(breaker.name().as_str()) {
            entry.last_call_at = Some(self.clock.now());
        }
        let (id, state) = (breaker.name().to_string(), state(breaker.state()));
        Met { id, state, verdict: BreakerVerdict::Ignored }
    }

    /// Every breaker, by id.
    pub fn list(&self) -> Vec<domain::Breaker> {
        let now = self.clock.now();
        self.entries.lock().iter().map(|(id, entry)| entry.show(id, now)).collect()
    }

    /// Does something to a breaker, and tells where it stands then.
    pub(crate) fn act(&self, id: &str, act: BreakerAct, actor: &str, reason: &str) -> Result<domain::Breaker, Undone> {
        // Not within the lock: what follows is told to listeners.
        let breaker = self.entries.lock().get(id).ok_or(Undone::Missing)?.breaker.clone();
        match act {
            BreakerAct::Reset => {
                breaker.reset(actor, reason);
            }
            BreakerAct::Probe => breaker.half_open(actor, reason).map_err(|_| Undone::NotOpen)?,
            BreakerAct::Isolate { minutes } => {
                let lasts = Duration::from_mins(minutes.into());
                breaker.isolate(actor, reason, Some(lasts)).detach();
            }
            BreakerAct::Release => {
                let held = breaker.isolations();
                if held.is_empty() {
                    return Err(Undone::NotIsolated);
                }
                for isolation in held {
                    // One that has just expired has ended all the same.
                    let _ = breaker.release_isolation(isolation.id, actor, reason);
                }
            }
        }
        let now = self.clock.now();
        self.entries.lock().get(id).map(|entry| entry.show(id, now)).ok_or(Undone::Missing)
    }
}

/// The id of the breaker round a host (with its port).
pub(crate) fn of_host(host: &str) -> String {
    format!("http:{host}")
}

/// What a failed call means for the step; `late` says it for one that ran into a time limit of the pipeline.
pub(crate) fn explain(error: PipelineError<Failed>, late: impl FnOnce() -> ToolFailure) -> ToolFailure {
    match error {
        PipelineError::Failed { error: CallError::Inner((failed, _)), .. } => failed,
        PipelineError::Failed { error: CallError::Rejected(rejection), .. } => refused(&rejection),
        PipelineError::Failed { error: CallError::TimedOut { .. }, .. } | PipelineError::DeadlinePassed => late(),
        PipelineError::Limited(limited) => busy(Some(limited.retry_after)),
        PipelineError::Full(_) => busy(None),
    }
}

fn refused(rejection: &Rejection) -> ToolFailure {
    let id = rejection.breaker.name().as_str();
    let message = format!("The breaker {} refuses calls because recent ones failed.", clip(id, 200));
    let mut failed = ToolFailure::passing("breaker_open", message)
        .remedy("Wait until it probes by itself, or find out why the other side fails and reset the breaker.");
    failed.retry_after = rejection.retry_after();
    let state = state(rejection.state());
    failed.breaker = Some(Met { id: id.to_owned(), state, verdict: BreakerVerdict::Refused });
    failed
}

fn busy(retry_after: Option<Duration>) -> ToolFailure {
    let failed = ToolFailure::passing("throttled", "This control plane makes no more calls at once to the other side.");
    ToolFailure { retry_after, ..failed.remedy("Wait and try again.") }
}

/// Lets the closed breaker go that was idle for longest, if the set is full.
fn make_room(entries: &mut BTreeMap<String, Entry>) {
    if entries.len() < MOST {
        return;
    }
    let idle = |(_, entry): &(&String, &Entry)| (entry.breaker.state() != State::Closed, entry.last_asked_at);
    let oldest = entries.iter().filter(|(id, _)| id.starts_with("http:")).min_by_key(idle).map(|(id, _)| id.clone());
    if let Some(id) = oldest {
        entries.remove(&id);
    }
}

impl Entry {
    fn new(id: &str, protects: &str, policy: BreakerPolicy) -> Self {
        Self {
            breaker: Breaker::new(id, policy),
            protects: protects.to_owned(),
            last_asked_at: None,
            last_call_at: None,
        }
    }

    fn show(&self, id: &str, now: Timestamp) -> domain::Breaker {
        let stats: Stats = self.breaker.stats();
        let probes = stats.state == State::Open && stats.remaining != Duration::MAX;
        domain::Breaker {
            id: id.to_owned(),
            protects: self.protects.clone(),
            source: BreakerSource::ControlPlane,
            connection: None,
            state: state(stats.state),
            since: now.minus(stats.state_age),
            cause: stats.cause.map(cause),
            consecutive_failures: stats.consecutive_failures,
            failure_threshold: stats.failure_threshold.unwrap_or(0),
            success_threshold: stats.success_threshold,
            next_probe_at: probes.then(|| now.plus(stats.remaining)),
            calls: stats.tallies.calls(),
            failures: stats.tallies.failures,
            rejections: stats.tallies.rejections,
            times_opened: stats.tallies.times_opened,
            last_call_at: self.last_call_at,
            isolation: isolation(self.breaker.isolations(), now),
        }
    }
}

/// The one that ends last, or never.
fn isolation(held: Vec<Isolated>, now: Timestamp) -> Option<BreakerIsolation> {
    let last = held.into_iter().max_by_key(|one| (one.ends.is_none(), one.ends))?;
    let left = |ends: Instant| now.plus(ends.saturating_duration_since(Instant::now()));
    let (actor, reason) = (last.by.actor.to_string(), last.by.reason.to_string());
    Some(BreakerIsolation { actor, reason, ends_at: last.ends.map(left) })
}

const fn state(state: State) -> BreakerState {
    match state {
        State::Closed => BreakerState::Closed,
        State::Open => BreakerState::Open,
        State::HalfOpen => BreakerState::HalfOpen,
        State::Isolated => BreakerState::Isolated,
        State::Disabled => BreakerState::Disabled,
        State::MetricsOnly => BreakerState::MetricsOnly,
    }
}

const fn cause(cause: Cause) -> BreakerCause {
    match cause {
        Cause::Unreachable => BreakerCause::Unreachable,
        Cause::Timeout => BreakerCause::Timeout,
        Cause::ServerError => BreakerCause::ServerError,
        Cause::Overloaded => BreakerCause::Overloaded,
        Cause::Malformed => BreakerCause::Malformed,
        Cause::Operator => BreakerCause::Operator,
        Cause::Slow => BreakerCause::Slow,
        Cause::Other => BreakerCause::Other,
    }
}
