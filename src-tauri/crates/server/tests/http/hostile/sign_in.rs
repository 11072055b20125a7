//! Guessing passwords: limited by address and by account, without keeping out a device that is known, and without telling who
//! has an account.

use super::{
    people::{PASSWORD, Town},
    witness,
};
use crate::plane::Said;
use domain::{Role, Secret};
use engine::TeamBounds;
use futures::future::join_all;
use reliability::rate_limit::RatePolicy;
use serde_json::{Value, json};
use server::TierPolicies;
use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};

const SESSIONS: &str = "/api/v1/sessions";
/// Tries that each address, each account and each device has.
const TRIES: u64 = 10;

/// A plane where only signing in is limited, as it is by default.
async fn town() -> Town {
    let wide = RatePolicy { limit: 1_000_000, ..RatePolicy::flood() };
    let limits = TierPolicies { open: wide, general: wide, expensive: wide, admin: wide, ..TierPolicies::default() };
    Town::limited(TeamBounds::default(), limits).await
}

/// Somebody at another address of this machine.
fn at(host: u8) -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy().local_address(Some(Ipv4Addr::new(127, 0, 0, host).into()));
    client.build().expect("a client")
}

async fn tries(town: &Town, client: &reqwest::Client, body: &Value) -> Said {
    Said::of(client.post(town.url(SESSIONS)).json(body)).await
}

fn wrong(email: &str) -> Value {
    json!({"email": email, "password": "a guess like any other"})
}

/// How many were let as far as the password, and how many were not.
fn counted(said: &[Said]) -> (u64, u64) {
    let count = |status: u16, code: &str| {
        let these = said.iter().filter(|said| said.status == status && said.json["error"]["code"] == code);
        u64::try_from(these.count()).expect("a number")
    };
    (count(401, "sign_in_refused"), count(429, "rate_limited"))
}

#[tokio::test]
async fn a_thousand_guesses_from_many_places_are_ten() {
    let town = town().await;
    let ana = town.member("team_home", "ana@example.org", Role::Admin).await;
    let mut said = Vec::new();
    for host in 2..52 {
        let client = at(host);
        // However the address is written, it is one account.
        let emails = ["ana@example.org", "ANA@example.org", "  ana@example.org ", "Ana@Example.Org"];
        let guesses = (0..20).map(|number| wrong(emails[number % emails.len()])).collect::<Vec<_>>();
        said.extend(join_all(guesses.iter().map(|body| tries(&town, &client, body))).await);
    }
    assert_eq!(counted(&said), (TRIES, 1_000 - TRIES), "ten guesses, from wherever they come");
    let right = json!({"email": ana.email, "password": PASSWORD});
    let stranger = tries(&town, &at(200), &right).await;
    stranger.assert_refused(429, "rate_limited", "a device that is not known");
    let wait: u64 = stranger.header("retry-after").parse().expect("how long to wait");
    assert!((1..=15 * 60).contains(&wait), "it is said when to come back: {wait} s");
    let forged = json!({"email": ana.email, "password": PASSWORD, "device": format!("bwr_{}", "0".repeat(64))});
    tries(&town, &at(201), &forged).await.assert_refused(429, "rate_limited", "a device that is made up");
    let other = town.member("team_home", "bo@example.org", Role::Admin).await;
    let borrowed = json!({"email": ana.email, "password": PASSWORD, "device": other.refresh});
    tries(&town, &at(202), &borrowed).await.assert_refused(429, "rate_limited", "the device of somebody else");
    let known = json!({"email": ana.email, "password": PASSWORD, "device": ana.refresh});
    let known = tries(&town, &at(203), &known).await;
    assert_eq!(known.status, 200, "a device that is known signs in at once: {}", known.text);
    // A device that is stolen has no more guesses than anybody.
    let stolen = json!({"email": ana.email, "password": "a guess like any other", "device": ana.refresh});
    let client = at(204);
    let said = join_all((0..20).map(|_| tries(&town, &client, &stolen))).await;
    assert_eq!(counted(&said), (TRIES - 1, 20 - (TRIES - 1)), "ten with the one that was right");
    witness::tells_of(&town, 1_000 + 3 + 20).await;
}

#[tokio::test]
async fn one_place_has_ten_guesses_however_many_accounts_it_tries() {
    let town = town().await;
    let client = at(77);
    let bodies: Vec<_> = (0..30).map(|number| wrong(&format!("p{number}@example.org"))).collect();
    let said = join_all(bodies.iter().map(|body| tries(&town, &client, body))).await;
    assert_eq!(counted(&said), (TRIES, 20), "ten guesses, at whomever they are");
    for header in ["x-forwarded-for", "x-real-ip", "forwarded", "true-client-ip"] {
        let disguised = client.post(town.url(SESSIONS)).header(header, "203.0.113.9").json(&wrong("q@example.org"));
        Said::of(disguised).await.assert_refused(429, "rate_limited", header);
    }
    let other = tries(&town, &at(78), &wrong("p0@example.org")).await;
    other.assert_refused(401, "sign_in_refused", "another place is not kept out");
    witness::tells_of(&town, 35).await;
}

#[tokio::test]
async fn invitations_give_no_further_guesses() {
    let town = town().await;
    let ana = town.member("team_home", "ana@example.org", Role::Admin).await;
    let mut said = Vec::new();
    for host in 2..6 {
        let team = town.team(&format!("Trap {host}")).await;
        let token = town.invitation(&team, &ana.email, Role::Viewer).await;
        let (client, body) = (at(host), json!({"token": token.expose(), "password": "a guess like any other"}));
        let url = town.url("/api/v1/invitations/accept");
        said.extend(join_all((0..5).map(|_| Said::of(client.post(&url).json(&body)))).await);
    }
    assert_eq!(counted(&said), (TRIES, 20 - TRIES), "a guess at a password is one, whatever it comes with");
    let direct = tries(&town, &at(9), &wrong(&ana.email)).await;
    direct.assert_refused(429, "rate_limited", "and they are the same ten as when signing in");
    witness::tells_of(&town, 21).await;
}

#[tokio::test]
async fn who_has_an_account_is_not_told_by_words_or_by_time() {
    let town = Town::new().await;
    let ana = town.member("team_home", "ana@example.org", Role::Admin).await;
    let time = async |email: &str| {
        let start = Instant::now();
        let refused = town.engine.sign_in(email, &Secret::new("a guess like any other".to_owned()), &"c".into()).await;
        assert!(refused.is_err(), "it does not fit");
        start.elapsed()
    };
    // In turn, so that a busy machine holds up both; the quickest of each was held up least.
    let (mut known, mut unknown) = (Duration::MAX, Duration::MAX);
    for _ in 0..15 {
        known = known.min(time(&ana.email).await);
        unknown = unknown.min(time("nobody@example.org").await);
    }
    let ratio = unknown.as_secs_f64() / known.as_secs_f64();
    assert!((0.5..2.0).contains(&ratio), "the same work is done for both: {known:?} and {unknown:?}");
    let bare = |said: &Said| {
        let mut json = said.json.clone();
        json["meta"] = Value::Null;
        (said.status, json)
    };
    let known = town.stranger(SESSIONS, &wrong(&ana.email)).await;
    let unknown = town.stranger(SESSIONS, &wrong("nobody@example.org")).await;
    known.assert_refused(401, "sign_in_refused", "a wrong password");
    assert_eq!(bare(&known), bare(&unknown), "the words are the same");
}
