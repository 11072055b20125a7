//! Every call to a control plane goes through here: the pipeline of the reliability layer, with one correlation id for all
//! attempts.
//!
//! Each connection has a breaker per class of route, because a plane that cannot take acts may still answer reads, and
//! a feed that cannot be opened says little about either. Reads are retried. Acts are retried only where a repetition is
//! harmless: a creation carries its key, and cancelling twice is cancelling. Deliberately absent: any knowledge of wire
//! formats, and any retry of opening a feed, which the sync does at its own pace.

mod happening;
mod routes;
mod shown;

use crate::{error::Error, pace::Pace};
use control_plane::{CallContext, ControlPlane, Error as PlaneError, Retryability};
use domain::{Capabilities, Clock, Connection, ConnectionId, Spending, Timestamp};
use reliability::{
    Random,
    breaker::{Breaker, BreakerPolicy, CallError, Cause, Outcome, State},
    correlation::CorrelationId,
    pipeline::{Pipeline, PipelineError},
    retry::{Budget, Retry, Verdict},
};
use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

/// What a call is for. Each class has a breaker of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RouteClass {
    /// Reading.
    Read,
    /// Changing something.
    Act,
    /// The live feed.
    Stream,
}

impl RouteClass {
    pub(crate) const ALL: [Self; 3] = [Self::Read, Self::Act, Self::Stream];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Act => "act",
            Self::Stream => "stream",
        }
    }
}

/// Whether a call that failed may be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repeat {
    Yes,
    No,
}

/// A port with the reliability layer round it.
#[derive(Debug, Clone)]
pub(crate) struct Guarded {
    port: Arc<dyn ControlPlane>,
    connection: ConnectionId,
    name: String,
    /// One per class; they share the budget for retries.
    pipelines: [Pipeline; 3],
    /// When a call of each class was last let through, in milliseconds since the Unix epoch; 0 for never.
    last_calls: Arc<[AtomicI64; 3]>,
    /// Whether it is reached by a socket of this machine.
    is_local: bool,
    /// Whether a person is signed in, or could be.
    is_person: bool,
    random: Random,
    clock: Arc<dyn Clock>,
}

impl Guarded {
    pub(crate) fn new(
        port: Arc<dyn ControlPlane>,
        connection: &Connection,
        pace: &Pace,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let name = &connection.name;
        let random = Random::from_os();
        let policy = Arc::new(BreakerPolicy {
            call_timeout: pace.call_timeout,
            open_for: pace.breaker_open,
            ..BreakerPolicy::http()
        });
        let retry = Retry::new(pace.retry.clone(), random.clone()).with_budget(Budget::standard());
        let pipelines = RouteClass::ALL.map(|class| {
            let breaker = Breaker::new(format!("connection:{name}:{}", class.as_str()), Arc::clone(&policy));
            Pipeline::new(breaker).deadline(pace.request_timeout).retry(retry.clone())
        });
        Self {
            port,
            connection: connection.id.clone(),
            name: name.clone(),
            pipelines,
            last_calls: Arc::default(),
            is_local: connection.base_url.starts_with("unix:"),
            is_person: false,
            random,
            clock,
        }
    }

    /// The same, called with the session of a person or with nothing at all: what is missing then is a person.
    pub(crate) const fn for_a_person(mut self, is_person: bool) -> Self {
        self.is_person = is_person;
        self
    }

    pub(crate) fn capabilities(&self) -> Capabilities {
        self.port.capabilities()
    }

    pub(crate) fn reading_gap(&self) -> Option<Duration> {
        self.port.reading_gap()
    }

    pub(crate) fn spending(&self) -> Option<Spending> {
        self.port.spending()
    }

    pub(crate) fn numbers_events(&self) -> bool {
        self.port.numbers_events()
    }

    const fn breaker(&self, class: RouteClass) -> &Breaker {
        self.pipelines[class as usize].breaker()
    }

    /// Lets probes through at once, because somebody has just seen the plane answer.
    pub(crate) fn expect_recovery(&self) {
        for class in RouteClass::ALL {
            // Not open is just as well.
            let _ = self.breaker(class).half_open("console", "the plane was seen to answer");
        }
    }

