//! Connections: judged as a whole, tokens in the keychain or nowhere.

use crate::bench::{Bench, edit_of, quick};
use console::{
    Pace, SyncMode,
    view::{AddConnection, ConnectionRef, ConnectionView, EditConnection, HopResult, RunQuery, TestConnection},
};
use credentials::{CredentialStore as _, Error as KeychainError};
use domain::{Connection, ConnectionState, CredentialState, Environment, Secret, SystemClock};
use std::{sync::Arc, time::Duration};
use testkit::{FakeControlPlane, Route, eventually};

fn staging() -> AddConnection {
    AddConnection {
        name: "staging".into(),
        base_url: "https://plane.example.com/".into(),
        kind: None,
        environment: Environment::Prod,
        read_only: None,
        token: Some("hunter2hunter2".into()),
        session_only: false,
    }
}

#[tokio::test]
async fn every_fault_is_named_at_once_and_nothing_is_kept() {
    let bench = Bench::on_demand().await;
    let bad = AddConnection {
        name: "local".into(),
        base_url: "http://u:p@far.example?x".into(),
        token: Some("a\nb".into()),
        ..staging()
    };
    let error = bench.console.add_connection(bad).await.unwrap_err();
    let rules: Vec<_> = error.faults.iter().map(|fault| (fault.path.as_str(), fault.rule.as_str())).collect();
    let all = [
        ("name", "unique"),
        ("base_url", "userinfo"),
        ("base_url", "query"),
        ("base_url", "https"),
        ("token", "characters"),
    ];
    assert_eq!(rules, all, "one look shows all that is wrong");
    assert_eq!(bench.console.connections(()).await.unwrap().len(), 1, "only the built-in connection is there");
}

#[tokio::test]
async fn a_token_is_in_the_keychain_and_nowhere_else() {
    let bench = Bench::on_demand().await;
    let view = bench.console.add_connection(staging()).await.unwrap();
    assert_eq!(view.connection.credential, CredentialState::Keychain, "it says where the token is");
    assert!(view.connection.read_only, "production starts locked");
    assert_eq!(view.connection.base_url, "https://plane.example.com", "one form of an address");
    let name = format!("connection:{}", view.connection.id);
    assert!(bench.keychain.get(&name).await.unwrap().is_some(), "the keychain has it");
    for entry in std::fs::read_dir(bench.cache_file().parent().unwrap()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(7).any(|part| part == b"hunter2"), "no file has it");
    }
    bench.console.remove_connection(ConnectionRef { connection: "staging".into() }).await.unwrap();
    assert!(bench.keychain.get(&name).await.unwrap().is_none(), "it is forgotten with its connection");
    assert_eq!(bench.console.connections(()).await.unwrap().len(), 1, "and so is the connection");
}

#[tokio::test]
async fn without_a_keychain_a_token_is_kept_for_this_session_only_if_a_person_says_so() {
    let bench = Bench::on_demand().await;
    bench
        .keychain
        .fail_next_call(KeychainError::Denied { reason: "It is locked.".into(), remedy: "Unlock it.".into() });
    let error = bench.console.add_connection(staging()).await.unwrap_err();
    assert_eq!(error.code, "keychain_unavailable", "faces offer the session on this code");
    assert_eq!(bench.console.connections(()).await.unwrap().len(), 1, "nothing is half-added");
    let view = bench.console.add_connection(AddConnection { session_only: true, ..staging() }).await.unwrap();
    assert_eq!(view.connection.credential, CredentialState::Session, "it is in memory");
}

#[tokio::test]
async fn the_built_in_connection_stays() {
    let bench = Bench::on_demand().await;
    let error = bench.console.remove_connection(ConnectionRef { connection: "local".into() }).await.unwrap_err();
    assert_eq!(error.code, "invalid", "it belongs to the program");
}

#[tokio::test]
async fn an_added_connection_is_watched_until_it_is_removed() {
    let bench = Bench::live().await;
    bench.console.add_connection(staging()).await.unwrap();
    eventually("two feeds", async || (bench.plane.open_feeds() == 2).then_some(())).await;
    bench.console.remove_connection(ConnectionRef { connection: "staging".into() }).await.unwrap();
    eventually("one feed", async || (bench.plane.open_feeds() == 1).then_some(())).await;
}

