//! What can be asked of which NOFX, and what is never asked at all.

use crate::{context, ended, plan, scene, stand_in};
use client_nofx::{Dialect, Limits, recognise};
use control_plane::{ControlPlane, Error, RunFilter, StepRetry};
use domain::{Action, Availability, BreakerAct, PageRequest, RunId, RunStatus, Verdict};
use std::{sync::Arc, time::Duration};
use testkit::stand_in::Nofx;
use testkit::{Loopback, eventually};

#[tokio::test]
async fn what_is_not_simply_possible_has_a_reason() {
    let (express, serverless) = (stand_in(Dialect::Express), stand_in(Dialect::Serverless));
    for stand_in in [Nofx::as_published(), express, serverless] {
        let dialect = stand_in.dialect;
        let scene = scene(stand_in, Some("good")).await;
        for moment in ["before", "after"] {
            let capabilities = scene.plane.capabilities();
            for action in Action::ALL.iter().copied() {
                let explained = capabilities.reason(action).is_some_and(|reason| reason.len() > 20);
                let is_plain = capabilities.of(action) == Availability::Yes;
                assert!(explained || is_plain, "{dialect:?}, {moment} it was reached: {action:?} has a reason");
            }
            scene.plane.identity(&context()).await.expect("it says who it is");
        }
        for action in [Action::CancelRun, Action::RepeatCreate, Action::Stream, Action::Logs, Action::Breakers] {
            assert_eq!(scene.plane.capabilities().of(action), Availability::No, "no NOFX can do {action:?}");
        }
        let expected =
            if dialect == testkit::stand_in::Dialect::Express { Availability::Observed } else { Availability::Yes };
        assert_eq!(scene.plane.capabilities().of(Action::Events), expected, "{dialect:?} tells events or does not");
    }
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_without_a_call() {
    let scene = scene(Nofx::as_published(), None).await;
    let (plane, context) = (&scene.plane, context());
    let id = ended(plane, plan("s", "test:echo"), "without-a-call", RunStatus::Succeeded).await.summary.id;
    let before = scene.stand_in.calls().len();
    let retry = StepRetry { reason: "r".to_owned(), inputs: None };
    let with_inputs = StepRetry { inputs: Some(serde_json::Map::new()), ..retry.clone() };
    let outcomes = [
        plane.cancel_run(&context, &id, "r").await.err(),
        plane.retry_step(&context, &id, "s", &retry).await.err(),
        plane.retry_step(&context, &id, "s", &with_inputs).await.err(),
        plane.decide_gate(&context, &id, "s", Verdict::Approve, None).await.err(),
        plane.decide_gate(&context, &id, "s", Verdict::Reject, Some("r")).await.err(),
        plane.events(&context, &id, 0, 10).await.err(),
        plane.logs(&context, &id, 0, 10).await.err(),
        plane.feed(&context, None).await.err(),
        plane.templates(&context).await.err(),
        plane.fill_template(&context, "t", &serde_json::Map::new()).await.err(),
        plane.dead_letters(&context, &PageRequest::default()).await.err(),
        plane.breakers(&context).await.err(),
        plane.act_on_breaker(&context, "b", BreakerAct::Reset, "r").await.err(),
        plane.queue(&context).await.err(),
        plane.requeue_dead_letters(&context, 1).await.err(),
    ];
    for (number, error) in outcomes.into_iter().enumerate() {
        assert!(
            matches!(error, Some(Error::Unsupported { .. })),
            "number {number} is refused as unsupported: {error:?}"
        );
    }
    assert_eq!(scene.stand_in.calls().len(), before, "nothing was sent");
}

#[tokio::test]
async fn an_id_that_nofx_cannot_have_given_is_never_sent() {
    for dialect in [Dialect::Express, Dialect::Serverless] {
        let scene = scene(stand_in(dialect), Some("good")).await;
        scene.plane.identity(&context()).await.expect("it says who it is");
        let before = scene.stand_in.calls().len();
        for id in ["abc", "../../package", "", "run_1", "' OR 1=1"] {
            let error = scene.plane.run(&context(), &RunId::new(id)).await.expect_err("no run has this id");
            assert!(matches!(error, Error::NotFound { .. }), "{id:?} is not there: {error:?}");
        }
        assert_eq!(scene.stand_in.calls().len(), before, "nothing was sent");
        let unknown = RunId::new("00000000-0000-4000-8000-000000000000");
        let error = scene.plane.run(&context(), &unknown).await.expect_err("there is no such run");
        assert!(matches!(error, Error::NotFound { .. }), "an id of the right form is asked for: {error:?}");
        if dialect == Dialect::Serverless {
            let error = scene.plane.events(&context(), &unknown, 0, 10).await.expect_err("nor has it a timeline");
            assert!(matches!(error, Error::NotFound { .. }), "an empty timeline of no run is no timeline: {error:?}");
        }
    }
}

#[tokio::test]
async fn a_server_that_changes_its_dialect_is_looked_at_again() {
    let express = Nofx::as_published();
    let scene = scene(express, Some("good")).await;
    scene.plane.identity(&context()).await.expect("it says who it is");
    assert_eq!(scene.plane.capabilities().of(Action::Steps), Availability::No, "it is the Express server");
    let address = scene.server.address();
    drop(scene.server);
    let serverless = Arc::new(stand_in(Dialect::Serverless));
    let server = eventually("the port is free again", || async {
        let listener = tokio::net::TcpListener::bind(address).await.ok()?;
        Some(relay(listener, Loopback::serve(Arc::clone(&serverless)).await))
    })
    .await;
    scene.plane.list_runs(&context(), &RunFilter::default()).await.expect("a list without `pagination`");
    let reason = scene.plane.capabilities().reason(Action::Steps).map(ToOwned::to_owned);
    assert!(reason.is_some_and(|reason| reason.contains("not known yet")), "what was known is void");
    let run = plan("s", "test:echo");
    let run = ended(&scene.plane, run, "another-dialect", RunStatus::Succeeded).await;
    assert_eq!(run.steps[0].attempts.len(), 1, "and it is spoken to in its own dialect");
    assert_eq!(scene.plane.capabilities().of(Action::Steps), Availability::Yes, "which is known now");
    server.abort();
}

/// Serves one address from another, since a stand-in chooses its own.
fn relay(listener: tokio::net::TcpListener, server: Loopback) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let Ok(mut far) = tokio::net::TcpStream::connect(server.address()).await else { return };
            tokio::spawn(async move {
                let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
            });
        }
    })
}

