//! Signing in and staying signed in: who is asked how often, and what happens when a token is not good any more.

use crate::bench::{Bench, context};
use client_fuzzyllama::FuzzyLlamaClient;
use control_plane::{ControlPlane, Error, RunFilter};
use futures::future::join_all;
use std::time::Duration;

const LOGIN: &str = "POST /api/auth/login";
const REFRESH: &str = "POST /api/auth/refresh";

async fn list(client: &FuzzyLlamaClient) -> Result<(), Error> {
    client.list_runs(&context(), &RunFilter::default()).await.map(|_| ())
}

/// Twenty calls at once, each through a clone of its own.
async fn many(client: &FuzzyLlamaClient) -> Vec<Result<(), Error>> {
    let clients: Vec<_> = (0..20).map(|_| client.clone()).collect();
    join_all(clients.iter().map(list)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_calls_with_an_expired_token_refresh_once() {
    let bench = Bench::new().await;
    let client = bench.client();
    assert!(many(&client).await.iter().all(Result::is_ok), "all are signed in");
    assert_eq!(bench.plane.asked(LOGIN), 1, "by one login");
    for round in 1..=3 {
        bench.plane.expire();
        bench.plane.gather(20);
        assert!(many(&client).await.iter().all(Result::is_ok), "nobody notices");
        let refused = bench.plane.asked("401 GET /api/projects");
        assert_eq!(refused, 20 * round, "though each of them was refused at first");
        assert_eq!(bench.plane.asked(REFRESH), round, "one refresh each time");
    }
    assert_eq!(bench.plane.asked(LOGIN), 1, "the password was needed once");
}

#[tokio::test]
async fn a_restart_of_the_plane_is_survived_by_the_password() {
    let bench = Bench::new().await;
    let client = bench.client();
    list(&client).await.expect("signed in");
    bench.plane.restart();
    list(&client).await.expect("the access token lives on");
    assert_eq!(bench.plane.asked(REFRESH), 0, "nothing had to be renewed");
    bench.plane.expire();
    list(&client).await.expect("the refresh token is revoked, the password is good");
    assert_eq!((bench.plane.asked(REFRESH), bench.plane.asked(LOGIN)), (1, 2), "one refresh, then one login");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_password_that_is_not_good_any_more_is_tried_once_for_all_who_wait() {
    let bench = Bench::new().await;
    let client = bench.client();
    list(&client).await.expect("signed in");
    bench.plane.change_password();
    bench.plane.restart();
    bench.plane.expire();
    bench.plane.gather(20);
    let before = bench.plane.asked(LOGIN);
    let outcomes = many(&client).await;
    assert!(outcomes.iter().all(|outcome| *outcome == Err(Error::Unauthorised)), "nobody is signed in: {outcomes:?}");
    let tried = bench.plane.asked(LOGIN) - before;
    assert_eq!(tried, 1, "those who waited share the refusal");
    assert_eq!(list(&client).await, Err(Error::Unauthorised), "whoever comes later may try again");
    assert_eq!(bench.plane.asked(LOGIN) - before, 2, "with the password");
    assert_eq!(bench.plane.asked(REFRESH), 1, "the refresh token is spent, and not sent a second time");
}

#[tokio::test]
async fn those_who_wait_for_a_first_sign_in_share_its_refusal() {
    let bench = Bench::new().await;
    let client = bench.client_with(Some("ops@example.com:Passw0rd2"));
    let calls: Vec<_> = (0..20)
        .map(|_| {
            tokio::spawn({
                let client = client.clone();
                async move { list(&client).await }
            })
        })
        .collect();
    for outcome in join_all(calls).await {
        assert_eq!(outcome.expect("no call panics"), Err(Error::Unauthorised), "nobody is signed in");
    }
    assert_eq!(bench.plane.asked(LOGIN), 1, "a wrong password is not sent twenty times");
}

#[tokio::test]
async fn a_wrong_password_is_unauthorised_and_the_plane_still_lives() {
    let bench = Bench::new().await;
    for wrong in ["ops@example.com:Passw0rd2", "ops@example.com:short", "nobody@example.com:Passw0rd1"] {
        let client = bench.client_with(Some(wrong));
        assert_eq!(list(&client).await, Err(Error::Unauthorised), "{wrong} opens nothing");
        let facts = client.facts(&context()).await.expect("it can be probed");
        assert_eq!(facts.live, Ok("200 ok".to_owned()), "liveness asks for no credential");
        assert_eq!(facts.ready, Err(Error::Unauthorised), "readiness is not claimed");
    }
}

#[tokio::test]
async fn an_access_token_serves_until_it_expires() {
    let bench = Bench::new().await;
    let client = bench.client_with(Some(&bench.plane.access_token()));
    list(&client).await.expect("the token is good");
    bench.plane.expire();
    assert_eq!(list(&client).await, Err(Error::Unauthorised), "there is nothing to renew it with");
    assert_eq!((bench.plane.asked(LOGIN), bench.plane.asked(REFRESH)), (0, 0), "and nobody tries");
}

#[tokio::test]
async fn what_is_no_credential_is_never_sent() {
    let bench = Bench::new().await;
    let refresh = bench.plane.refresh_token();
    for credential in [None, Some("hunter2"), Some("a.b.c"), Some("ops@example.com"), Some(refresh.as_str())] {
        let client = bench.client_with(credential);
        assert_eq!(list(&client).await, Err(Error::Unauthorised), "{credential:?} is no credential");
    }
    assert_eq!(bench.plane.asked_at_all(), 0, "nothing was asked");
}

#[tokio::test]
async fn a_call_is_repeated_only_once() {
    let bench = Bench::new().await;
    let client = bench.client();
    list(&client).await.expect("signed in");
    bench.plane.distrust();
    assert_eq!(list(&client).await, Err(Error::Unauthorised), "new tokens are not accepted either");
    assert_eq!(bench.plane.asked(REFRESH), 1, "one refresh is tried");
    assert_eq!(bench.plane.asked("401 GET /api/projects"), 2, "the call was sent twice and not more");
}

#[tokio::test]
async fn a_call_that_is_given_up_leaves_the_way_in_free() {
    let bench = Bench::new().await;
    let client = bench.client();
    // Wherever on its way a call is dropped, the next one finds nothing locked and no token lost for good.
    for millis in [0, 1, 2, 3, 4, 0, 1, 2, 3, 4] {
        let _ = tokio::time::timeout(Duration::from_millis(millis), list(&client)).await;
        list(&client).await.expect("the next call signs in");
        bench.plane.expire();
    }
}

#[tokio::test]
async fn no_secret_is_shown_by_debug() {
    let bench = Bench::new().await;
    let client = bench.client();
    list(&client).await.expect("signed in");
    let token = bench.plane.access_token();
    let shown = format!("{client:?} {:?}", bench.client_with(Some(&token)));
    for secret in ["Passw0rd1", "eyJ", token.as_str()] {
        assert!(!shown.contains(secret), "{secret} stays out of {shown}");
    }
}
