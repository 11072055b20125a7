//! Signing in and out: what is kept, what is said, and what is on record.

use crate::{
    desk::{Desk, EMAIL, NAME, PASSWORD, signed_in},
    plane::Plane,
};
use console::{SyncMode, view::ConnectionRef};
use credentials::CredentialStore as _;
use domain::{ConnectionState, CredentialState, Environment, Role, Secret};
use std::sync::atomic::Ordering;
use testkit::Fault;

#[tokio::test]
async fn who_signs_in_is_told_who_they_are() {
    let plane = Plane::start().await;
    let desk = Desk::before(&plane, SyncMode::Live).await;
    let before = desk.until(ConnectionState::SignedOut).await;
    let error = before.status.error.unwrap();
    assert_eq!((error.code.as_str(), before.who), ("signed_out", None), "nobody is signed in yet");
    assert!(error.hint.is_some_and(|hint| hint.contains("breakwater connections sign-in 'harbour'")), "and how to");
    let view = desk.accept(plane.invite(EMAIL).await).await.unwrap();
    assert_eq!(view.connection.credential, CredentialState::Keychain, "it says where the session is");
    let who = view.who.unwrap();
    assert_eq!((who.teams.len(), who.teams[0].role), (1, Role::Member), "the teams, with the role in each");
    assert!(who.principal.contains(EMAIL), "{}", who.principal);
    assert!(who.may.is_empty() || !who.may.contains(&domain::Permission::Admin), "a member decides over no plane");
    desk.until(ConnectionState::Live).await;
    desk.start_run("go").await.unwrap();
    let record: Vec<_> = desk.record().await;
    let expected = [("sign_in", "done"), ("create_run", "done")].map(|(act, how)| (act.to_owned(), how.to_owned()));
    assert_eq!(record, expected, "both are on record");
    let offline = desk.another(SyncMode::CacheOnly).await;
    assert_eq!(offline.view().await.who.map(|who| who.principal), Some(who.principal), "readable with no network");
}

#[tokio::test]
async fn a_wrong_password_says_so_and_keeps_nothing() {
    let (_plane, desk) = signed_in(SyncMode::OnDemand).await;
    desk.sign_out(false).await.unwrap();
    let error = desk.sign_in("not-the-password", false).await.unwrap_err();
    let fault = &error.faults[0];
    assert_eq!((error.code.as_str(), fault.path.as_str()), ("invalid", "password"), "at its field: {error:?}");
    assert!(error.message.contains("do not fit"), "in the words of the plane: {}", error.message);
    assert_eq!(desk.kept().await, None, "nothing is kept");
    assert_eq!(desk.view().await.status.state, ConnectionState::SignedOut, "and nobody is signed in");
    assert_eq!(desk.record().await.last().unwrap(), &("sign_in".to_owned(), "invalid".to_owned()), "it is on record");
    for (password, field) in [("", "password"), ("x", "email")] {
        let by = console::view::SignInBy::Password {
            email: if field == "email" { "ada" } else { EMAIL }.to_owned(),
            password: password.to_owned(),
        };
        let request = console::view::SignIn { connection: NAME.into(), by, session_only: false };
        let error = desk.console.sign_in(request).await.unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.faults[0].path.as_str()),
            ("invalid", field),
            "judged before it is sent"
        );
    }
    desk.sign_in(PASSWORD, false).await.unwrap();
}

