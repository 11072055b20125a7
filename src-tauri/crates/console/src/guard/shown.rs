//! The console's own breakers in the words that operators see.

use super::{Guarded, RouteClass, happening};
use crate::error::Error;
use domain::{
    Breaker, BreakerAct, BreakerCause, BreakerEvent, BreakerIsolation, BreakerSource, BreakerState, Timestamp,
};
use reliability::breaker::{Breaker as Machine, Cause, Isolated, State};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

impl Guarded {
    /// One per class of route.
    pub(crate) fn shown(&self, now: Timestamp) -> Vec<Breaker> {
        RouteClass::ALL.into_iter().map(|class| self.show(class, now)).collect()
    }

    /// Does something to the breaker with this id; `None` if none of ours has it.
    pub(crate) fn act(
        &self,
        id: &str,
        act: BreakerAct,
        (actor, reason): (&str, &str),
        now: Timestamp,
    ) -> Option<Result<Breaker, Error>> {
        let class = RouteClass::ALL.into_iter().find(|class| *self.breaker(*class).name() == *id)?;
        let breaker = self.breaker(class);
        let done = match act {
            BreakerAct::Reset => {
                breaker.reset(actor, reason);
                Ok(())
            }
            BreakerAct::Probe => breaker.half_open(actor, reason).map_err(|_| not_so("only an open breaker is probed")),
            BreakerAct::Isolate { minutes } => {
                breaker.isolate(actor, reason, Some(Duration::from_mins(minutes.into()))).detach();
                Ok(())
            }
            BreakerAct::Release => {
                let held = breaker.isolations();
                for isolation in &held {
                    // One that has just expired has ended all the same.
                    let _ = breaker.release_isolation(isolation.id, actor, reason);
                }
                if held.is_empty() { Err(not_so("nobody has isolated this breaker")) } else { Ok(()) }
            }
        };
        Some(done.map(|()| self.show(class, now)))
    }

    /// Calls `listener` with whatever happens to one of them.
    pub(crate) fn on_change(&self, listener: impl Fn(BreakerEvent) + Clone + Send + Sync + 'static) {
        for class in RouteClass::ALL {
            let (listener, clock) = (listener.clone(), Arc::clone(&self.clock));
            self.breaker(class).listen(move |event| {
                if let Some(told) = happening::told(event, clock.now()) {
                    listener(told);
                }
            });
        }
    }

    fn show(&self, class: RouteClass, now: Timestamp) -> Breaker {
        let machine: &Machine = self.breaker(class);
        let stats = machine.stats();
        let what = match class {
            RouteClass::Read => "reads from",
            RouteClass::Act => "acts on",
            RouteClass::Stream => "the live feed of",
        };
        Breaker {
            id: machine.name().to_string(),
            protects: format!("{what} {}", self.name),
            source: BreakerSource::Console,
            connection: Some(self.connection.clone()),
            state: state(stats.state),
            since: now.minus(stats.state_age),
            cause: stats.cause.map(cause),
            consecutive_failures: stats.consecutive_failures,
            failure_threshold: stats.failure_threshold.unwrap_or(0),
            success_threshold: stats.success_threshold,
            next_probe_at: (stats.state == State::Open).then(|| now.plus(stats.remaining)),
            calls: stats.tallies.calls(),
            failures: stats.tallies.failures,
            rejections: stats.tallies.rejections,
            times_opened: stats.tallies.times_opened,
            last_call_at: self.last_call(class),
            isolation: isolation(machine.isolations(), now),
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

fn not_so(message: &str) -> Error {
    let code = "breaker_state".to_owned();
    Error::Plane(control_plane::Error::Conflict { code, message: message.to_owned() })
}

pub(super) const fn state(state: State) -> BreakerState {
    match state {
        State::Closed => BreakerState::Closed,
        State::Open => BreakerState::Open,
        State::HalfOpen => BreakerState::HalfOpen,
        State::Isolated => BreakerState::Isolated,
        State::Disabled => BreakerState::Disabled,
        State::MetricsOnly => BreakerState::MetricsOnly,
    }
}

pub(super) const fn cause(cause: Cause) -> BreakerCause {
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
