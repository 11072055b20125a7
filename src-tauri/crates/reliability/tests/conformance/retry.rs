//! Retries: R01 to R09, and the attempts of a correlated request.

use rand::{SeedableRng, rngs::SmallRng};
use reliability::{
    Random,
    breaker::{Breaker, BreakerPolicy, CallError, Cause, Outcome},
    correlation::{self, CorrelationId},
    retry::{Budget, Decision, Jitter, Retry, RetryError, RetryEvent, RetryPolicy, Stopped, Verdict, retry_after},
};
use std::{
    cell::{Cell, RefCell},
    future::pending,
    time::{Duration, SystemTime},
};
use tokio::time::{Instant, sleep};

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn plain() -> RetryPolicy {
    RetryPolicy { jitter: Jitter::Off, ..RetryPolicy::http() }
}

fn retry(policy: RetryPolicy) -> Retry {
    Retry::new(policy, Random::seeded(7))
}

#[tokio::test(start_paused = true)]
async fn r01_three_retries_are_four_calls_and_the_observer_is_told_before_each_sleep() {
    let (calls, log) = (Cell::new(0), RefCell::new(Vec::new()));
    let started = Instant::now();
    let result = retry(plain())
        .run_observed(
            |attempt| {
                calls.set(attempt);
                async { Err::<(), _>("down") }
            },
            |_| Verdict::Retryable,
            |event| match event {
                RetryEvent::Retrying { number, after, .. } => {
                    log.borrow_mut().push((number, started.elapsed().as_secs(), after.as_secs()));
                }
                RetryEvent::BudgetExhausted { .. } => panic!("there is no budget"),
            },
        )
        .await;
    assert_eq!(result, Err(RetryError { attempts: 4, stopped: Stopped::Exhausted, last: Some("down") }), "it gives up");
    assert_eq!(calls.get(), 4, "after four calls");
    assert_eq!(
        *log.borrow(),
        [(1, 0, 1), (2, 1, 2), (3, 3, 4)],
        "told 1, 2, 3, each before its sleep, never after the last"
    );
    assert_eq!(started.elapsed().as_secs(), 7, "and nobody slept after the last");
}

#[test]
fn r02_the_delay_doubles_up_to_the_cap() {
    let delays: Vec<_> = (1..=6).map(|number| plain().backoff(number).as_secs()).collect();
    assert_eq!(delays, [1, 2, 4, 8, 10, 10], "1 s doubling up to 10 s");
    let delays: Vec<_> = (1..=5).map(|number| RetryPolicy::ai().backoff(number).as_secs()).collect();
    assert_eq!(delays, [2, 4, 8, 15, 15], "2 s doubling up to 15 s");
}

#[tokio::test(start_paused = true)]
async fn r03_never_beats_later() {
    let calls = Cell::new(0);
    let result = retry(plain())
        .run(
            |_| {
                calls.set(calls.get() + 1);
                async { Err::<(), _>("bad request") }
            },
            |_| Verdict::Retryable.stricter(Verdict::NonRetryable),
        )
        .await;
    assert_eq!(result.unwrap_err().stopped, Stopped::NonRetryable, "an error on both lists is not retried");
    assert_eq!(calls.get(), 1, "it was called once");
}

#[test]
fn r04_full_jitter_never_exceeds_the_cap_and_averages_half() {
    let policy = RetryPolicy { cap: seconds(2), ..RetryPolicy::http() };
    let mut rng = SmallRng::seed_from_u64(4);
    let mut sum = 0.0;
    for sample in 0..10_000 {
        let delay = policy.delay(2 + sample % 9, None, &mut rng);
        assert!(delay <= seconds(2), "the cap holds after jitter");
        sum += delay.as_secs_f64();
    }
    let mean = sum / 10_000.0;
    assert!((0.95..1.05).contains(&mean), "the mean is about half of the cap, and was {mean}");
}

#[test]
fn r04_decorrelated_jitter_stays_between_base_and_cap_for_ever() {
    let policy = RetryPolicy { jitter: Jitter::Decorrelated, ..RetryPolicy::http() };
    let mut rng = SmallRng::seed_from_u64(5);
    let mut previous = None;
    let mut reached = Duration::ZERO;
    for number in 1..=10_000 {
        let delay = policy.delay(number, previous, &mut rng);
        assert!((seconds(1)..=seconds(10)).contains(&delay), "from the base to the cap, and never NaN");
        assert!(delay <= previous.unwrap_or(policy.base) * 3, "at most three times the one before");
        reached = reached.max(delay);
        previous = Some(delay);
    }
    assert!(reached > seconds(9), "it does use its room");
}

