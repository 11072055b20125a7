//! The right to make one call, and the duty to say what came of it.

use super::{
    core::Ticket,
    handle::Breaker,
    state::{Cause, Outcome},
};
use std::borrow::Borrow;

/// Admission to one call. Report what came of it; dropped, it gives its slot back and records nothing, unless the thread
/// is unwinding from a panic that began while it was held, which counts as a failure.
///
/// It borrows its breaker (`Permit<&Breaker>`) or holds it (`Permit<Breaker>`), which costs two atomic additions more.
///
/// Its lease is the policy's call timeout: a probe that has not reported by then loses its slot, and its report is late.
#[must_use = "dropping the permit at once gives it back"]
#[derive(Debug)]
pub struct Permit<Holder: Borrow<Breaker>> {
    breaker: Holder,
    ticket: Ticket,
    is_reported: bool,
    /// Whether unwinding means that this call panicked.
    is_blamed: bool,
}

impl<Holder: Borrow<Breaker>> Permit<Holder> {
    #[expect(clippy::inline_always, reason = "not inlined, it costs as much again")]
    #[inline(always)]
    pub(super) fn new(breaker: Holder, ticket: Ticket) -> Self {
        Self { breaker, ticket, is_reported: false, is_blamed: !std::thread::panicking() }
    }

    /// The call worked.
    #[expect(clippy::inline_always, reason = "not inlined, it costs as much again")]
    #[inline(always)]
    pub fn success(mut self) {
        self.is_reported = true;
        self.breaker.borrow().inner.succeed(&self.ticket);
    }

    /// The call failed.
    pub fn failure(self, cause: Cause) {
        self.report(Outcome::Failure(cause));
    }

    /// The call says nothing about the dependency.
    pub fn ignore(self) {
        self.report(Outcome::Ignored);
    }

    /// The call had this outcome.
    pub fn report(mut self, outcome: Outcome) {
        self.is_reported = true;
        self.breaker.borrow().inner.settle(&self.ticket, outcome);
    }

    /// The generation that admitted the call.
    pub const fn generation(&self) -> u64 {
        self.ticket.generation
    }
}

impl<Holder: Borrow<Breaker>> Drop for Permit<Holder> {
    #[expect(clippy::inline_always, reason = "not inlined, it costs as much again")]
    #[inline(always)]
    fn drop(&mut self) {
        if !self.is_reported {
            self.breaker.borrow().inner.give_back(self.ticket, self.is_blamed);
        }
    }
}