#[tokio::test]
async fn looking_round_is_done_once() {
    let scene = scene(stand_in(Dialect::Express), Some("good")).await;
    scene.plane.identity(&context()).await.expect("it says who it is");
    let first = scene.stand_in.calls();
    assert!(first.iter().any(|call| call == "GET /dev/dlq"), "at first its optional parts are tried");
    scene.plane.identity(&context()).await.expect("it says who it is");
    scene.plane.facts(&context()).await.expect("it can be probed");
    let mut later = scene.stand_in.calls().split_off(first.len());
    later.sort();
    assert_eq!(later, ["GET /auth/me", "GET /health", "GET /health"], "and not again: some of them bear few calls");
}

#[tokio::test]
async fn a_plane_that_went_away_is_looked_at_again() {
    let scene = scene(Nofx::as_published(), None).await;
    scene.plane.identity(&context()).await.expect("it says who it is");
    drop(scene.server);
    let gone = eventually("the server is gone", || async { scene.plane.identity(&context()).await.err() }).await;
    assert!(matches!(gone, Error::Unreachable { .. }), "nobody is there: {gone:?}");
    let reason = scene.plane.capabilities().reason(Action::Steps).map(ToOwned::to_owned);
    assert!(reason.is_some_and(|reason| reason.contains("not known yet")), "what comes back may be another");
}

#[tokio::test]
async fn nofx_is_recognised_by_its_answers() {
    for (dialect, word) in [(Dialect::Express, "pagination"), (Dialect::Serverless, "database")] {
        let scene = scene(stand_in(dialect), None).await;
        let found = recognise(&scene.server.url(), &context(), Limits::default()).await.expect("it is NOFX");
        let which = if dialect == Dialect::Express { "NOFX, Express" } else { "NOFX, serverless" };
        assert!(found.starts_with(which) && found.contains(word), "which of the two, and why: {found}");
    }
    let nobody = Limits { connect: Duration::from_millis(300), ..Limits::default() };
    for address in ["http://127.0.0.1:9", "ftp://x"] {
        assert_eq!(recognise(address, &context(), nobody).await, None, "nobody is nothing");
    }
}
