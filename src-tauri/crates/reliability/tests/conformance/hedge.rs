//! Hedges: G01 to G04, and their place in a trace.

use reliability::{
    breaker::{Breaker, BreakerPolicy, CallError, Outcome},
    correlation::{self, CorrelationId},
    hedge::{Hedge, HedgePolicy, NotRepeatable, Repeatable},
    retry::Budget,
};
use std::{
    cell::{Cell, RefCell},
    time::Duration,
};
use tokio::time::{Instant, sleep};

fn hedge(budget: Budget) -> Hedge {
    let policy = HedgePolicy { delay: Duration::from_millis(100), hedges: 1 };
    Hedge::new(policy, Repeatable::Yes, budget).unwrap()
}

/// Calls that take so many milliseconds each; returns which answered, after how long, and how many were made.
async fn race(hedge: &Hedge, takes: &[u64]) -> (u32, u128, usize) {
    let (started, made) = (Instant::now(), Cell::new(0));
    let answer = hedge
        .run(|call| {
            made.set(made.get() + 1);
            let takes = Duration::from_millis(takes[call as usize]);
            async move {
                sleep(takes).await;
                Ok::<_, &str>(call)
            }
        })
        .await;
    (answer.unwrap(), started.elapsed().as_millis(), made.get())
}

#[tokio::test(start_paused = true)]
async fn g01_a_quick_answer_needs_no_hedge() {
    assert_eq!(race(&hedge(Budget::standard()), &[80]).await, (0, 80, 1), "one call, answered at 80 ms");
}

#[tokio::test(start_paused = true)]
async fn g02_the_hedge_wins_and_the_loser_is_neutral_for_the_breaker() {
    let breaker = Breaker::new("g02", BreakerPolicy::http());
    let started = Instant::now();
    let answer: Result<u32, CallError<&str>> = hedge(Budget::standard())
        .run(|call| {
            let breaker = &breaker;
            async move {
                let takes = Duration::from_millis(if call == 0 { 300 } else { 50 });
                breaker
                    .call(
                        || async move {
                            sleep(takes).await;
                            Ok(call)
                        },
                        |_| Outcome::Success,
                    )
                    .await
            }
        })
        .await;
    assert_eq!(answer, Ok(1), "the hedge answers first");
    assert_eq!(started.elapsed().as_millis(), 150, "at 150 ms");
    let tallies = breaker.stats().tallies;
    assert_eq!(
        (tallies.successes, tallies.dropped, tallies.failures),
        (1, 1, 0),
        "the loser was dropped, which is no failure"
    );
}

#[tokio::test(start_paused = true)]
async fn g02_the_first_call_may_still_win() {
    assert_eq!(
        race(&hedge(Budget::standard()), &[120, 500]).await,
        (0, 120, 2),
        "the first answer counts, whosever it is"
    );
}

#[tokio::test(start_paused = true)]
async fn g02_an_error_waits_for_the_calls_still_running() {
    let calls = |fails: [bool; 2]| {
        let hedge = hedge(Budget::standard());
        async move {
            hedge
                .run(|call| async move {
                    sleep(Duration::from_millis(if call == 0 { 120 } else { 100 })).await;
                    if fails[call as usize] { Err(call) } else { Ok(call) }
                })
                .await
        }
    };
    assert_eq!(calls([true, false]).await, Ok(1), "the hedge saves the call");
    assert_eq!(calls([true, true]).await, Err(1), "with no success the last error is returned");
    let early = hedge(Budget::standard()).run(|_| async { Err::<(), _>("at once") }).await;
    assert_eq!(early, Err("at once"), "an error before the delay is not hedged; retrying is the retry's business");
}

#[tokio::test(start_paused = true)]
async fn g03_a_spent_budget_forbids_the_hedge_and_nothing_else() {
    let spent = Budget::new(0, 0, 0);
    assert_eq!(race(&hedge(spent.clone()), &[300]).await, (0, 300, 1), "the first call's result is returned");
    assert_eq!(spent.refused(), 1, "the budget counted the refusal");
}

#[test]
fn g04_what_must_not_happen_twice_cannot_be_hedged() {
    let policy = HedgePolicy { delay: Duration::from_millis(100), hedges: 1 };
    let refused = Hedge::new(policy, Repeatable::No, Budget::standard());
    assert_eq!(refused.err(), Some(NotRepeatable), "it is refused when it is built");
}

#[tokio::test(start_paused = true)]
async fn x02_a_hedge_has_the_id_of_its_call_and_a_number_of_its_own() {
    let seen = RefCell::new(Vec::new());
    let hedge = hedge(Budget::standard());
    let work = correlation::attempt(
        2,
        hedge.run(|_| {
            let trace = || correlation::current().map(|trace| (trace.id.to_string(), trace.attempt, trace.hedge));
            let (at_once, seen) = (trace(), &seen);
            async move {
                assert_eq!(trace(), at_once, "what is done at once is traced like the rest");
                seen.borrow_mut().extend(trace());
                sleep(Duration::from_millis(500)).await;
                Ok::<_, ()>(())
            }
        }),
    );
    let _ = correlation::scope(CorrelationId::accept("req-7f3a").unwrap(), work).await;
    let expected = [("req-7f3a".to_owned(), 2, 0), ("req-7f3a".to_owned(), 2, 1)];
    assert_eq!(*seen.borrow(), expected, "the same request and attempt, another call");
}
