//! Tokens that are forged, cut, over, taken back or used twice.

use super::{
    people::{PASSWORD, Person, Town},
    witness,
};
use crate::plane::{PATIENCE, Said, operator};
use domain::{NewApiKey, Permission, Role, Secret};
use futures::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;

const IDENTITY: &str = "/api/v1/identity";
const REFRESH: &str = "/api/v1/sessions/refresh";

async fn with(town: &Town, token: &str) -> Said {
    Said::of(town.bare("GET", IDENTITY).header("authorization", format!("Bearer {token}"))).await
}

async fn refresh(town: &Town, token: &str) -> Said {
    town.stranger(REFRESH, &json!({ "refresh_token": token })).await
}

fn text(said: &Said, name: &str) -> String {
    said.json["data"][name].as_str().expect("a token").to_owned()
}

#[tokio::test]
async fn a_token_that_is_not_the_very_one_is_none() {
    let town = Town::new().await;
    let ana = town.member("team_home", "ana@example.org", Role::Admin).await;
    assert_eq!(with(&town, &ana.access).await.status, 200, "the very token is let in");
    let (token, key) = (&ana.access, &town.token);
    let flipped = |token: &str| {
        let last = if token.ends_with('0') { "1" } else { "0" };
        format!("{}{last}", &token[..token.len() - 1])
    };
    let zeros = "0".repeat(64);
    let forged = [
        flipped(token),
        flipped(key),
        token[..token.len() - 1].to_owned(),
        format!("{token}0"),
        token.to_uppercase(),
        token.replace("bwa_", "bw_"),
        key.replace("bw_", "bwa_"),
        format!("bwa_{zeros}"),
        format!("bw_{zeros}"),
        ana.refresh.clone(),
        ana.refresh.replace("bwr_", "bwa_"),
        engine::accounts::fingerprint(&Secret::new(token.clone())),
        "' OR 1=1 --".to_owned(),
        "%".to_owned(),
        "null".to_owned(),
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbmEifQ.".to_owned(),
        "x".repeat(10_000),
    ];
    let many = forged.len();
    for forged in forged {
        with(&town, &forged).await.assert_refused(401, "unauthenticated", &forged[..forged.len().min(40)]);
    }
    for wrong in [token.as_str(), key, "bwr_", "", &flipped(&ana.refresh), &ana.refresh.to_uppercase()] {
        refresh(&town, wrong).await.assert_refused(401, "session_over", "a refresh token that is none");
    }
    assert_eq!(refresh(&town, &ana.refresh).await.status, 200, "none of that cost the session");
    witness::tells_of(&town, u64::try_from(many).expect("a number") + 6).await;
}

#[tokio::test]
async fn every_token_ends_when_it_says() {
    let town = Town::new().await;
    let ana = town.member("team_home", "ana@example.org", Role::Admin).await;
    let end = town.engine.caller(&ana.access).await.expect("known").map(|caller| caller.actor());
    assert_eq!(end.as_deref(), Some("ana@example.org"), "the session is open");
    let expires_at = Some(domain::Clock::now(&*town.clock).plus(Duration::from_hours(1)));
    let permissions = vec![Permission::Read];
    let new = NewApiKey { name: "hour".to_owned(), team: Some("team_home".to_owned()), permissions, expires_at };
    let key = town.engine.create_api_key(&new, None, &operator()).await.expect("a key").secret;

    town.clock.turn(Duration::from_secs(14 * 60 + 50));
    assert_eq!(with(&town, &ana.access).await.status, 200, "14:50 min: it holds");
    town.clock.turn(Duration::from_secs(11));
    with(&town, &ana.access).await.assert_refused(401, "unauthenticated", "15:01 min");
    assert_eq!(with(&town, key.expose()).await.status, 200, "the key holds");
    town.clock.turn(Duration::from_mins(45));
    with(&town, key.expose()).await.assert_refused(401, "unauthenticated", "a key after its hour");

    town.clock.turn(Duration::from_hours(29 * 24));
    let next = refresh(&town, &ana.refresh).await;
    assert_eq!(next.status, 200, "29 days: the session goes on: {}", next.text);
    town.clock.turn(Duration::from_hours(30 * 24) - Duration::from_secs(10));
    let last = refresh(&town, &text(&next, "refresh_token")).await;
    assert_eq!(last.status, 200, "each exchange gives 30 days more: {}", last.text);
    town.clock.turn(Duration::from_hours(30 * 24) + Duration::from_secs(1));
    refresh(&town, &text(&last, "refresh_token")).await.assert_refused(401, "session_over", "30 days and a second");
    witness::tells_of(&town, 3).await;
}

/// Opens the stream of everything.
async fn watch(town: &Town, token: &str) -> reqwest::Response {
    let response = town.bare("GET", "/api/v1/stream").bearer_auth(token).send().await.expect("an answer");
    assert_eq!(response.status().as_u16(), 200, "the stream opens");
    response
}