#[tokio::test]
async fn a_test_tells_the_hop_at_which_it_stopped() {
    let bench = Bench::on_demand().await;
    let test = |token: Option<&str>| TestConnection {
        connection: None,
        base_url: Some("https://plane.example.com".into()),
        environment: None,
        token: token.map(Into::into),
    };
    let stopped = bench.console.test_connection(test(None)).await.unwrap();
    assert_eq!(stopped.hops.last().map(|hop| hop.result), Some(HopResult::Needed), "a person has to do something");
    assert_eq!(stopped.error.map(|error| error.code).as_deref(), Some("unauthenticated"), "namely sign in");
    assert!(bench.console.test_connection(test(Some("secret"))).await.unwrap().passed, "with a token it passes");
    let error = bench
        .console
        .test_connection(TestConnection { connection: None, base_url: None, environment: None, token: None })
        .await
        .unwrap_err();
    assert_eq!(error.code, "invalid", "something has to be named");
}

#[tokio::test]
async fn a_token_never_goes_to_a_place_that_it_was_not_entered_for() {
    let bench = Bench::on_demand().await;
    let id = bench.console.add_connection(staging()).await.unwrap().connection.id;
    let test = async |base_url: Option<&str>, environment, token: Option<&str>| {
        let (connection, base_url, token) = (Some("staging".into()), base_url.map(Into::into), token.map(Into::into));
        bench.console.test_connection(TestConnection { connection, base_url, environment, token }).await
    };
    assert!(test(None, None, None).await.unwrap().passed, "the stored token is used where it was entered for");
    assert!(test(Some("https://plane.example.com/base"), None, None).await.unwrap().passed, "the same origin");
    let foreign = test(Some("https://evil.example.com"), None, None).await.unwrap();
    assert_eq!(foreign.hops[0].result, HopResult::Needed, "another host is asked without the stored token");
    let error = test(Some("http://10.0.0.8"), None, Some("secret")).await.unwrap_err();
    assert_eq!(error.faults[0].rule, "https", "a token is not sent in clear text");
    let vouched = test(Some("http://10.0.0.8"), Some(Environment::Local), Some("secret")).await.unwrap();
    assert!(vouched.passed, "unless the operator vouches for the way");

    let edit = |base_url: &str, token: Option<&str>| EditConnection {
        connection: "staging".into(),
        name: None,
        base_url: Some(base_url.into()),
        environment: None,
        read_only: None,
        token: token.map(Into::into),
        session_only: false,
        poll_every_ms: None,
    };
    let same = bench.console.edit_connection(edit("https://plane.example.com:443/base", None)).await.unwrap();
    assert_eq!(same.connection.credential, CredentialState::Keychain, "the same origin keeps its token");
    bench.keychain.fail_next_call(locked());
    let error = bench.console.edit_connection(edit("https://other.example.com", None)).await.unwrap_err();
    assert_eq!(error.code, "keychain_unavailable", "a token that stays would go to the new host");
    let moved = bench.console.edit_connection(edit("https://other.example.com", None)).await.unwrap();
    assert_eq!(moved.connection.credential, CredentialState::Missing, "a new host needs its own token");
    assert!(bench.keychain.get(&format!("connection:{id}")).await.unwrap().is_none(), "the old one is deleted");
    let again = bench.console.edit_connection(edit("https://third.example.com", Some("new"))).await.unwrap();
    assert_eq!(again.connection.credential, CredentialState::Keychain, "which may be given at the same time");
}

#[tokio::test]
async fn a_connection_that_another_process_added_is_taken_up() {
    let bench = Bench::live().await;
    let other = cache::Cache::open(&bench.cache_file()).await;
    let mut connection = bench.local().await.connection;
    connection.id = "con_other".into();
    connection.name = "other".into();
    connection.built_in = false;
    other.writer().add_connection(&connection).await.unwrap();
    eventually("two feeds", async || (bench.plane.open_feeds() == 2).then_some(())).await;
    other.writer().remove_connection(&connection.id).await.unwrap();
    eventually("one feed", async || (bench.plane.open_feeds() == 1).then_some(())).await;
}

fn locked() -> KeychainError {
    KeychainError::Denied { reason: "It is locked.".into(), remedy: "Unlock it.".into() }
}

