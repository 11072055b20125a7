//! Breakers: closed, open, contended, and how much memory each takes.

use crate::{
    measure::{self, Contestant},
    table::{self, Figure, Goal},
};
use allocation_counter::measure as allocated;
use reliability::breaker::{Breaker, BreakerPolicy, Cause, Outcome, TripRule};
use std::{
    future::{Ready, ready},
    hint::black_box,
    mem::size_of_val,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};
use tower::{Service, ServiceBuilder, service_fn};
use tower_resilience_circuitbreaker::CircuitBreakerLayer;

const LONG: Duration = Duration::from_secs(3600);

/// What everybody protects.
#[inline(never)]
fn work(input: u64) -> Result<u64, Failed> {
    let product = black_box(input).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    if product == u64::MAX { Err(Failed) } else { Ok(product) }
}

#[derive(Debug, Clone, Copy)]
pub struct Failed;

/// Polls a future until it is ready. Only one that waits for a lock of its own, which another thread holds, is not at once.
fn polled<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::hint::spin_loop(),
        }
    }
}

fn policy() -> BreakerPolicy {
    BreakerPolicy { open_for: LONG, ..BreakerPolicy::http() }
}

fn window() -> BreakerPolicy {
    BreakerPolicy { trip: TripRule::CountWindow { calls: 100, minimum: 20, failure_rate: 50 }, ..policy() }
}

fn ours(policy: BreakerPolicy, open: bool) -> Breaker {
    let breaker = Breaker::new("bench", policy);
    if open {
        breaker.open(LONG, "bench", "to measure refusals");
    }
    breaker
}

fn ours_sync(name: &'static str, breaker: Breaker) -> Contestant {
    Contestant::new(name, move || match breaker.try_acquire() {
        Ok(permit) => {
            let result = work(1);
            match result {
                Ok(_) => permit.success(),
                Err(Failed) => permit.failure(Cause::Other),
            }
            black_box(result).ok();
        }
        Err(rejection) => {
            black_box(&rejection);
        }
    })
}

fn ours_async(name: &'static str, breaker: Breaker) -> Contestant {
    let outcome = |result: &Result<u64, Failed>| match result {
        Ok(_) => Outcome::Success,
        Err(Failed) => Outcome::Failure(Cause::Other),
    };
    Contestant::new(name, move || {
        black_box(polled(breaker.call(|| async { work(1) }, outcome))).ok();
    })
}

fn recloser(open: bool) -> recloser::Recloser {
    let breaker = recloser::Recloser::custom().error_rate(0.5).closed_len(100).open_wait(LONG).build();
    if open {
        for _ in 0..200 {
            let _ = breaker.call(|| Err::<u64, Failed>(Failed));
        }
        assert!(matches!(breaker.call(|| work(1)), Err(recloser::Error::Rejected)), "recloser is open");
    }
    breaker
}

fn nobreak(open: bool) -> nobreak::CircuitBreaker {
    let breaker = nobreak::builder().with_open_duration(LONG).build();
    if open {
        for _ in 0..5 {
            let _ = breaker.call(|| Err::<u64, Failed>(Failed));
        }
        assert!(matches!(breaker.call(|| work(1)), Err(nobreak::CircuitError::Open)), "nobreak is open");
    }
    breaker
}

type FailsafePolicy = failsafe::failure_policy::ConsecutiveFailures<std::iter::Repeat<Duration>>;

fn failsafe(open: bool) -> failsafe::StateMachine<FailsafePolicy, ()> {
    let policy = failsafe::failure_policy::consecutive_failures(5, failsafe::backoff::constant(LONG));
    let breaker = failsafe::Config::new().failure_policy(policy).build();
    if open {
        for _ in 0..5 {
            let _ = failsafe::CircuitBreaker::call(&breaker, || Err::<u64, Failed>(Failed));
        }
        assert!(!failsafe::CircuitBreaker::is_call_permitted(&breaker), "failsafe is open");
    }
    breaker
}

/// One circuit, and a clone of its service for each batch of calls, as `tower` wants it.
fn tower_resilience(open: bool) -> Contestant {
    let layer = CircuitBreakerLayer::builder()
        .consecutive_failures(5)
        .wait_duration_in_open(LONG)
        .build()
        .expect("the configuration is valid");
    let inner = |fail: bool| -> Ready<Result<u64, Failed>> { ready(if fail { Err(Failed) } else { work(1) }) };
    let service = ServiceBuilder::new().layer(layer).service(service_fn(inner));
    if open {
        let mut service = service.clone();
        for _ in 0..5 {
            let _ = polled(service.call(true));
        }
        assert!(polled(service.call(false)).is_err(), "tower-resilience is open");
    }
    let calls = move |times| {
        let mut service = service.clone();
        for _ in 0..times {
            black_box(polled(service.call(false))).ok();
        }
    };
    Contestant { name: "tower-resilience-circuitbreaker 0.14", is_peer: true, calls: Box::new(calls) }
}

fn sync_peers(open: bool) -> Vec<Contestant> {
    let (one, two, three) = (recloser(open), nobreak(open), failsafe(open));
    vec![
        Contestant::peer("recloser 1.4 (ring of 100)", move || {
            black_box(one.call(|| work(1))).ok();
        }),
        Contestant::peer("nobreak 0.1", move || {
            black_box(two.call(|| work(1))).ok();
        }),
        Contestant::peer("failsafe 1.3", move || {
            black_box(failsafe::CircuitBreaker::call(&three, || work(1))).ok();
        }),
    ]
}

