//! What callers read without taking the lock: whether a call may pass, must not, or has to ask.
//!
//! Nearly every call meets a healthy breaker with no failure behind it, where admitting changes nothing and a success
//! changes nothing either. One word says so, together with the generation. It is written with the breaker's lock held and
//! only read without it: so there is no compare-and-swap here, and no decision that two threads could make differently.
//! Whoever reads an old word was admitted (or refused) a moment earlier, which is an order that the lock allows as well.
//!
//! What a call through a healthy breaker writes is one number: its success is counted. Threads that add to one number wait for
//! each other, so a thread that has a seat ([`seat`]) counts in a place of its own, in another cache line than the word.

use super::moment::{Moment, Timeline};
use crate::sync::{AtomicU64, seat};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// What the state machine says to a caller that does not take the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// The lock decides.
    Ask,
    /// Every call passes, and a success changes nothing.
    Free,
    /// No call passes before this moment; from then on the lock decides.
    Shut { until: Moment },
}

/// What the gate says to a call that it does not let through.
#[derive(Debug)]
pub(super) enum Shut {
    /// The lock decides.
    Perhaps,
    /// It must not pass before this moment.
    Until(Moment),
}

const TAG: u64 = 0b11;
const FREE: u64 = 1;
const SHUT: u64 = 2;

#[derive(Debug, Default)]
pub(super) struct Gate {
    /// The generation, and in the two lowest bits what may be done without asking.
    word: AtomicU64,
    /// While shut: until when. Written before the word that says so.
    until: AtomicU64,
    rejections: AtomicU64,
}

impl Gate {
    /// The generation of a call that comes now, if every call passes.
    #[expect(clippy::inline_always, reason = "not inlined, it costs as much again")]
    #[inline(always)]
    pub(super) fn free(&self) -> Option<u64> {
        let word = self.word.load(Acquire);
        (word & TAG == FREE).then_some(word >> 2)
    }

    /// Whether a call that comes now must not pass. Counts it then.
    #[expect(clippy::inline_always, reason = "not inlined, it costs as much again")]
    #[inline(always)]
    pub(super) fn shut(&self, time: &Timeline) -> Shut {
        if self.word.load(Acquire) & TAG != SHUT {
            return Shut::Perhaps;
        }
        let until = Moment::from_bits(self.until.load(Relaxed));
        if !time.is_before(until) {
            return Shut::Perhaps;
        }
        self.reject();
        Shut::Until(until)
    }

    /// Whether a success of this generation changes nothing.
    #[expect(clippy::inline_always, reason = "not inlined, it costs as much again")]
    #[inline(always)]
    pub(super) fn is_free(&self, generation: u64) -> bool {
        self.word.load(Acquire) == (generation << 2 | FREE)
    }

    /// Counts a refusal, whoever made it.
    #[inline]
    pub(super) fn reject(&self) {
        self.rejections.fetch_add(1, Relaxed);
    }

    /// Refusals so far.
    pub(super) fn rejections(&self) -> u64 {
        self.rejections.load(Relaxed)
    }

    /// Goes on counting refusals from here.
    pub(super) fn set_rejections(&self, rejections: u64) {
        self.rejections.store(rejections, Relaxed);
    }

    /// Tells callers what holds from now on. Only with the lock held.
    pub(super) fn publish(&self, generation: u64, pass: Pass) {
        let tag = match pass {
            Pass::Ask => 0,
            Pass::Free => FREE,
            Pass::Shut { until } => {
                self.until.store(until.to_bits(), Relaxed);
                SHUT
            }
        };
        let word = generation << 2 | tag;
        if self.word.load(Relaxed) != word {
            self.word.store(word, Release);
        }
    }
}

/// A count of successes in three parts: two for threads with a seat, one for all others. They are kept apart by whoever holds
/// them; see [`Inner`](super::handle::Inner).
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    /// Counts one; only the thread on this seat.
    #[expect(clippy::inline_always, reason = "not inlined, it costs as much again")]
    #[inline(always)]
    fn own(&self) {
        self.0.store(self.0.load(Relaxed).wrapping_add(1), Relaxed);
    }

    /// Counts one, whoever does.
    #[expect(clippy::inline_always, reason = "not inlined, it costs as much again")]
    #[inline(always)]
    pub(super) fn shared(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    /// Counts one in whichever part is this thread's.
    #[expect(clippy::inline_always, reason = "not inlined, it costs as much again")]
    #[inline(always)]
    pub(super) fn one(first: &Self, second: &Self, others: &Self) {
        match seat() {
            0 => first.own(),
            1 => second.own(),
            _ => others.shared(),
        }
    }

    /// The sum of the parts.
    pub(super) fn sum(parts: [&Self; 3]) -> u64 {
        parts.iter().fold(0, |sum, part| sum.wrapping_add(part.0.load(Relaxed)))
    }

    /// Goes on counting from `sum`. Only the common part is written, since the others belong to their threads.
    pub(super) fn set_sum(first: &Self, second: &Self, others: &Self, sum: u64) {
        let owned = first.0.load(Relaxed).wrapping_add(second.0.load(Relaxed));
        others.0.store(sum.wrapping_sub(owned), Relaxed);
    }
}