#[test]
fn r05_retry_after_is_a_lower_bound() {
    let now = SystemTime::UNIX_EPOCH + seconds(784_111_777);
    assert_eq!(retry_after("7", now), Some(seconds(7)), "seconds");
    assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:44 GMT", now), Some(seconds(7)), "a date seven seconds ahead");
    assert_eq!(retry_after("Sunday, 06-Nov-94 08:49:44 GMT", now), Some(seconds(7)), "an RFC 850 date");
    assert_eq!(retry_after("Sun Nov  6 08:49:44 1994", now), Some(seconds(7)), "an asctime date");
    assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:30 GMT", now), Some(Duration::ZERO), "a date in the past");
    for nonsense in ["", "soon", "-7", "7.5", "+7"] {
        assert_eq!(retry_after(nonsense, now), None, "{nonsense:?} is neither");
    }
    assert_eq!(retry_after("99999999999999999999999", now), Some(seconds(u64::MAX)), "too many digits are very long");

    let mut rng = SmallRng::seed_from_u64(5);
    let mut longest = Duration::ZERO;
    for _ in 0..1000 {
        let decision = RetryPolicy::http().decide(1, Verdict::RetryAfter(seconds(7)), Duration::ZERO, None, &mut rng);
        let Decision::After(wait) = decision else { panic!("it is retried") };
        assert!((seconds(7)..=seconds(8)).contains(&wait), "jitter is added to it, never taken from it");
        longest = longest.max(wait);
    }
    assert!(longest > seconds(7), "and it is added");
    let past = plain().decide(1, Verdict::RetryAfter(Duration::ZERO), Duration::ZERO, None, &mut rng);
    assert_eq!(past, Decision::After(seconds(1)), "a date in the past leaves our own delay");
    let hours = plain().decide(1, Verdict::RetryAfter(seconds(3600)), Duration::ZERO, None, &mut rng);
    assert_eq!(hours, Decision::Stop(Stopped::TooLongToWait), "nobody waits an hour in a call");
}

#[test]
fn r05_retry_after_does_not_defeat_the_count() {
    let mut rng = SmallRng::seed_from_u64(5);
    let fourth = plain().decide(4, Verdict::RetryAfter(seconds(1)), Duration::ZERO, None, &mut rng);
    assert_eq!(fourth, Decision::Stop(Stopped::Exhausted), "three retries stay three");
}

#[tokio::test(start_paused = true)]
async fn r06_a_sleep_that_ends_late_begins_no_attempt() {
    // The timer counts whole milliseconds, so this sleep ends after a deadline that it should have ended before.
    let micros = Duration::from_micros;
    let policy = RetryPolicy { base: micros(1_000_200), deadline: Some(micros(1_000_500)), ..plain() };
    let calls = Cell::new(0);
    let once = |_| {
        calls.set(calls.get() + 1);
        async { Err::<(), _>("down") }
    };
    let gave_up = retry(policy).run(once, |_| Verdict::Retryable).await.unwrap_err();
    assert_eq!((calls.get(), gave_up.stopped), (1, Stopped::Deadline), "no attempt begins after the deadline");
}

#[tokio::test(start_paused = true)]
async fn r06_the_deadline_counts_attempts_and_cuts_the_running_one() {
    let (begun, finished) = (RefCell::new(Vec::new()), Cell::new(0));
    let started = Instant::now();
    let policy = RetryPolicy { deadline: Some(seconds(10)), ..plain() };
    let result = retry(policy)
        .run(
            |_| {
                begun.borrow_mut().push(started.elapsed().as_secs());
                let finished = &finished;
                async move {
                    sleep(seconds(4)).await;
                    finished.set(finished.get() + 1);
                    Err::<(), _>("slow and down")
                }
            },
            |_| Verdict::Retryable,
        )
        .await;
    assert_eq!(*begun.borrow(), [0, 5], "the third would begin at 11 s, beyond the deadline");
    assert_eq!(
        result,
        Err(RetryError { attempts: 2, stopped: Stopped::Deadline, last: Some("slow and down") }),
        "the last error comes back"
    );
    assert_eq!(started.elapsed().as_secs(), 9, "without sleeping towards a deadline that cannot be met");

    let policy = RetryPolicy { deadline: Some(seconds(10)), base: Duration::from_millis(100), ..plain() };
    let started = Instant::now();
    let result = retry(policy)
        .run(
            |_| async {
                sleep(seconds(4)).await;
                Err::<(), _>("slow and down")
            },
            |_| Verdict::Retryable,
        )
        .await;
    assert_eq!(started.elapsed().as_secs(), 10, "the third attempt is cut at 10 s");
    let error = result.unwrap_err();
    assert_eq!(
        (error.attempts, error.stopped, error.last),
        (3, Stopped::Deadline, Some("slow and down")),
        "and says so"
    );
}