#[tokio::test]
async fn a_connection_is_not_removed_while_its_token_would_stay_behind() {
    let bench = Bench::on_demand().await;
    bench.console.add_connection(staging()).await.unwrap();
    let remove = async || bench.console.remove_connection(ConnectionRef { connection: "staging".into() }).await;
    bench.keychain.fail_next_call(locked());
    assert_eq!(remove().await.unwrap_err().code, "keychain_unavailable", "a token nobody knows of would stay");
    assert_eq!(bench.console.connections(()).await.unwrap().len(), 2, "the connection is still there to be removed");
    remove().await.unwrap();

    bench.console.add_connection(AddConnection { token: None, ..staging() }).await.unwrap();
    bench.keychain.fail_next_call(locked());
    remove().await.unwrap();
    assert_eq!(bench.console.connections(()).await.unwrap().len(), 1, "without a token nothing can stay behind");
}

#[tokio::test]
async fn a_keychain_out_of_reach_is_not_told_as_a_missing_token() {
    let bench = Bench::on_demand().await;
    bench.console.add_connection(staging()).await.unwrap();
    bench.keychain.fail_next_call(locked());
    let status = bench.console.connections(()).await.unwrap().remove(1).status;
    let error = status.error.unwrap();
    assert_eq!(error.code, "keychain_unavailable", "nobody has to enter a token that is there");
    assert!(error.message.contains("It is locked."), "the reason is passed on: {}", error.message);
    let status = bench.console.connections(()).await.unwrap().remove(1).status;
    assert_eq!(status.state, ConnectionState::Polled, "once it is unlocked the token is read");
}

#[tokio::test]
async fn each_face_is_offered_what_it_has_once() {
    for (bench, way, other) in [
        (Bench::on_demand().await, "BREAKWATER_TOKEN", "session"),
        (Bench::live().await, "session", "BREAKWATER_TOKEN"),
    ] {
        bench.keychain.fail_next_call(locked());
        let hint = bench.console.add_connection(staging()).await.unwrap_err().hint.unwrap();
        assert_eq!((hint.matches(way).count(), hint.matches(other).count()), (1, 0), "{hint}");
    }
}

#[tokio::test]
async fn a_token_that_is_lent_is_used_and_written_nowhere() {
    let bench = Bench::on_demand().await;
    let view = bench.console.add_connection(AddConnection { token: None, ..staging() }).await.unwrap();
    *bench.token.lock() = Some("lent".into());
    let state = async || bench.console.connections(()).await.unwrap().remove(1).status.state;
    assert_eq!(state().await, ConnectionState::SignedOut, "without it the plane refuses");
    bench.console.lend_token(&"staging".into(), Secret::new("lent")).await.unwrap();
    assert_eq!(state().await, ConnectionState::Polled, "with it the plane answers");
    let kept = bench.keychain.get(&format!("connection:{}", view.connection.id)).await.unwrap();
    assert!(kept.is_none(), "it is gone with this process");
}

async fn until(bench: &Bench, wanted: ConnectionState) -> ConnectionView {
    eventually(&format!("staging to be {wanted:?}"), async || {
        let all = bench.console.connections(()).await.unwrap();
        all.into_iter().find(|view| view.connection.name == "staging" && view.status.state == wanted)
    })
    .await
}

#[tokio::test]
async fn a_connection_that_is_signed_out_does_not_wait_once_its_token_is_there() {
    let hour = Duration::from_hours(1);
    for by_test in [true, false] {
        let pace = Pace { reconnect_first: hour, reconnect_longest: hour, ..quick() };
        let bench = Bench::over(FakeControlPlane::new(Arc::new(SystemClock)), SyncMode::Live, pace).await;
        *bench.token.lock() = Some("right".into());
        bench.console.add_connection(AddConnection { token: None, ..staging() }).await.unwrap();
        let view = until(&bench, ConnectionState::SignedOut).await;
        let name = format!("connection:{}", view.connection.id);
        bench.keychain.set(&name, &Secret::new("right")).await.unwrap();
        if by_test {
            let wanted =
                TestConnection { connection: Some("staging".into()), base_url: None, environment: None, token: None };
            assert!(bench.console.test_connection(wanted).await.unwrap().passed, "the new token is accepted");
        } else {
            // What a terminal leaves behind when it is given a token.
            let other = cache::Cache::open(&bench.cache_file()).await;
            let edited = Connection { credential: CredentialState::Keychain, ..view.connection };
            other.writer().edit_connection(&edited).await.unwrap();
        }
        until(&bench, ConnectionState::Live).await;
    }
}

