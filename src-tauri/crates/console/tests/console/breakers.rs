//! The console's own breakers.

use crate::bench::{Bench, named, quick};
use console::{
    Pace, SyncMode,
    view::{ActOnBreaker, FreshnessState},
};
use domain::{Breaker, BreakerAct, BreakerSource, BreakerState, ConnectionState, SystemClock};
use reliability::retry::RetryPolicy;
use std::{sync::Arc, time::Duration};
use testkit::{FakeControlPlane, Route, eventually};

async fn read_breaker(bench: &Bench) -> domain::Breaker {
    let all = bench.console.breakers(()).await.unwrap();
    all.into_iter().find(|view| view.breaker.id == "connection:local:read").unwrap().breaker
}

#[tokio::test]
async fn the_fifth_failure_opens_the_breaker_and_a_reset_closes_it() {
    let pace = Pace {
        retry: RetryPolicy { retries: 0, ..RetryPolicy::http() },
        breaker_open: Duration::from_mins(10),
        ..quick()
    };
    let plane = FakeControlPlane::new(Arc::new(SystemClock));
    let bench = Bench::over(plane, SyncMode::OnDemand, pace).await;
    bench.plane.go_away();
    let ask = async || bench.console.run(named(&"run_x".into())).await.unwrap_err().code;
    for nth in 1..=5 {
        assert_eq!(ask().await, "offline", "failure {nth} is told as what it is");
    }
    assert_eq!(ask().await, "breaker_open", "the refusal has its own code");
    assert_eq!(bench.plane.calls(Route::Run), 5, "five in a row are enough, and an open breaker spares the plane");
    assert_eq!(read_breaker(&bench).await.state, BreakerState::Open, "it is shown as open");

    bench.plane.come_back();
    let reset = ActOnBreaker {
        source: BreakerSource::Console,
        connection: None,
        breaker: "connection:local:read".into(),
        act: BreakerAct::Reset,
        reason: "the plane was restarted".into(),
    };
    let view = bench.console.act_on_breaker(reset).await.unwrap();
    assert_eq!(view.breaker.state, BreakerState::Closed, "a person closed it");
    assert_eq!(ask().await, "not_found", "calls pass again");
    assert_eq!(bench.console.acts(()).await.unwrap()[0].action, "reset_breaker", "with a record");
}

#[tokio::test]
async fn an_outage_opens_the_breaker_of_a_watched_connection_and_its_end_closes_it() {
    let bench = Bench::live().await;
    bench.until(ConnectionState::Live).await;
    bench.plane.go_away();
    eventually("an open breaker", async || (read_breaker(&bench).await.state == BreakerState::Open).then_some(()))
        .await;
    bench.plane.come_back();
    bench.until(ConnectionState::Live).await;
    let closed = eventually("a closed breaker", async || {
        Some(read_breaker(&bench).await).filter(|breaker| breaker.state == BreakerState::Closed)
    });
    assert!(closed.await.times_opened >= 1, "its past is kept");
}

#[tokio::test]
async fn being_asked_for_fewer_calls_does_not_count_as_a_failure() {
    let pace = Pace { retry: RetryPolicy { retries: 0, ..RetryPolicy::http() }, ..quick() };
    let bench = Bench::over(FakeControlPlane::new(Arc::new(SystemClock)), SyncMode::OnDemand, pace).await;
    let throttled = || control_plane::Error::Throttled { retry_after: Some(Duration::from_secs(7)) };
    bench.plane.fail_next(Route::Run, (0..6).map(|_| throttled()));
    for _ in 0..6 {
        let error = bench.console.run(named(&"run_x".into())).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.retry_after_ms), ("throttled", Some(7_000)), "the wait is passed on");
    }
    assert_eq!(read_breaker(&bench).await.state, BreakerState::Closed, "a plane that answers 429 is alive");
}

#[tokio::test]
async fn the_breakers_of_a_plane_are_as_live_as_the_plane_however_often_they_are_asked_for() {
    let bench = Bench::on_demand().await;
    let shown = Breaker { id: "ai:openai".into(), source: BreakerSource::ControlPlane, ..read_breaker(&bench).await };
    bench.plane.show_breakers(vec![shown]);
    for _ in 0..2 {
        let all = bench.console.breakers(()).await.unwrap();
        let view = all.into_iter().find(|view| view.breaker.id == "ai:openai").unwrap();
        assert_eq!(view.freshness.state, FreshnessState::Live, "the plane has answered");
        assert_eq!(view.breaker.state, BreakerState::Closed, "so the state is known");
    }
    let again = Bench::over(bench.plane.clone(), SyncMode::OnDemand, quick()).await;
    let reset = ActOnBreaker {
        source: BreakerSource::ControlPlane,
        connection: None,
        breaker: "ai:openai".into(),
        act: BreakerAct::Reset,
        reason: "the key was renewed".into(),
    };
    let view = again.console.act_on_breaker(reset).await.unwrap();
    assert_eq!(view.breaker.state, BreakerState::Closed, "an act that was answered shows what was answered");
}
