//! The closed path of a breaker allocates nothing, and neither does refusing or counting a known key.

#[cfg(test)]
mod tests {
    use allocation_counter::measure;
    use reliability::{
        breaker::{Breaker, BreakerPolicy, Cause, Outcome},
        rate_limit::{Key, RateLimit, RatePolicy},
    };
    use std::{
        pin::pin,
        sync::Arc,
        task::{Context, Poll, Waker},
        time::Duration,
    };

    #[test]
    fn permits_of_a_closed_breaker_allocate_nothing() {
        let breaker = Breaker::new("allocation", BreakerPolicy::http());
        let allocations = measure(|| {
            for _ in 0..1000 {
                breaker.try_acquire().unwrap().success();
                breaker.try_acquire().unwrap().failure(Cause::Other);
                drop(breaker.try_acquire().unwrap());
            }
        });
        assert_eq!(allocations.count_total, 0, "admitting and reporting take no memory");
    }

    #[test]
    fn a_call_through_a_closed_breaker_allocates_nothing() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let _inside = runtime.enter();
        let breaker = Breaker::new("allocation", BreakerPolicy::http());
        let mut context = Context::from_waker(Waker::noop());
        let allocations = measure(|| {
            for _ in 0..1000 {
                let call = pin!(breaker.call(|| async { Ok::<_, ()>(()) }, |_| Outcome::Success));
                assert_eq!(call.poll(&mut context), Poll::Ready(Ok(())), "the call is done at once");
            }
        });
        assert_eq!(allocations.count_total, 0, "neither the permit nor the time limit takes memory");
    }

    #[test]
    fn an_open_breaker_refuses_without_allocating() {
        let breaker = Breaker::new("allocation", BreakerPolicy::http());
        breaker.open(Duration::from_mins(1), "a test", "to be open");
        let allocations = measure(|| assert!(breaker.try_acquire().is_err(), "it is open"));
        assert_eq!(allocations.count_total, 0, "refusing takes no memory");
    }

    #[test]
    fn a_breaker_that_nobody_watches_takes_at_most_256_bytes_before_and_after_an_outage() {
        let policy = Arc::new(BreakerPolicy::http());
        let mut breakers = Vec::with_capacity(100);
        let made = measure(|| {
            breakers.extend((0..100).map(|_| Breaker::new("connection:prod:read", Arc::clone(&policy))));
        });
        let bytes = made.bytes_current / 100 + i64::try_from(size_of::<Breaker>()).unwrap();
        assert!(bytes <= 256, "a breaker takes {bytes} bytes");
        let outage = measure(|| {
            for breaker in &breakers {
                breaker.open(Duration::ZERO, "a test", "an outage");
                breaker.try_acquire().unwrap().success();
                breaker.try_acquire().unwrap().success();
            }
        });
        assert!(outage.count_total > 0, "an outage does take some");
        assert_eq!(outage.bytes_current, 0, "and gives all of it back");
    }

    #[test]
    fn a_known_key_is_counted_in_bounded_memory() {
        let limit = RateLimit::new(RatePolicy::general());
        let key = Key::principal("amira");
        let allocations = measure(|| {
            for _ in 0..2000 {
                let _ = limit.check(&key);
            }
        });
        assert!(allocations.bytes_max < 4096, "2000 calls of one key took {} bytes", allocations.bytes_max);
    }
}
