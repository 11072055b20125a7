//! The pipeline itself.

use super::error::PipelineError;
use crate::{
    breaker::{Breaker, CallError, Outcome},
    bulkhead::Bulkhead,
    correlation::{self, CorrelationId},
    hedge::Hedge,
    name::Name,
    rate_limit::RateLimit,
    retry::{Retry, RetryError, RetryEvent, Verdict},
};
use std::{sync::Arc, time::Duration};

/// Every policy round one dependency; clones share them all.
#[derive(Debug, Clone)]
pub struct Pipeline {
    rate: Option<(Arc<RateLimit<Name>>, Name)>,
    bulkhead: Option<Bulkhead>,
    retry: Retry,
    hedge: Option<Hedge>,
    breaker: Breaker,
}

/// Which call of a request is being made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// 1 for the first attempt, 2 for the first retry, and so on.
    pub attempt: u32,
    /// 0 for the attempt itself, 1 for its first hedge, and so on.
    pub hedge: u32,
}

impl Pipeline {
    /// A breaker with its call timeout and nothing round it yet.
    pub fn new(breaker: Breaker) -> Self {
        Self { rate: None, bulkhead: None, retry: Retry::none(), hedge: None, breaker }
    }

    /// Calls count as those of `key` within `limit`, which several pipelines may share.
    #[must_use]
    pub fn rate_limit(self, limit: Arc<RateLimit<Name>>, key: impl Into<Name>) -> Self {
        Self { rate: Some((limit, key.into())), ..self }
    }

    /// Bounds how many requests are under way.
    #[must_use]
    pub fn bulkhead(self, bulkhead: Bulkhead) -> Self {
        Self { bulkhead: Some(bulkhead), ..self }
    }

    /// One limit over all attempts and the sleeps between them, from when the request has its slot.
    #[must_use]
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { retry: self.retry.with_deadline(deadline), ..self }
    }

    /// Tries again what failed. A deadline that was set stays, unless the retry brings a shorter one.
    #[must_use]
    pub fn retry(self, retry: Retry) -> Self {
        let retry = match self.retry.policy().deadline {
            Some(deadline) => retry.with_deadline(deadline),
            None => retry,
        };
        Self { retry, ..self }
    }

    /// Makes a second call when the first is slow. Its budget is paid into by the retry, if that has one (give both the same),
    /// else by each request.
    #[must_use]
    pub fn hedge(self, hedge: Hedge) -> Self {
        Self { hedge: Some(hedge), ..self }
    }

    /// The breaker inside.
    pub const fn breaker(&self) -> &Breaker {
        &self.breaker
    }

    /// Makes one request through all of it. `id` begins a correlation; with none the caller's goes on. `operation` is called
    /// once for every call that is let through; `outcome` says what its result means to the breaker, `verdict` whether an
    /// error is worth another attempt ([`CallError::verdict`] says so for what the breaker itself answers).
    ///
    /// # Errors
    /// [`PipelineError`], by the part that ended it.
    pub async fn run<T, E, Operation, Call>(
        &self,
        id: Option<CorrelationId>,
        operation: Operation,
        outcome: impl Fn(&Result<T, E>) -> Outcome,
        verdict: impl Fn(&CallError<E>) -> Verdict,
    ) -> Result<T, PipelineError<E>>
    where
        Operation: Fn(Attempt) -> Call,
        Call: Future<Output = Result<T, E>>,
    {
        self.run_observed(id, operation, outcome, verdict, |_| {}).await
    }

    /// Like [`Pipeline::run`], telling `on_event` before each sleep and when the budget is spent.
    ///
    /// # Errors
    /// [`PipelineError`], by the part that ended it.
    pub async fn run_observed<T, E, Operation, Call>(
        &self,
        id: Option<CorrelationId>,
        operation: Operation,
        outcome: impl Fn(&Result<T, E>) -> Outcome,
        verdict: impl Fn(&CallError<E>) -> Verdict,
        on_event: impl FnMut(RetryEvent<'_, CallError<E>>),
    ) -> Result<T, PipelineError<E>>
    where
        Operation: Fn(Attempt) -> Call,
        Call: Future<Output = Result<T, E>>,
    {
        let all = async {
            if let Some((limit, key)) = &self.rate {
                limit.check(key).map_err(PipelineError::Limited)?;
            }
            let _slot = match &self.bulkhead {
                Some(bulkhead) => Some(bulkhead.acquire().await.map_err(PipelineError::Full)?),
                None => None,
            };
            if let Some(hedge) = self.hedge.as_ref().filter(|_| !self.retry.has_budget()) {
                hedge.deposit();
            }
            let (operation, outcome) = (&operation, &outcome);
            let attempt = |attempt| async move {
                let call = |hedge| self.breaker.call(move || operation(Attempt { attempt, hedge }), outcome);
                match &self.hedge {
                    Some(hedge) => hedge.run(call).await,
                    None => call(0).await,
                }
            };
            self.retry.run_observed(attempt, verdict, on_event).await.map_err(gave_up)
        };
        match id {
            Some(id) => correlation::scope(id, all).await,
            None => all.await,
        }
    }
}

fn gave_up<E>(error: RetryError<CallError<E>>) -> PipelineError<E> {
    let RetryError { attempts, stopped, last } = error;
    last.map_or(PipelineError::DeadlinePassed, |error| PipelineError::Failed { error, attempts, stopped })
}