    fn last_call(&self, class: RouteClass) -> Option<Timestamp> {
        let millis = self.last_calls[class as usize].load(Ordering::Relaxed);
        (millis > 0).then(|| Timestamp::from_millis(millis))
    }

    /// How long the reads of this connection are refused for now; `None` when they are not.
    pub(crate) fn refused_for(&self) -> Option<Duration> {
        let stats = self.breaker(RouteClass::Read).stats();
        (stats.state == State::Open).then_some(stats.remaining)
    }

    async fn call<T, Fut>(
        &self,
        class: RouteClass,
        repeat: Repeat,
        context: &CallContext,
        once: impl Fn(Arc<dyn ControlPlane>, CallContext) -> Fut + Send + Sync,
    ) -> Result<T, Error>
    where
        T: Send,
        Fut: Future<Output = Result<T, PlaneError>> + Send,
    {
        let id = CorrelationId::accept_or_new(Some(context.correlation_id.as_str()), &self.random);
        let attempt = |_| {
            self.last_calls[class as usize].store(self.clock.now().as_millis(), Ordering::Relaxed);
            once(Arc::clone(&self.port), context.clone())
        };
        let verdict = |error: &CallError<PlaneError>| match repeat {
            Repeat::Yes => verdict(error, self.is_local),
            Repeat::No => Verdict::NonRetryable,
        };
        let ended = self.pipelines[class as usize].run(Some(id), attempt, outcome, verdict).await;
        ended.map_err(|error| self.explain(error))
    }

    fn explain(&self, error: PipelineError<PlaneError>) -> Error {
        match error {
            PipelineError::Failed { error: CallError::Rejected(rejection), .. } => {
                Error::BreakerOpen { protects: self.name.clone(), retry_after: rejection.retry_after() }
            }
            PipelineError::Failed { error: CallError::Inner(error), .. } => match error {
                PlaneError::Unauthorised if self.is_person => Error::SignedOut { connection: self.name.clone() },
                PlaneError::CredentialUnavailable { reason, remedy } => Error::TokenUnreadable { reason, remedy },
                error => Error::Plane(error),
            },
            PipelineError::Failed { error: CallError::TimedOut { .. }, .. } | PipelineError::DeadlinePassed => {
                Error::Plane(PlaneError::TimedOut)
            }
            PipelineError::Limited(limited) => {
                Error::Plane(PlaneError::Throttled { retry_after: Some(limited.retry_after) })
            }
            PipelineError::Full(_) => Error::Plane(PlaneError::Throttled { retry_after: None }),
        }
    }
}

/// What a result says about the plane as a whole.
fn outcome<T>(result: &Result<T, PlaneError>) -> Outcome {
    let Err(error) = result else { return Outcome::Success };
    match error {
        PlaneError::Unreachable { .. } => Outcome::Failure(Cause::Unreachable),
        PlaneError::TimedOut => Outcome::Failure(Cause::Timeout),
        PlaneError::Unavailable { status: 503, .. } => Outcome::Failure(Cause::Overloaded),
        PlaneError::Unavailable { .. } => Outcome::Failure(Cause::ServerError),
        PlaneError::Incompatible { .. } => Outcome::Failure(Cause::Malformed),
        PlaneError::Throttled { .. } | PlaneError::Unsupported { .. } | PlaneError::CredentialUnavailable { .. } => {
            Outcome::Ignored
        }
        _ => Outcome::Success,
    }
}

/// Whether the same call could end otherwise.
fn verdict(error: &CallError<PlaneError>, is_local: bool) -> Verdict {
    match error {
        // Somebody serves the socket or nobody does; no network is between that could be better in a moment.
        CallError::Inner(PlaneError::Unreachable { .. }) if is_local => Verdict::NonRetryable,
        // A person who waits is better served by the cache now than by an answer in a minute.
        CallError::Rejected(_) => Verdict::NonRetryable,
        other => other.verdict(|error| match error.retryability() {
            Retryability::Throttled { retry_after: Some(wait) } => Verdict::RetryAfter(wait),
            Retryability::Throttled { retry_after: None } | Retryability::Transient => Verdict::Retryable,
            Retryability::Permanent | Retryability::Unauthorised | Retryability::Incompatible => Verdict::NonRetryable,
        }),
    }
}
