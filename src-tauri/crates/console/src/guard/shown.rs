//! The console's own breakers in the words that operators see.

use super::{Guarded, RouteClass};
use domain::{Breaker, BreakerCause, BreakerSource, BreakerState, Timestamp};
use reliability::breaker::{Breaker as Machine, Cause, State};

impl Guarded {
    /// One per class of route.
    pub(crate) fn shown(&self, now: Timestamp) -> Vec<Breaker> {
        RouteClass::ALL.into_iter().map(|class| self.show(class, now)).collect()
    }

    /// Closes the breaker with this id by hand; `None` if none of ours has it.
    pub(crate) fn reset(&self, id: &str, actor: &str, reason: &str, now: Timestamp) -> Option<Breaker> {
        let class = RouteClass::ALL.into_iter().find(|class| *self.breaker(*class).name() == *id)?;
        self.breaker(class).reset(actor, reason);
        Some(self.show(class, now))
    }

    /// Calls `listener` whenever one of them changes its state.
    pub(crate) fn on_change(&self, listener: impl Fn() + Clone + Send + Sync + 'static) {
        for class in RouteClass::ALL {
            let listener = listener.clone();
            self.breaker(class).listen(move |event| {
                if event.from != event.to {
                    listener();
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
        let age = i64::try_from(stats.state_age.as_millis()).unwrap_or(i64::MAX);
        Breaker {
            id: machine.name().to_string(),
            protects: format!("{what} {}", self.name),
            source: BreakerSource::Console,
            connection: Some(self.connection.clone()),
            state: state(stats.state),
            since: Timestamp::from_millis(now.as_millis().saturating_sub(age)),
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
        }
    }
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