fn async_peers(open: bool) -> Vec<Contestant> {
    let (one, two, three) = (recloser(open), nobreak(open), failsafe(open));
    let one = recloser::AsyncRecloser::from(one);
    vec![
        Contestant::peer("recloser 1.4 (ring of 100), async", move || {
            black_box(polled(one.call(async { work(1) }))).ok();
        }),
        Contestant::peer("nobreak 0.1, async", move || {
            black_box(polled(two.call_async(|| async { work(1) }))).ok();
        }),
        Contestant::peer("failsafe 1.3, async", move || {
            black_box(polled(failsafe::futures::CircuitBreaker::call(&three, async { work(1) }))).ok();
        }),
        tower_resilience(open),
    ]
}

fn uninstrumented() -> Contestant {
    Contestant::new("no breaker at all", || {
        black_box(work(1)).ok();
    })
}

fn with(ours: Contestant, others: Vec<Contestant>, also: Vec<Contestant>) -> Vec<Contestant> {
    std::iter::once(ours).chain(also).chain(others).collect()
}

fn report(title: &str, contestants: &[Contestant], taken: &[measure::Taken], figure: Figure, at_most: f64) {
    table::print(title, contestants, taken, Some(&Goal { figure, at_most }));
}

/// A call through a closed breaker.
pub fn closed(samples: usize) {
    let also = vec![ours_sync("breakwater, count window of 100", ours(window(), false)), uninstrumented()];
    let contestants = with(ours_sync("breakwater", ours(policy(), false)), sync_peers(false), also);
    report("Closed call", &contestants, &measure::alone(&contestants, samples), Figure::P50, 0.5);

    let contestants = with(ours_async("breakwater, async", ours(policy(), false)), async_peers(false), vec![]);
    report("Closed call, async", &contestants, &measure::alone(&contestants, samples), Figure::P50, 0.5);

    let (breaker, mut total) = (ours(policy(), false), 0);
    let info = allocated(|| {
        for _ in 0..1000 {
            total += polled(breaker.call(|| async { work(1) }, |_| Outcome::Success)).unwrap_or(0) & 1;
        }
    });
    black_box(total);
    println!("  allocations in 1000 closed calls of breakwater: {}", info.count_total);
    assert_eq!(info.count_total, 0, "the closed path takes no memory");
}

/// A refusal of an open breaker.
pub fn open(samples: usize) {
    let contestants = with(ours_sync("breakwater", ours(policy(), true)), sync_peers(true), vec![]);
    report("Open rejection", &contestants, &measure::alone(&contestants, samples), Figure::P50, 1.0);
    let contestants = with(ours_async("breakwater, async", ours(policy(), true)), async_peers(true), vec![]);
    report("Open rejection, async", &contestants, &measure::alone(&contestants, samples), Figure::P50, 1.0);
}

/// Closed calls while another thread makes the same.
pub fn contended(samples: usize) {
    let contestants = with(ours_sync("breakwater", ours(policy(), false)), sync_peers(false), vec![]);
    report("Closed call, 2 threads", &contestants, &measure::contended(&contestants, samples), Figure::P90, 0.5);
    let contestants = with(ours_async("breakwater, async", ours(policy(), false)), async_peers(false), vec![]);
    report("Closed call, async, 2 threads", &contestants, &measure::contended(&contestants, samples), Figure::P90, 0.5);
}

/// Bytes of one breaker, as allocated and as held: the handle counts too.
pub fn bytes() {
    println!("\nBytes per breaker (allocated and in place), of a thousand with one configuration");
    let shared = Arc::new(policy());
    let fresh = size("breakwater", || Breaker::new("connection:prod:read", Arc::clone(&shared)));
    size("breakwater, after an outage", || {
        let breaker = Breaker::new("connection:prod:read", Arc::clone(&shared));
        breaker.open(Duration::ZERO, "bench", "an outage");
        for _ in 0..2 {
            breaker.try_acquire().expect("a probe is admitted").success();
        }
        breaker
    });
    size("breakwater, with a policy of its own", || Breaker::new("connection:prod:read", policy()));
    let windowed = Arc::new(window());
    size("breakwater, count window of 100", || Breaker::new("connection:prod:read", Arc::clone(&windowed)));
    size("recloser 1.4 (ring of 100)", || recloser(false));
    size("nobreak 0.1", || nobreak(false));
    size("failsafe 1.3", || failsafe(false));
    let layer = CircuitBreakerLayer::builder().consecutive_failures(5).build().expect("the configuration is valid");
    size("tower-resilience-circuitbreaker 0.14", || {
        ServiceBuilder::new().layer(layer.clone()).service(service_fn(|input: u64| ready(work(input))))
    });
    let verdict = if fresh <= 256 { "met" } else { "missed" };
    println!("  goal: at most 256 without a window; it is {fresh}: {verdict}");
}

fn size<T>(name: &str, make: impl Fn() -> T) -> u64 {
    const MANY: u64 = 1000;
    let mut kept = Vec::with_capacity(MANY as usize);
    // What a library sets up once for all of its breakers is not theirs.
    kept.push(make());
    let info = allocated(|| kept.extend((1..MANY).map(|_| make())));
    let heap = u64::try_from(info.bytes_current).unwrap_or(0) / (MANY - 1);
    let bytes = heap + kept.first().map_or(0, |first| size_of_val(first) as u64);
    println!("  {name:<44} {bytes:>9}");
    bytes
}
