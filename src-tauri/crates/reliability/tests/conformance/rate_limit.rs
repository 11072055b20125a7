//! Rate limits: L01 to L05.

use proptest::prelude::*;
use reliability::{
    Clock,
    rate_limit::{Key, RateLimit, RatePolicy, client_address},
};
use std::{net::IpAddr, time::Duration};

const WINDOW: Duration = Duration::from_mins(15);

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn l01_the_eleventh_login_is_refused_and_told_when_to_come_back() {
    let (clock, hand) = Clock::by_hand();
    let limit = RateLimit::with_clock(RatePolicy::auth(), clock);
    let key = Key::principal("amira");
    for call in 1..=10 {
        let quota = limit.check(&key).expect("ten are admitted");
        assert_eq!((quota.limit, quota.remaining), (10, 10 - call), "and told what remains");
        hand.advance(Duration::from_millis(100));
    }
    let refused = limit.check(&key).expect_err("the eleventh within a second is refused");
    assert_eq!(refused.quota.remaining, 0, "nothing remains");
    assert_eq!(refused.retry_after, seconds(15 * 60 - 1), "until the first call is 15 minutes old");
    assert_eq!(refused.quota.reset, Duration::from_millis(899_900), "all is free when the last one is");
    assert_eq!(refused.retry_after_seconds(), 899, "in whole seconds");
    hand.advance(seconds(15 * 60 - 1));
    assert!(limit.check(&key).is_ok(), "which is true");
    assert!(limit.check(&key).is_err(), "for one call");
}

#[test]
fn l01_the_tiers_are_those_of_the_product() {
    let tiers = [
        (RatePolicy::general(), 1000, WINDOW),
        (RatePolicy::auth(), 10, WINDOW),
        (RatePolicy::expensive(), 100, WINDOW),
        (RatePolicy::admin(), 50, WINDOW),
        (RatePolicy::webhooks(), 10, seconds(1)),
        (RatePolicy::flood(), 100, Duration::from_mins(1)),
    ];
    for (policy, limit, window) in tiers {
        assert_eq!((policy.limit, policy.window), (limit, window), "as product.md says");
        let (clock, hand) = Clock::by_hand();
        let limiter = RateLimit::with_clock(policy, clock);
        let key = Key::principal("amira");
        let burst = |limiter: &RateLimit| (0..2 * limit).filter(|_| limiter.check(&key).is_ok()).count();
        assert_eq!(burst(&limiter), limit as usize, "a full burst is admitted at once, and no more");
        hand.advance(window);
        assert_eq!(burst(&limiter), limit as usize, "and again after exactly a window");
    }
}

/// The most admissions in any window that begins with one of them.
fn worst_window(admitted: &[u64], window: u64) -> usize {
    let inside = |from: &u64| admitted.iter().filter(|at| (*from..from + window).contains(at)).count();
    admitted.iter().map(inside).max().unwrap_or(0)
}