#[tokio::test(start_paused = true)]
async fn r06_the_very_first_attempt_is_cut_too() {
    let policy = RetryPolicy { deadline: Some(seconds(10)), ..plain() };
    let result = retry(policy).run(|_| pending::<Result<(), &str>>(), |_| Verdict::Retryable).await;
    assert_eq!(
        result,
        Err(RetryError { attempts: 1, stopped: Stopped::Deadline, last: None }),
        "there is no error to return"
    );
}

#[tokio::test(start_paused = true)]
async fn r07_the_budget_bounds_all_retries_together() {
    let budget = Budget::standard();
    let retry = retry(plain()).with_budget(budget.clone());
    let (calls, exhausted) = (Cell::new(0u32), Cell::new(0u32));
    for _ in 0..1000 {
        let error = retry
            .run_observed(
                |_| {
                    calls.set(calls.get() + 1);
                    async { Err::<(), _>("down") }
                },
                |_| Verdict::Retryable,
                |event| {
                    if matches!(event, RetryEvent::BudgetExhausted { .. }) {
                        exhausted.set(exhausted.get() + 1);
                    }
                },
            )
            .await
            .unwrap_err();
        assert_eq!(error.last, Some("down"), "the last error comes back");
    }
    let retries = calls.get() - 1000;
    assert_eq!(retries, 210, "20 % of 1000 and the reserve of 10, to the very retry");
    assert_eq!(budget.available(), 0, "which leaves nothing");
    assert_eq!(u64::from(exhausted.get()), budget.refused(), "each refusal is an event");
    assert!(exhausted.get() >= 790, "and most calls were refused one");
}

#[test]
fn r07_shares_are_exact_and_savings_are_bounded() {
    let budget = Budget::new(60, 0, 1000);
    (0..10).for_each(|_| budget.deposit());
    assert_eq!((0..10).filter(|_| budget.withdraw()).count(), 6, "60 % of 10 are 6, not 10");
    let budget = Budget::standard();
    (0..1_000_000).for_each(|_| budget.deposit());
    assert_eq!(budget.available(), 100, "a long healthy time does not save up a storm");
}

#[tokio::test(start_paused = true)]
async fn r08_an_open_breaker_beyond_the_deadline_ends_the_retry_at_once() {
    let breaker = Breaker::new("r08", BreakerPolicy::http());
    for _ in 0..5 {
        breaker.try_acquire().unwrap().failure(Cause::Unreachable);
    }
    let started = Instant::now();
    let policy = RetryPolicy { deadline: Some(seconds(10)), ..RetryPolicy::http() };
    let error = retry(policy)
        .run(
            |_| breaker.call(|| async { Ok::<_, std::io::Error>(()) }, |_| Outcome::Success),
            |error| error.verdict(|_| Verdict::Retryable),
        )
        .await
        .unwrap_err();
    assert_eq!(started.elapsed(), Duration::ZERO, "nobody sleeps towards a door that opens too late");
    assert!(matches!(error.last, Some(CallError::Rejected(_))), "the caller gets the breaker's own error");
    assert_eq!((error.attempts, error.stopped), (1, Stopped::Deadline), "after one attempt");
}

#[tokio::test(start_paused = true)]
async fn r09_dropping_the_retry_stops_it() {
    let calls = Cell::new(0);
    let retry = retry(plain());
    let running = retry.run(
        |_| {
            calls.set(calls.get() + 1);
            async { Err::<(), _>("down") }
        },
        |_| Verdict::Retryable,
    );
    assert!(
        tokio::time::timeout(Duration::from_millis(500), running).await.is_err(),
        "it is dropped in its first sleep"
    );
    sleep(seconds(60)).await;
    assert_eq!(calls.get(), 1, "no attempt follows");
}

#[tokio::test(start_paused = true)]
async fn x02_retries_share_the_id_and_number_their_attempts() {
    let id = CorrelationId::accept("req-7f3a").unwrap();
    let seen = RefCell::new(Vec::new());
    let retry = retry(plain());
    let running = retry.run(
        |_| async {
            let trace = correlation::current().unwrap();
            seen.borrow_mut().push((trace.id.to_string(), trace.attempt));
            Err::<(), _>("down")
        },
        |_| Verdict::Retryable,
    );
    let _ = correlation::scope(id, running).await;
    let expected: Vec<_> = (1..=4).map(|attempt| ("req-7f3a".to_owned(), attempt)).collect();
    assert_eq!(*seen.borrow(), expected, "one id, distinct attempts");
}
