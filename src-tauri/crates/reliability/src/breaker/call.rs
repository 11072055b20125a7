//! One call through the breaker, as a future.
//!
//! Written out by hand and not as an `async fn`, because what an `async fn` remembers between polls it writes down in any
//! case, and a call that is over at the first poll, as every refused one is, has nothing to remember.

use super::{
    core::Ticket,
    error::CallError,
    handle::{Breaker, Inner},
    state::{Cause, Outcome},
};
use std::{
    pin::Pin,
    task::{Context, Poll},
};
use tokio::{
    task::coop::{Unconstrained, unconstrained},
    time::{Sleep, sleep},
};

pin_project_lite::pin_project! {
    /// A call that has not been admitted (it has its operation), waits, or is over.
    #[must_use = "a call does nothing until it is awaited"]
    pub(super) struct Calling<'breaker, Operation, Call, Classify> {
        breaker: &'breaker Breaker,
        operation: Option<Operation>,
        classify: Option<Classify>,
        // Most calls of a cache, and every refused one, are over before they have to wait.
        #[pin]
        waiting: Option<Waiting<'breaker>>,
        #[pin]
        call: Option<Call>,
    }
}

pin_project_lite::pin_project! {
    /// What a call needs from when it first has to wait.
    struct Waiting<'breaker> {
        breaker: &'breaker Breaker,
        // None while code of the call runs, and when it is over.
        ticket: Option<Ticket>,
        #[pin]
        timer: Option<Unconstrained<Sleep>>,
    }

    impl PinnedDrop for Waiting<'_> {
        #[cold]
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if let Some(ticket) = this.ticket.take() {
                // Whoever panics now, it is not this call: its own code does not run.
                this.breaker.inner.give_back(ticket, false);
            }
        }
    }
}

impl<'breaker, Operation, Call, Classify> Calling<'breaker, Operation, Call, Classify> {
    #[inline]
    pub(super) const fn new(breaker: &'breaker Breaker, operation: Operation, classify: Classify) -> Self {
        Self { breaker, operation: Some(operation), classify: Some(classify), waiting: None, call: None }
    }
}

impl<T, E, Operation, Call, Classify> Future for Calling<'_, Operation, Call, Classify>
where
    Operation: FnOnce() -> Call,
    Call: Future<Output = Result<T, E>>,
    Classify: FnOnce(&Result<T, E>) -> Outcome,
{
    type Output = Result<T, CallError<E>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let inner = &*this.breaker.inner;
        let ticket = match this.operation.take() {
            Some(operation) => {
                let ticket = match inner.gate.free() {
                    Some(generation) => Ticket::plain(generation),
                    // The timeout itself ends a hanging call; the lease is for one that is kept and never polled again.
                    None => match inner.ask(2) {
                        Ok(ticket) => ticket,
                        Err(refusal) => return Poll::Ready(Err(CallError::Rejected(this.breaker.rejection(&refusal)))),
                    },
                };
                this.call.set(Some(blamed(inner, &ticket, operation)));
                ticket
            }
            None => match this.waiting.as_mut().as_pin_mut().and_then(|waiting| waiting.project().ticket.take()) {
                Some(ticket) => ticket,
                // It was over already; nobody who awaits it comes here.
                None => return Poll::Pending,
            },
        };
        let polled = blamed(inner, &ticket, || match this.call.as_mut().as_pin_mut() {
            Some(call) => call.poll(context),
            None => Poll::Pending,
        });
        if let Poll::Ready(result) = polled {
            let outcome =
                blamed(inner, &ticket, || this.classify.take().map_or(Outcome::Ignored, |judge| judge(&result)));
            inner.settle(&ticket, outcome);
            return Poll::Ready(result.map_err(CallError::Inner));
        }
        // From here on it is given back by whoever drops it, which a timer without a runtime makes happen at once.
        if this.waiting.is_none() {
            this.waiting.set(Some(Waiting { breaker: this.breaker, ticket: None, timer: None }));
        }
        let limit = this.breaker.policy().call_timeout;
        if let Some(waiting) = this.waiting.as_mut().as_pin_mut() {
            let mut waiting = waiting.project();
            *waiting.ticket = Some(ticket);
            if waiting.timer.is_none() {
                waiting.timer.set(Some(unconstrained(sleep(limit))));
            }
            if !waiting.timer.as_pin_mut().is_some_and(|timer| timer.poll(context).is_ready()) {
                return Poll::Pending;
            }
            *waiting.ticket = None;
        }
        blamed(inner, &ticket, || this.call.set(None));
        inner.settle(&ticket, Outcome::Failure(Cause::Timeout));
        Poll::Ready(Err(CallError::TimedOut { after: limit }))
    }
}

/// Runs code of an admitted call. If it panics the call has failed; otherwise nothing has come of it yet.
#[expect(clippy::inline_always, reason = "not inlined, it costs as much again")]
#[inline(always)]
fn blamed<R>(inner: &Inner, ticket: &Ticket, act: impl FnOnce() -> R) -> R {
    let mut blame = Blame { inner, ticket, is_over: false };
    let result = act();
    blame.is_over = true;
    result
}

/// Reports the failure of a call whose code panics.
struct Blame<'call> {
    inner: &'call Inner,
    ticket: &'call Ticket,
    is_over: bool,
}

impl Drop for Blame<'_> {
    #[inline]
    fn drop(&mut self) {
        if !self.is_over {
            self.inner.give_back(*self.ticket, true);
        }
    }
}
