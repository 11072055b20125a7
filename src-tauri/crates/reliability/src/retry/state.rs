//! The retry loop in memory.

use super::{
    budget::Budget,
    error::{RetryError, Stopped},
    policy::{Decision, RetryPolicy, Verdict},
};
use crate::{correlation, random::Random};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};

/// Tries again by a policy; clones share randomness and budget.
#[derive(Debug, Clone)]
pub struct Retry {
    policy: RetryPolicy,
    random: Random,
    budget: Option<Budget>,
}

/// What an observer of a retry is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryEvent<'a, E> {
    /// Retry `number` (from 1) begins after the delay. Told before the sleep, and never after the last attempt.
    Retrying {
        /// Which retry; 1 is the second attempt.
        number: u32,
        /// The sleep before it.
        after: Duration,
        /// What the attempt before it failed with.
        error: &'a E,
    },
    /// The budget is spent, so this error is returned although the policy would try again.
    BudgetExhausted {
        /// Which retry is not made.
        number: u32,
        /// What is returned.
        error: &'a E,
    },
}

impl Retry {
    /// A retry without a budget.
    pub const fn new(policy: RetryPolicy, random: Random) -> Self {
        Self { policy, random, budget: None }
    }

    /// One attempt, whatever comes of it.
    pub fn none() -> Self {
        Self::new(RetryPolicy { retries: 0, ..RetryPolicy::http() }, Random::seeded(0))
    }

    /// The same with a deadline over all attempts and sleeps, unless its own is shorter.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.policy.deadline = Some(self.policy.deadline.map_or(deadline, |own| own.min(deadline)));
        self
    }

    /// The same with a budget, usually shared with others.
    #[must_use]
    pub fn with_budget(self, budget: Budget) -> Self {
        Self { budget: Some(budget), ..self }
    }

    /// Whether it pays into a budget.
    pub(crate) const fn has_budget(&self) -> bool {
        self.budget.is_some()
    }

    /// Its policy.
    pub const fn policy(&self) -> &RetryPolicy {
        &self.policy
    }

    /// Runs `operation(attempt)`, attempt 1 first, until it succeeds or the policy gives up. `classify` judges each error.
    /// Dropping the future stops at once, whether it was calling or sleeping.
    ///
    /// # Errors
    /// [`RetryError`] with the reason and the last error.
    pub async fn run<T, E, Operation, Attempt, Classify>(
        &self,
        operation: Operation,
        classify: Classify,
    ) -> Result<T, RetryError<E>>
    where
        Operation: FnMut(u32) -> Attempt,
        Attempt: Future<Output = Result<T, E>>,
        Classify: FnMut(&E) -> Verdict,
    {
        self.run_observed(operation, classify, |_| {}).await
    }

    /// Like [`Retry::run`], telling `on_event` before each sleep and when the budget is spent.
    ///
    /// # Errors
    /// [`RetryError`] with the reason and the last error.
    pub async fn run_observed<T, E, Operation, Attempt, Classify, OnEvent>(
        &self,
        mut operation: Operation,
        mut classify: Classify,
        mut on_event: OnEvent,
    ) -> Result<T, RetryError<E>>
    where
        Operation: FnMut(u32) -> Attempt,
        Attempt: Future<Output = Result<T, E>>,
        Classify: FnMut(&E) -> Verdict,
        OnEvent: FnMut(RetryEvent<'_, E>),
    {
        let started = Instant::now();
        let ends = self.policy.deadline.and_then(|deadline| started.checked_add(deadline));
        if let Some(budget) = &self.budget {
            budget.deposit();
        }
        let (mut last, mut previous) = (None, None);
        for attempt in 1u32.. {
            let running = correlation::attempt(attempt, async { operation(attempt).await });
            let result = match ends {
                None => running.await,
                Some(ends) => match timeout_at(ends, running).await {
                    Ok(result) => result,
                    Err(_) => return Err(RetryError { attempts: attempt, stopped: Stopped::Deadline, last }),
                },
            };
            let error = match result {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let verdict = classify(&error);
            let elapsed = started.elapsed();
            let wait = match self.random.with(|rng| self.policy.decide(attempt, verdict, elapsed, previous, rng)) {
                Decision::Stop(stopped) => return Err(RetryError { attempts: attempt, stopped, last: Some(error) }),
                Decision::After(wait) => wait,
            };
            if self.budget.as_ref().is_some_and(|budget| !budget.withdraw()) {
                tracing::warn!(attempt, "the retry budget is spent");
                on_event(RetryEvent::BudgetExhausted { number: attempt, error: &error });
                return Err(RetryError { attempts: attempt, stopped: Stopped::BudgetSpent, last: Some(error) });
            }
            on_event(RetryEvent::Retrying { number: attempt, after: wait, error: &error });
            (last, previous) = (Some(error), Some(wait));
            sleep(wait).await;
            // The sleep may have ended late.
            if ends.is_some_and(|ends| Instant::now() >= ends) {
                return Err(RetryError { attempts: attempt, stopped: Stopped::Deadline, last });
            }
        }
        Err(RetryError { attempts: u32::MAX, stopped: Stopped::Exhausted, last })
    }
}
