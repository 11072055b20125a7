//! Staying signed in across exchanges, and what is there when a session is over.

use crate::desk::{PASSWORD, signed_in};
use console::{
    SyncMode,
    view::{Obstacle, RunQuery},
};
use domain::{ConnectionState, CredentialState};
use std::{sync::atomic::Ordering, time::Duration};
use testkit::{Fault, eventually};

const QUARTER: Duration = Duration::from_mins(15);
/// So late that the access token holds, but not for long.
const ALMOST: Duration = Duration::from_secs(15 * 60 - 20);

#[tokio::test]
async fn calls_go_on_across_an_exchange() {
    let (plane, desk) = signed_in(SyncMode::Live).await;
    desk.until(ConnectionState::Live).await;
    for ahead in [ALMOST, QUARTER * 3] {
        let before = desk.refresh_token().await;
        plane.clock.advance(ahead);
        desk.start_run("go").await.unwrap();
        assert_ne!(desk.refresh_token().await, before, "the tokens are others");
        desk.until(ConnectionState::Live).await;
    }
    plane.proxy.set(Fault::Reset);
    desk.until(ConnectionState::Offline).await;
    plane.clock.advance(QUARTER);
    plane.proxy.set(Fault::None);
    desk.until(ConnectionState::Live).await;
}

#[tokio::test]
async fn a_session_that_was_stolen_is_over_and_is_tried_once() {
    let (plane, desk) = signed_in(SyncMode::Live).await;
    let run = desk.start_run("kept").await.unwrap().run.summary.id;
    let page = async || desk.console.runs(RunQuery::default()).await.unwrap();
    eventually("the run to be in the list", async || (page().await.items.len() == 1).then_some(())).await;
    plane.engine.refresh(&desk.refresh_token().await, &"a-thief".into()).await.unwrap();
    plane.clock.advance(QUARTER);
    let error = desk.start_run("go").await.unwrap_err();
    assert_eq!((error.code.as_str(), error.message.contains("signed in")), ("signed_out", true), "{error:?}");
    let view = desk.until(ConnectionState::SignedOut).await;
    let error = view.status.error.unwrap();
    assert!(error.code == "signed_out" && error.hint.is_some_and(|hint| hint.contains("Sign in again")), "and how to");
    let list = page().await;
    assert_eq!(list.items[0].summary.id, run, "what was read is readable");
    assert_eq!(list.sources[0].freshness.obstacle, Some(Obstacle::SignedOut), "and says why it is old");
    assert_eq!(desk.record().await.last().unwrap().1, "signed_out", "an act that was refused is on record as such");

    let before = plane.proxy.requests();
    let other = desk.another(SyncMode::OnDemand).await;
    for _ in 0..10 {
        assert_eq!(desk.start_run("go").await.unwrap_err().code, "signed_out", "this window");
        assert_eq!(other.start_run("go").await.unwrap_err().code, "signed_out", "and the terminal");
    }
    assert_eq!(plane.proxy.requests(), before, "nobody tries a session again that is over");
    let view = other.view().await;
    assert_eq!(view.connection.credential, CredentialState::Missing, "what is over counts as missing");

    desk.sign_in(PASSWORD, false).await.unwrap();
    desk.until(ConnectionState::Live).await;
    other.start_run("go").await.unwrap();
}

#[tokio::test]
async fn an_exchange_that_cannot_be_kept_goes_on_in_memory() {
    let (plane, desk) = signed_in(SyncMode::OnDemand).await;
    desk.keychain.takes_nothing.store(true, Ordering::SeqCst);
    for _ in 0..2 {
        plane.clock.advance(QUARTER);
        desk.start_run("go").await.unwrap();
    }
    desk.keychain.takes_nothing.store(false, Ordering::SeqCst);
    plane.clock.advance(QUARTER);
    desk.start_run("go").await.unwrap();
    plane.clock.advance(QUARTER);
    desk.another(SyncMode::OnDemand).await.start_run("go").await.unwrap();
}

#[tokio::test]
async fn a_keychain_that_never_answers_holds_up_nothing_that_can_be_read() {
    let (_plane, desk) = signed_in(SyncMode::Live).await;
    desk.start_run("kept").await.unwrap();
    eventually("the run", async || {
        (desk.console.runs(RunQuery::default()).await.unwrap().items.len() == 1).then_some(())
    })
    .await;
    desk.console.shutdown().await;
    desk.keychain.never_answers.store(true, Ordering::SeqCst);
    let read = async {
        let again = desk.another(SyncMode::Live).await;
        again.console.runs(RunQuery::default()).await.unwrap().items.len()
    };
    let read = tokio::time::timeout(Duration::from_secs(10), read).await;
    assert_eq!(read, Ok(1), "a start waits for no keychain");
}
