//! Rate limits and locks.

use crate::{
    measure::{self, Contestant},
    table,
};
use governor::{Quota, RateLimiter};
use reliability::{
    mutex::Mutex,
    rate_limit::{Key, RateLimit, RatePolicy},
};
use std::{
    hint::black_box,
    net::{IpAddr, Ipv4Addr},
    num::NonZeroU32,
    pin::pin,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

/// Checks of a key that is within its limit.
pub fn rate_limits(samples: usize) {
    const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 7));
    let policy = RatePolicy { limit: u32::MAX, window: Duration::from_secs(900), max_keys: 1000 };
    let (limit, key) = (RateLimit::new(policy), Key::address(ADDRESS));
    let keyed = RateLimiter::keyed(Quota::per_second(NonZeroU32::MAX));
    let direct = RateLimiter::direct(Quota::per_second(NonZeroU32::MAX));
    let contestants = [
        Contestant::new("breakwater, strict window by key", move || {
            black_box(limit.check(&key)).ok();
        }),
        Contestant::peer("governor 0.10, GCRA by key", move || {
            black_box(keyed.check_key(&ADDRESS)).ok();
        }),
        Contestant::new("governor 0.10, GCRA without keys", move || {
            black_box(direct.check()).ok();
        }),
        Contestant::new("reading the clock", || {
            black_box(Instant::now());
        }),
    ];
    table::print("Rate check (1.0 is governor by key)", &contestants, &measure::alone(&contestants, samples), None);
}

/// Taking and giving back a lock that nobody else wants.
pub fn locks(samples: usize) {
    let (ours, tokio, short) = (Mutex::new(0_u64), tokio::sync::Mutex::new(0_u64), parking_lot::Mutex::new(0_u64));
    let contestants = [
        Contestant::new("breakwater, first come first served", move || *polled(ours.acquire()) += 1),
        Contestant::peer("tokio", move || *polled(tokio.lock()) += 1),
        Contestant::new("parking_lot (not across awaits)", move || *short.lock() += 1),
    ];
    table::print("Mutex, uncontended (1.0 is tokio)", &contestants, &measure::alone(&contestants, samples), None);
}

fn polled<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("the lock is free"),
    }
}