#[test]
fn l02_no_window_ever_exceeds_the_limit_under_edge_bursts_and_pressure() {
    for policy in [RatePolicy::general(), RatePolicy::auth(), RatePolicy::expensive(), RatePolicy::admin()] {
        let (clock, hand) = Clock::by_hand();
        let limiter = RateLimit::with_clock(policy, clock);
        let (key, mut now, mut admitted) = (Key::principal("amira"), 0, Vec::new());
        let mut call = |times: u32, now: u64| {
            let passed = (0..times).filter(|_| limiter.check(&key).is_ok()).count();
            admitted.extend(std::iter::repeat_n(now, passed));
        };
        // A burst on each side of where a fixed window would turn, then steady pressure that takes every refill.
        for step in [899, 1, 1, 898, 1, 1] {
            call(policy.limit, now);
            hand.advance(seconds(step));
            now += step;
        }
        for _ in 0..1900 {
            call(3, now);
            hand.advance(seconds(1));
            now += 1;
        }
        let worst = worst_window(&admitted, 900);
        assert!(worst <= policy.limit as usize, "{worst} of {} in one window", policy.limit);
        assert_eq!(worst, policy.limit as usize, "and the limit is really given");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn l02_no_arrivals_whatever_exceed_the_limit(limit in 1u32..200, steps in proptest::collection::vec((0u64..400, 1u32..40), 1..120)) {
        let policy = RatePolicy { limit, window: Duration::from_secs(1), max_keys: 1 };
        let (clock, hand) = Clock::by_hand();
        let limiter = RateLimit::with_clock(policy, clock);
        let (key, mut now, mut admitted) = (Key::principal("amira"), 0, Vec::new());
        for (wait, calls) in steps {
            for _ in 0..calls {
                match limiter.check(&key) {
                    Ok(_) => admitted.push(now),
                    Err(refused) => prop_assert!(refused.retry_after > Duration::ZERO, "a refusal has a wait"),
                }
            }
            hand.advance(Duration::from_millis(wait));
            now += wait;
        }
        prop_assert!(worst_window(&admitted, 1000) <= limit as usize, "no window exceeds the limit");
    }

    #[test]
    fn l02_waiting_as_told_is_enough(
        limit in 1u32..200,
        steps in proptest::collection::vec((0u64..50, 1u32..12), 1..150),
    ) {
        let policy = RatePolicy { limit, window: Duration::from_secs(1), max_keys: 1 };
        let (clock, hand) = Clock::by_hand();
        let limiter = RateLimit::with_clock(policy, clock);
        let key = Key::principal("amira");
        for (gap, calls) in steps {
            for _ in 0..calls {
                if let Err(refused) = limiter.check(&key) {
                    hand.advance(refused.retry_after);
                    prop_assert!(limiter.check(&key).is_ok(), "who waits as told is admitted");
                }
            }
            hand.advance(Duration::from_millis(gap));
        }
    }
}

#[test]
fn l02_a_key_of_the_crowd_that_gets_room_does_not_get_a_second_limit() {
    let (clock, hand) = Clock::by_hand();
    let policy = RatePolicy { limit: 10, window: seconds(10), max_keys: 1 };
    let limiter = RateLimit::with_clock(policy, clock);
    let (first, second) = (Key::principal("first"), Key::principal("second"));
    limiter.check(&first).unwrap();
    hand.advance(seconds(9));
    let crowded = (0..20).filter(|_| limiter.check(&second).is_ok()).count();
    assert_eq!(crowded, 10, "the crowd has one limit");
    hand.advance(seconds(2));
    limiter.sweep();
    assert_eq!(limiter.keys(), 0, "there is room now");
    assert!(limiter.check(&second).is_err(), "but the ten calls of two seconds ago still count");
}

#[test]
fn l02_who_waits_as_told_is_not_swept_into_the_crowd() {
    let (clock, hand) = Clock::by_hand();
    let policy = RatePolicy { limit: 1, window: seconds(10), max_keys: 1 };
    let limiter = RateLimit::with_clock(policy, clock);
    let (known, crowd) = (Key::principal("known"), Key::principal("crowd"));
    limiter.check(&known).unwrap();
    hand.advance(seconds(5));
    limiter.check(&crowd).unwrap();
    let refused = limiter.check(&known).unwrap_err();
    hand.advance(refused.retry_after);
    assert_eq!(limiter.quota(&known).remaining, 1, "its own call has left");
    limiter.check(&known).expect("and what is left can be had, whatever others called");
}

#[test]
fn l03_keys_that_never_return_are_forgotten() {
    let (clock, hand) = Clock::by_hand();
    let limiter = RateLimit::with_clock(RatePolicy::flood(), clock);
    for number in 0..100_000u32 {
        limiter.check(&Key::address(IpAddr::from(number.to_be_bytes()))).unwrap();
    }
    assert_eq!(limiter.keys(), 100_000, "all are known");
    let late =
        (0..200u8).filter(|number| limiter.check(&Key::address(IpAddr::from([10, 9, 8, *number]))).is_ok()).count();
    assert_eq!((late, limiter.keys()), (100, 100_000), "keys beyond the bound share one window, so memory is bounded");
    hand.advance(Duration::from_mins(2));
    limiter.check(&Key::principal("amira")).unwrap();
    assert_eq!(limiter.keys(), 1, "two windows later only the living are kept");
}

#[test]
fn l04_only_what_our_own_proxies_wrote_counts() {
    let peer = ip("203.0.113.7");
    for forged in ["1.1.1.1", "2.2.2.2, 3.3.3.3", "nonsense", ""] {
        assert_eq!(client_address(peer, [forged], 0), peer, "with no proxy the header does not count");
    }
    let proxy = ip("10.0.0.1");
    for forged in ["198.51.100.9", "1.1.1.1, 198.51.100.9", "2.2.2.2,3.3.3.3 , 198.51.100.9"] {
        assert_eq!(
            client_address(proxy, [forged], 1),
            ip("198.51.100.9"),
            "with one proxy the rightmost hop is the client"
        );
    }
    assert_eq!(client_address(proxy, ["1.1.1.1", "198.51.100.9"], 1), ip("198.51.100.9"), "also over several lines");
    assert_eq!(
        client_address(proxy, ["1.1.1.1, 198.51.100.9, 10.0.0.2"], 2),
        ip("198.51.100.9"),
        "two proxies, two hops"
    );
    assert_eq!(client_address(proxy, ["10.0.0.2"], 5), ip("10.0.0.2"), "a short chain ends where it ends");
    assert_eq!(client_address(proxy, ["evil, 10.0.0.2"], 2), ip("10.0.0.2"), "what is no address stops the walk");
    assert_eq!(client_address(proxy, [], 1), proxy, "with no header the peer counts");
    assert_eq!(
        client_address(proxy, ["198.51.100.9:4711"], 1),
        ip("198.51.100.9"),
        "a port is not part of the address"
    );
    assert_eq!(client_address(proxy, ["[2001:db8::1]:443"], 1), ip("2001:db8::1"), "nor are brackets");
}

#[test]
fn l04_ipv6_counts_by_network_and_ipv4_by_address() {
    let key = |text: &str| Key::address(ip(text));
    assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff:ffff:ffff:ffff"), "a household has one key");
    assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"), "its neighbour another");
    assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"), "an IPv4 address in IPv6 clothes is itself");
    assert_ne!(key("192.0.2.1"), key("192.0.2.2"), "IPv4 addresses are apart");
}

/// The limiter is given monotonic time only, so a step of the wall clock cannot reach it; see C44.
#[tokio::test(start_paused = true)]
async fn l05_only_monotonic_time_decides() {
    let limiter = RateLimit::new(RatePolicy::webhooks());
    let key = Key::principal("a webhook");
    assert!((0..10).all(|_| limiter.check(&key).is_ok()), "ten pass at once");
    tokio::time::advance(Duration::from_millis(999)).await;
    assert!(limiter.check(&key).is_err(), "a second has not passed");
    tokio::time::advance(Duration::from_millis(1)).await;
    assert!(limiter.check(&key).is_ok(), "now it has, and nobody is locked out");
}
