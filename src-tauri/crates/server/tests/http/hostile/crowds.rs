//! Many who ask for the same at the same time: once is once, and no bound is passed by being quick.

use super::{
    people::{PASSWORD, Town},
    witness,
};
use crate::plane::{Said, gated};
use domain::Role;
use engine::TeamBounds;
use futures::future::join_all;
use serde_json::json;
use std::collections::BTreeSet;

fn few() -> TeamBounds {
    TeamBounds { open_runs: 5, members: 5, ..TeamBounds::default() }
}

/// How many were answered with this status.
fn count(said: &[Said], status: u16) -> u64 {
    u64::try_from(said.iter().filter(|said| said.status == status).count()).expect("a number")
}

#[tokio::test]
async fn eighty_creates_under_one_key_are_one_run_and_one_answer() {
    let town = Town::new().await;
    let ask = || town.ask("POST", "/api/v1/runs").header("idempotency-key", "the-one-and-only").json(&gated());
    let said = join_all((0..80).map(|_| Said::of(ask()))).await;
    let data: BTreeSet<_> = said
        .iter()
        .map(|said| {
            assert_eq!(said.status, 201, "each is answered alike: {}", said.text);
            let (_, data) = said.text.split_once("\"data\":").expect("data");
            data.split_once(",\"meta\":").expect("meta").0.to_owned()
        })
        .collect();
    assert_eq!(data.len(), 1, "byte by byte the same");
    let first = said.iter().filter(|said| said.header("idempotency-replayed").is_empty()).count();
    assert_eq!(first, 1, "one was the first, the others say that they repeat it");
    let list = town.get("/api/v1/runs").await;
    assert_eq!(list.json["data"]["items"].as_array().map(Vec::len), Some(1), "there is one run");
    let other = ask().json(&crate::plane::good());
    Said::of(other).await.assert_refused(422, "idempotency_mismatch", "the key with another plan");
    let started = witness::entries(&town).await.iter().filter(|entry| entry.act == "run.create").count();
    assert_eq!(started, 1, "the audit knows of one");
    witness::tells_of(&town, 1).await;
}

#[tokio::test]
async fn a_key_of_one_caller_is_nothing_to_another() {
    let town = Town::new().await;
    let ana = town.owner("team_home", "ana@example.org").await;
    let keyed = |request: reqwest::RequestBuilder| request.header("idempotency-key", "the-one-and-only").json(&gated());
    let ours = Said::of(keyed(town.ask("POST", "/api/v1/runs"))).await;
    let hers = Said::of(keyed(town.by(&ana, "POST", "/api/v1/runs"))).await;
    assert_eq!((ours.status, hers.status), (201, 201), "each has a run of their own");
    assert_ne!(ours.json["data"]["id"], hers.json["data"]["id"], "and not the other's");
}

#[tokio::test]
async fn fifty_creates_at_once_do_not_pass_the_bound_of_open_runs() {
    let town = Town::bounded(few()).await;
    let said = join_all((0..50).map(|_| Said::of(town.ask("POST", "/api/v1/runs").json(&gated())))).await;
    assert_eq!((count(&said, 201), count(&said, 409)), (5, 45), "five and no more");
    let refused = said.iter().find(|said| said.status == 409).expect("one was refused");
    refused.assert_refused(409, "team_has_too_many_runs", "the sixth");
    witness::tells_of(&town, 45).await;
}

#[tokio::test]
async fn fifty_invitations_at_once_do_not_pass_the_bound_of_members() {
    let town = Town::bounded(few()).await;
    let team = town.team("Alpha").await;
    let owner = town.owner(&team, "ana@example.org").await;
    let path = format!("/api/v1/teams/{team}/invitations");
    let said =
        join_all((0..50).map(|number| {
            let (town, owner, path) = (&town, &owner, &path);
            async move {
                town.acts(owner, path, &json!({"email": format!("p{number}@example.org"), "role": "viewer"})).await
            }
        }))
        .await;
    assert_eq!((count(&said, 201), count(&said, 409)), (4, 46), "the owner and four invitations");
    let refused = said.iter().find(|said| said.status == 409).expect("one was refused");
    refused.assert_refused(409, "team_is_full", "the sixth place");
    witness::tells_of(&town, 46).await;
}

#[tokio::test]
async fn fifty_acceptances_of_one_invitation_are_one_membership() {
    let town = Town::bounded(few()).await;
    let team = town.team("Alpha").await;
    let owner = town.owner(&team, "ana@example.org").await;
    // Somebody who has an account already, so that each of the fifty is one look at a password.
    let bo = town.member("team_home", "bo@example.org", Role::Member).await;
    let token = town.invitation(&team, &bo.email, Role::Member).await;
    let body = json!({"token": token.expose(), "password": PASSWORD});
    let said = join_all((0..50).map(|_| town.stranger("/api/v1/invitations/accept", &body))).await;
    assert_eq!(count(&said, 200), 1, "one came in");
    assert!(said.iter().all(|said| [200, 404, 409].contains(&said.status)), "the others are told why not");
    let people = town.reads(&owner, &format!("/api/v1/teams/{team}")).await;
    assert_eq!(people.json["data"]["members"].as_array().map(Vec::len), Some(2), "once in the team: {}", people.text);
    witness::tells_of(&town, 49).await;
}

#[tokio::test]
async fn acceptances_at_once_do_not_pass_the_bound_of_members() {
    let town = Town::bounded(few()).await;
    let team = town.team("Alpha").await;
    let owner = town.owner(&team, "ana@example.org").await;
    let mut tokens = Vec::new();
    for number in 0..4 {
        tokens.push(town.invitation(&team, &format!("p{number}@example.org"), Role::Member).await);
    }
    // Each token by several at once, as a crowd that shares them would.
    let said = join_all(tokens.iter().cycle().take(12).map(|token| {
        let body = json!({"token": token.expose(), "name": "Somebody", "password": PASSWORD});
        let town = &town;
        async move { town.stranger("/api/v1/invitations/accept", &body).await }
    }))
    .await;
    assert_eq!(
        count(&said, 200),
        4,
        "each invitation once: {:?}",
        said.iter().map(|said| said.status).collect::<Vec<_>>()
    );
    let people = town.reads(&owner, &format!("/api/v1/teams/{team}")).await;
    assert_eq!(people.json["data"]["members"].as_array().map(Vec::len), Some(5), "five and no more");
    witness::tells_of(&town, 8).await;
}

#[tokio::test]
async fn teams_that_are_founded_at_once_are_each_answered_with_their_own() {
    let town = Town::new().await;
    let ana = town.owner("team_home", "ana@example.org").await;
    let said = join_all((0..30).map(|number| {
        let (town, ana) = (&town, &ana);
        async move { (number, town.acts(ana, "/api/v1/teams", &json!({"name": format!("Team {number}")})).await) }
    }))
    .await;
    let mut ids = BTreeSet::new();
    for (number, said) in said {
        assert_eq!(said.status, 201, "{}", said.text);
        assert_eq!(said.json["data"]["name"], format!("Team {number}"), "the very team: {}", said.text);
        ids.insert(said.json["data"]["id"].to_string());
    }
    assert_eq!(ids.len(), 30, "thirty teams");
}
