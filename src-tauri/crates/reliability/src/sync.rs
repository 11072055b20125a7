//! What the breaker is built on where threads meet, in one place, so that `tests/loom.rs` can compile the same sources on
//! loom's lock and atomics and try every order in which threads can meet.
//!
//! Besides lock and atomic number there are *seats*: a few numbers, each of which at most one living thread has. Whoever has
//! one may count in a place of its own with a plain load and store, where an atomic addition would first wait for all
//! earlier stores of the processor.

pub(crate) use parking_lot::Mutex;
pub(crate) use std::sync::atomic::AtomicU64;
use std::{
    cell::Cell,
    sync::atomic::{AtomicU8, Ordering},
};

/// How many threads can have a seat; the others share.
const SEATS: u8 = 2;
const UNASKED: u8 = u8::MAX;

/// One bit for each seat that a thread has.
static TAKEN: AtomicU8 = AtomicU8::new(0);

thread_local! {
    static SEAT: Cell<u8> = const { Cell::new(UNASKED) };
    static LEAVER: Leaver = const { Leaver };
}

/// The seat of this thread: 0 or 1, or more if it has none.
#[inline]
pub(crate) fn seat() -> u8 {
    match SEAT.get() {
        UNASKED => take_seat(),
        seat => seat,
    }
}

#[cold]
fn take_seat() -> u8 {
    // Touching it makes sure that it is dropped when the thread ends; a thread that is ending takes none.
    if LEAVER.try_with(|_| ()).is_err() {
        return SEATS;
    }
    let free = |taken: u8| (0..SEATS).find(|seat| taken & (1 << seat) == 0);
    // Acquire: what the thread before on this seat has counted is seen.
    let before = TAKEN.fetch_update(Ordering::Acquire, Ordering::Relaxed, |taken| Some(taken | (1 << free(taken)?)));
    let seat = before.ok().and_then(free).unwrap_or(SEATS);
    SEAT.set(seat);
    seat
}

/// Gives the seat back when its thread ends.
struct Leaver;

impl Drop for Leaver {
    fn drop(&mut self) {
        let seat = SEAT.replace(SEATS);
        if seat < SEATS {
            TAKEN.fetch_and(!(1 << seat), Ordering::Release);
        }
    }
}