#[tokio::test]
async fn a_token_that_was_entered_elsewhere_is_read_by_the_next_session() {
    let bench = Bench::live().await;
    *bench.token.lock() = Some("right".into());
    let view = bench.console.add_connection(AddConnection { token: None, ..staging() }).await.unwrap();
    until(&bench, ConnectionState::SignedOut).await;
    let name = format!("connection:{}", view.connection.id);
    bench.keychain.set(&name, &Secret::new("right")).await.unwrap();
    let view = until(&bench, ConnectionState::Live).await;
    assert_eq!(view.connection.credential, CredentialState::Keychain, "the token was found where another put it");
}

#[tokio::test]
async fn an_edit_answers_with_the_runs_that_are_there() {
    let bench = Bench::on_demand().await;
    bench.plane.begin("one", &["a"]);
    bench.console.runs(RunQuery::default()).await.unwrap();
    let again = Bench::on_demand().await;
    assert_eq!(again.lock().await.cached_runs, 0, "none is none");
    assert_eq!(bench.lock().await.cached_runs, 1, "one is one, although no list was shown before");
}

#[tokio::test]
async fn by_what_a_plane_was_recognised_is_kept_until_it_is_another_place() {
    let bench = Bench::on_demand().await;
    let because = |view: &ConnectionView| view.connection.recognised_by.clone();
    let view = bench.console.add_connection(staging()).await.unwrap();
    assert_eq!(because(&view).as_deref(), Some("it answers as ours does"), "what the address itself told");
    let named = AddConnection { name: "named".into(), kind: Some(domain::ControlPlaneKind::Breakwater), ..staging() };
    let view = bench.console.add_connection(named).await.unwrap();
    assert_eq!(because(&view), None, "somebody said so, and nothing was recognised");
    let test = TestConnection { connection: Some("named".into()), base_url: None, environment: None, token: None };
    bench.console.test_connection(test).await.unwrap();
    let of = async |bench: &Bench, name: &str| {
        let views = bench.console.connections(()).await.unwrap();
        views.into_iter().find(|view| view.connection.name == name).unwrap()
    };
    assert_eq!(because(&of(&bench, "named").await).as_deref(), Some("it answers as ours does"), "a test confirms it");
    let bench = bench.again(SyncMode::OnDemand).await;
    assert!(because(&of(&bench, "staging").await).is_some(), "another start knows it");
    let moved = EditConnection { base_url: Some("https://other.example.com".into()), ..edit_of("staging") };
    let view = bench.console.edit_connection(moved).await.unwrap();
    assert_eq!(because(&view), None, "what is at the other place was not looked at");
}

#[tokio::test]
async fn a_plane_that_tells_nothing_by_itself_is_asked_as_often_as_was_chosen() {
    let plane = FakeControlPlane::new(Arc::new(SystemClock));
    plane.fall_silent();
    let bench = Bench::over(plane.clone(), SyncMode::Live, quick()).await;
    bench.until(ConnectionState::Polled).await;
    let every = async |millis: u32| {
        let edit = EditConnection { poll_every_ms: Some(millis), ..edit_of("local") };
        bench.console.edit_connection(edit).await
    };
    for bad in [1, 999, 600_001] {
        let error = every(bad).await.unwrap_err();
        assert_eq!(error.faults[0].path, "poll_every_ms", "{bad} ms is refused");
    }
    every(600_000).await.unwrap();
    let chosen = async |wanted: Option<u64>| {
        eventually("the choice to be heeded", async || {
            let view = bench.local().await;
            let heeded = wanted.map_or(view.asks_every_ms < Some(1_000), |wanted| view.asks_every_ms == Some(wanted));
            heeded.then_some(())
        })
        .await;
    };
    chosen(Some(600_000)).await;
    let asked = plane.calls(Route::ListRuns);
    tokio::time::sleep(quick().poll_longest * 10).await;
    let more = plane.calls(Route::ListRuns) - asked;
    assert!(more <= 2, "but for a question that was due already it is left alone for that long: {more}");
    every(0).await.unwrap();
    chosen(None).await;
}