/// Fails unless a stream ends without more ado.
async fn ends(mut stream: reqwest::Response, what: &str) {
    let reading = async { while stream.chunk().await.expect("no break").is_some() {} };
    assert!(tokio::time::timeout(PATIENCE / 2, reading).await.is_ok(), "{what}: the stream ends");
}

#[tokio::test]
async fn a_refresh_token_that_comes_twice_ends_all_that_came_of_it() {
    let town = Town::new().await;
    let ana = town.member("team_home", "ana@example.org", Role::Admin).await;
    let bo = town.member("team_home", "bo@example.org", Role::Admin).await;
    let next = refresh(&town, &ana.refresh).await;
    let (access, second) = (text(&next, "access_token"), text(&next, "refresh_token"));
    let (stream, other) = (watch(&town, &access).await, watch(&town, &bo.access).await);
    refresh(&town, &ana.refresh).await.assert_refused(401, "session_over", "a token that was exchanged before");
    ends(stream, "a thief who watches").await;
    for (what, token) in [("the first", &ana.access), ("the second", &access)] {
        with(&town, token).await.assert_refused(401, "unauthenticated", what);
    }
    refresh(&town, &second).await.assert_refused(401, "session_over", "the token that nobody used yet");
    assert_eq!(with(&town, &bo.access).await.status, 200, "nobody else is touched");
    drop(other);
    let entries = witness::entries(&town).await;
    let revoked = entries.iter().filter(|entry| entry.act == "session.revoke").count();
    assert_eq!(revoked, 1, "the audit says why the session is over");
    witness::tells_of(&town, 4).await;
}

#[tokio::test]
async fn of_fifty_who_refresh_at_once_at_most_one_goes_on_and_then_nobody() {
    let town = Town::new().await;
    let ana = town.member("team_home", "ana@example.org", Role::Admin).await;
    let said = join_all((0..50).map(|_| refresh(&town, &ana.refresh))).await;
    let (went_on, refused): (Vec<_>, Vec<_>) = said.iter().partition(|said| said.status == 200);
    assert_eq!((went_on.len(), refused.len()), (1, 49), "one was the first");
    for said in refused {
        said.assert_refused(401, "session_over", "one of the others");
    }
    let only = went_on.first().expect("one went on");
    with(&town, &text(only, "access_token")).await.assert_refused(401, "unauthenticated", "the family is over");
    refresh(&town, &text(only, "refresh_token")).await.assert_refused(401, "session_over", "the family is over");
    with(&town, &ana.access).await.assert_refused(401, "unauthenticated", "the family is over");
    witness::tells_of(&town, 52).await;
}

/// A further session of somebody.
async fn again(town: &Town, person: &Person) -> Value {
    let said = town.stranger("/api/v1/sessions", &json!({"email": person.email, "password": PASSWORD})).await;
    assert_eq!(said.status, 200, "they sign in: {}", said.text);
    said.json["data"].clone()
}

#[tokio::test]
async fn who_signs_out_is_out_at_once() {
    let town = Town::new().await;
    let ana = town.member("team_home", "ana@example.org", Role::Admin).await;
    let other = again(&town, &ana).await;
    let other = other["access_token"].as_str().expect("a token");
    let stream = watch(&town, &ana.access).await;
    assert_eq!(town.acts(&ana, "/api/v1/sessions/end", &json!({})).await.status, 200, "they sign out");
    with(&town, &ana.access).await.assert_refused(401, "unauthenticated", "after signing out");
    town.acts(&ana, "/api/v1/sessions/end", &json!({})).await.assert_refused(
        401,
        "unauthenticated",
        "signing out again",
    );
    refresh(&town, &ana.refresh).await.assert_refused(401, "session_over", "going on after signing out");
    ends(stream, "after signing out").await;
    assert_eq!(with(&town, other).await.status, 200, "another device is still in");
    let everywhere = town.bare("POST", "/api/v1/sessions/end-all").bearer_auth(other);
    assert_eq!(Said::of(everywhere).await.status, 200, "they sign out everywhere");
    with(&town, other).await.assert_refused(401, "unauthenticated", "after signing out everywhere");
    witness::tells_of(&town, 4).await;
}

#[tokio::test]
async fn who_is_removed_sees_nothing_from_then_on() {
    let town = Town::new().await;
    let team = town.team("Alpha").await;
    let owner = town.owner(&team, "ana@example.org").await;
    let bo = town.member(&team, "bo@example.org", Role::Admin).await;
    let run = town.run_of(&owner, &team, &crate::plane::gated()).await;
    let stream = watch(&town, &bo.access).await;
    let remove = format!("/api/v1/teams/{team}/members/{}/remove", bo.member);
    assert_eq!(town.acts(&owner, &remove, &json!({})).await.status, 200, "bo is removed");
    ends(stream, "after the removal").await;
    for path in [format!("/api/v1/runs/{run}"), format!("/api/v1/teams/{team}"), format!("/api/v1/runs/{run}/stream")] {
        town.reads(&bo, &path).await.assert_refused(404, "not_found", &path);
    }
    town.reads(&bo, "/api/v1/runs").await.assert_refused(403, "forbidden", "runs of no team");
    witness::tells_of(&town, 4).await;
}
