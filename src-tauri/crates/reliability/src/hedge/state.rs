//! The race between a call and its hedges.

use super::{
    error::NotRepeatable,
    policy::{HedgePolicy, Repeatable},
};
use crate::{correlation, retry::Budget};
use std::{future::poll_fn, pin::pin, task::Poll};
use tokio::time::{Instant, sleep};

/// Makes a second call when the first is slow; clones share the budget.
#[derive(Debug, Clone)]
pub struct Hedge {
    policy: HedgePolicy,
    budget: Budget,
}

impl Hedge {
    /// A hedge whose further calls draw on `budget`, usually the one of the retries round it, which also pay into it. With
    /// no retry round it, pay in with [`Budget::deposit`] for each call.
    ///
    /// # Errors
    /// [`NotRepeatable`] for an operation that must not happen twice.
    pub fn new(policy: HedgePolicy, repeatable: Repeatable, budget: Budget) -> Result<Self, NotRepeatable> {
        match repeatable {
            Repeatable::Yes => Ok(Self { policy, budget }),
            Repeatable::No => Err(NotRepeatable),
        }
    }

    /// Pays the share of one request into the budget.
    pub(crate) fn deposit(&self) {
        self.budget.deposit();
    }

    /// Runs `operation(0)`, then `operation(1)` and so on as hedges. The first success wins; with none, the last error to
    /// arrive is returned. Whatever still runs is dropped.
    ///
    /// # Errors
    /// The operation's own.
    pub async fn run<T, E, Operation, Call>(&self, mut operation: Operation) -> Result<T, E>
    where
        Operation: FnMut(u32) -> Call,
        Call: Future<Output = Result<T, E>>,
    {
        let mut begin =
            |number| Box::pin(correlation::hedge(number, correlation::in_hedge(number, || operation(number))));
        let mut running = vec![begin(0)];
        let mut hedges_left = self.policy.hedges;
        let mut next = 1;
        let mut timer = pin!(sleep(self.policy.delay));
        loop {
            let hedging = hedges_left > 0;
            let event = poll_fn(|context| {
                for (at, call) in running.iter_mut().enumerate() {
                    if let Poll::Ready(result) = call.as_mut().poll(context) {
                        return Poll::Ready(Event::Answer(at, result));
                    }
                }
                if hedging { timer.as_mut().poll(context).map(|()| Event::Slow) } else { Poll::Pending }
            })
            .await;
            match event {
                Event::Answer(_, Ok(value)) => return Ok(value),
                Event::Answer(at, Err(error)) => {
                    drop(running.swap_remove(at));
                    if running.is_empty() {
                        return Err(error);
                    }
                }
                Event::Slow if self.budget.withdraw() => {
                    running.push(begin(next));
                    next += 1;
                    hedges_left -= 1;
                    if let Some(due) = Instant::now().checked_add(self.policy.delay) {
                        timer.as_mut().reset(due);
                    }
                }
                // A spent budget forbids the hedge; it does not fail the call.
                Event::Slow => hedges_left = 0,
            }
        }
    }
}

/// What happened first.
enum Event<R> {
    /// The running call at this place ended.
    Answer(usize, R),
    /// Nothing answered for the delay.
    Slow,
}
