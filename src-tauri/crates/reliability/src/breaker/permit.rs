//! The right to make one call, and the duty to say what came of it.

use super::{
    core::Ticket,
    handle::Inner,
    state::{Cause, Outcome},
};
use std::sync::Arc;

/// Admission to one call. Report what came of it; dropped, it gives its slot back and records nothing, unless the thread
/// is unwinding from a panic that began while it was held, which counts as a failure.
///
/// Its lease is the policy's call timeout: a probe that has not reported by then loses its slot, and its report is late.
#[must_use = "dropping the permit at once gives it back"]
#[derive(Debug)]
pub struct Permit {
    inner: Arc<Inner>,
    ticket: Ticket,
    reported: bool,
    /// Whether unwinding means that this call panicked.
    pub(super) blamed: bool,
}

impl Permit {
    pub(super) fn new(inner: Arc<Inner>, ticket: Ticket) -> Self {
        Self { inner, ticket, reported: false, blamed: !std::thread::panicking() }
    }

    /// The call worked.
    pub fn success(self) {
        self.report(Outcome::Success);
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
        self.reported = true;
        self.inner.report(&self.ticket, outcome);
    }

    /// The generation that admitted the call.
    pub const fn generation(&self) -> u64 {
        self.ticket.generation
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.reported {
            return;
        }
        if self.blamed && std::thread::panicking() {
            self.inner.report(&self.ticket, Outcome::Failure(Cause::Other));
        } else {
            self.inner.release(&self.ticket);
        }
    }
}