#[tokio::test]
async fn who_signs_out_is_forgotten_here_and_ended_there() {
    let (plane, desk) = signed_in(SyncMode::Live).await;
    desk.until(ConnectionState::Live).await;
    let kept = desk.kept().await.unwrap();
    let view = desk.sign_out(false).await.unwrap();
    assert_eq!((view.connection.credential, view.who), (CredentialState::Missing, None), "nobody is signed in");
    assert_eq!(view.status.error, None, "it ended on both sides");
    assert_eq!(desk.kept().await, None, "the keychain has nothing of it");
    let access = kept["access"].as_str().unwrap();
    assert!(plane.engine.caller(access).await.unwrap().is_none(), "the plane lets it in no more");
    desk.until(ConnectionState::SignedOut).await;
    let again = desk.sign_out(false).await.unwrap_err();
    assert_eq!(again.faults[0].rule, "signed_in", "nobody can sign out twice");
    let removed = ConnectionRef { connection: NAME.into() };
    desk.console.remove_connection(removed).await.unwrap();
    let names = std::fs::read_dir(desk.dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let locks = names.filter(|name| name.to_string_lossy().starts_with("session-")).count();
    assert_eq!(locks, 0, "nothing of it stays behind");
}

#[tokio::test]
async fn a_plane_that_does_not_answer_keeps_nobody_signed_in_here() {
    let (plane, desk) = signed_in(SyncMode::OnDemand).await;
    let access = desk.kept().await.unwrap()["access"].as_str().unwrap().to_owned();
    plane.proxy.set(Fault::Reset);
    let view = desk.sign_out(true).await.unwrap();
    let error = view.status.error.expect("it says so");
    assert!(error.message.contains("forgotten here"), "{}", error.message);
    assert_eq!((desk.kept().await, view.connection.credential), (None, CredentialState::Missing), "it is forgotten");
    assert!(plane.engine.caller(&access).await.unwrap().is_some(), "as it says, the plane knows nothing of that");
    assert_eq!(desk.record().await.last().unwrap(), &("sign_out".to_owned(), "offline".to_owned()), "on record");
}

#[tokio::test]
async fn who_signs_out_everywhere_is_signed_out_elsewhere() {
    let (plane, desk) = signed_in(SyncMode::OnDemand).await;
    let elsewhere = Desk::before(&plane, SyncMode::Live).await;
    elsewhere.sign_in(PASSWORD, false).await.unwrap();
    elsewhere.until(ConnectionState::Live).await;
    desk.sign_out(true).await.unwrap();
    let error = elsewhere.start_run("go").await.unwrap_err();
    assert_eq!(error.code, "signed_out", "{error:?}");
    elsewhere.until(ConnectionState::SignedOut).await;
}

#[tokio::test]
async fn a_read_only_lock_keeps_nobody_from_signing_in() {
    let plane = Plane::start().await;
    let desk = Desk::before(&plane, SyncMode::OnDemand).await;
    desk.console.remove_connection(ConnectionRef { connection: NAME.into() }).await.unwrap();
    assert!(desk.add(&plane, Environment::Prod).await.connection.read_only, "production starts locked");
    let view = desk.accept(plane.invite(EMAIL).await).await.unwrap();
    assert!(view.connection.read_only && view.who.is_some(), "somebody is signed in, and it is locked as before");
    assert_eq!(desk.start_run("go").await.unwrap_err().code, "read_only", "acts stay refused");
    desk.sign_out(false).await.unwrap();
}

#[tokio::test]
async fn a_session_that_cannot_be_kept_is_not_left_behind() {
    let (plane, desk) = signed_in(SyncMode::OnDemand).await;
    desk.sign_out(false).await.unwrap();
    desk.keychain.takes_nothing.store(true, Ordering::SeqCst);
    let before = plane.proxy.requests();
    let error = desk.sign_in(PASSWORD, false).await.unwrap_err();
    assert_eq!(error.code, "keychain_unavailable", "faces offer to keep it in memory on this code: {error:?}");
    assert_eq!(plane.proxy.requests() - before, 2, "it was begun, and ended at once");
    let view = desk.sign_in(PASSWORD, true).await.unwrap();
    assert_eq!(view.connection.credential, CredentialState::Session, "it is in memory");
    assert_eq!(desk.kept().await, None, "and nowhere else");
    desk.start_run("go").await.unwrap();
    let again = desk.another(SyncMode::OnDemand).await;
    assert_eq!(again.start_run("go").await.unwrap_err().code, "signed_out", "it is gone with this process");
}

#[tokio::test]
async fn a_session_takes_the_place_of_a_token_and_the_other_way_round() {
    let (plane, desk) = signed_in(SyncMode::OnDemand).await;
    let id = desk.view().await.connection.id;
    let access = desk.kept().await.unwrap()["access"].as_str().unwrap().to_owned();
    desk.sign_in(PASSWORD, false).await.unwrap();
    assert!(plane.engine.caller(&access).await.unwrap().is_none(), "the session that was replaced is ended");
    let edit = serde_json::from_value(serde_json::json!({ "connection": NAME, "token": "bw_wrong" })).unwrap();
    desk.console.edit_connection(edit).await.unwrap();
    assert_eq!(desk.kept().await, None, "a token hides behind no session");
    assert_eq!(desk.start_run("go").await.unwrap_err().code, "unauthenticated", "the token is what is called with");
    desk.sign_in(PASSWORD, false).await.unwrap();
    let token: Option<Secret> = desk.keychain.get(&format!("connection:{id}")).await.unwrap();
    assert_eq!(token, None, "and no session in front of a token");
    desk.start_run("go").await.unwrap();
}
