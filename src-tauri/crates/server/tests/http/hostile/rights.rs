//! People who want more than they have: invitations that are not theirs, rights that nobody may give, owners who cannot go.

use super::{
    people::{PASSWORD, Person, Town},
    witness,
};
use crate::plane::Said;
use domain::{Role, Secret};
use futures::future::join;
use serde_json::{Value, json};
use std::time::Duration;

const ACCEPT: &str = "/api/v1/invitations/accept";

async fn accept(town: &Town, token: &Secret, password: &str) -> Said {
    town.stranger(ACCEPT, &json!({"token": token.expose(), "name": "Cem", "password": password})).await
}

/// Everybody in a team, with their role.
async fn roles(town: &Town, owner: &Person, team: &str) -> Vec<(String, String)> {
    let said = town.reads(owner, &format!("/api/v1/teams/{team}")).await;
    let members = said.json["data"]["members"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    members.iter().map(|member| (text(&member["email"]), text(&member["role"]))).collect()
}

#[tokio::test]
async fn an_invitation_is_for_one_person_and_good_once() {
    let town = Town::new().await;
    let team = town.team("Alpha").await;
    let owner = town.owner(&team, "ana@example.org").await;
    let bo = town.member("team_home", "bo@example.org", Role::Member).await;
    // Whoever has an account shows its password; who else holds the token cannot make themselves that person.
    let for_bo = town.invitation(&team, &bo.email, Role::Admin).await;
    accept(&town, &for_bo, "another password").await.assert_refused(401, "sign_in_refused", "a token of somebody else");
    assert_eq!(roles(&town, &owner, &team).await.len(), 1, "nobody came in by it");
    assert_eq!(accept(&town, &for_bo, PASSWORD).await.status, 200, "bo comes in");
    accept(&town, &for_bo, PASSWORD).await.assert_refused(404, "not_found", "the same once more");
    let cancelled = town.invitation(&team, "cem@example.org", Role::Viewer).await;
    let people = town.reads(&owner, &format!("/api/v1/teams/{team}")).await.json;
    let id = people["data"]["invitations"][0]["id"].as_str().expect("an id");
    let cancel = format!("/api/v1/teams/{team}/invitations/{id}/cancel");
    assert_eq!(town.acts(&owner, &cancel, &json!({})).await.status, 200, "it is taken back");
    accept(&town, &cancelled, PASSWORD).await.assert_refused(404, "not_found", "after it was taken back");
    town.acts(&owner, &cancel, &json!({})).await.assert_refused(404, "not_found", "taking it back again");
    let replaced = town.invitation(&team, "cem@example.org", Role::Admin).await;
    let newer = town.invitation(&team, "cem@example.org", Role::Viewer).await;
    accept(&town, &replaced, PASSWORD).await.assert_refused(404, "not_found", "one that a newer one replaced");
    town.clock.turn(Duration::from_hours(7 * 24) + Duration::from_secs(1));
    accept(&town, &newer, PASSWORD).await.assert_refused(404, "not_found", "after its week");
    for forged in ["", "bwi_", &format!("bwi_{}", "0".repeat(64)), &owner.refresh, &town.token] {
        let said = accept(&town, &Secret::new(forged.to_owned()), PASSWORD).await;
        said.assert_refused(404, "not_found", "a token that is none");
    }
    witness::tells_of(&town, 11).await;
}

#[tokio::test]
async fn nobody_gives_what_they_do_not_have() {
    let town = Town::new().await;
    let team = town.team("Alpha").await;
    let owner = town.owner(&team, "ana@example.org").await;
    let admin = town.member(&team, "bo@example.org", Role::Admin).await;
    let peer = town.member(&team, "cem@example.org", Role::Admin).await;
    let viewer = town.member(&team, "dee@example.org", Role::Viewer).await;
    let at = |member: &Person, what: &str| format!("/api/v1/teams/{team}/members/{}/{what}", member.member);
    let less = json!({"permissions": ["read", "admin"]});
    assert_eq!(town.acts(&owner, &at(&admin, "permissions"), &less).await.status, 200, "bo may do less from now on");
    let before = witness::done(&town).await;
    let all = json!({"permissions": ["read", "write", "delete", "admin"]});
    let invite = |role: &str| json!({"email": "x@example.org", "role": role});
    let invitations = format!("/api/v1/teams/{team}/invitations");
    let key = |permissions: Value| json!({"name": "k", "team": team, "permissions": permissions});
    let cases = [
        ("themselves more", at(&admin, "permissions"), all.clone(), 403),
        ("themselves the role again", at(&admin, "role"), json!({"role": "admin"}), 403),
        ("themselves what the role allows", at(&admin, "permissions"), json!({}), 403),
        ("a viewer more", at(&viewer, "permissions"), all.clone(), 403),
        ("a viewer another role", at(&viewer, "role"), json!({"role": "admin"}), 403),
        ("a viewer the team", at(&viewer, "role"), json!({"role": "owner"}), 409),
        ("a peer who may more less", at(&peer, "role"), json!({"role": "viewer"}), 403),
        ("a peer who may more nothing", at(&peer, "remove"), json!({}), 403),
        ("a friend more", invitations.clone(), invite("admin"), 403),
        ("a friend the work", invitations.clone(), invite("member"), 403),
        ("a friend the team", invitations.clone(), invite("owner"), 409),
        ("a key more", "/api/v1/api-keys".to_owned(), key(json!(["delete"])), 403),
        ("a key of the plane", "/api/v1/api-keys".to_owned(), json!({"name": "k", "permissions": ["write"]}), 403),
        ("the owner another role", at(&owner, "role"), json!({"role": "viewer"}), 409),
        ("the owner less", at(&owner, "permissions"), json!({"permissions": ["read"]}), 409),
        ("the owner nothing", at(&owner, "remove"), json!({}), 409),
        ("the team away", format!("/api/v1/teams/{team}/transfer"), json!({"member": admin.member}), 403),
        ("the team up", format!("/api/v1/teams/{team}/delete"), json!({}), 403),
    ];
    let many = cases.len();
    for (what, path, body, status) in cases {
        let said = town.acts(&admin, &path, &body).await;
        let code = if status == 403 { "forbidden" } else { "owner_by_transfer" };
        said.assert_refused(status, code, what);
    }
    for path in
        [at(&viewer, "role"), invitations, "/api/v1/api-keys".to_owned(), format!("/api/v1/teams/{team}/rename")]
    {
        town.acts(&viewer, &path, &json!({})).await.assert_refused(403, "forbidden", &path);
    }
    assert_eq!(witness::done(&town).await, before, "nothing was done");
    witness::tells_of(&town, u64::try_from(many).expect("a number") + 4).await;
}

#[tokio::test]
async fn a_team_keeps_its_owner_whatever_is_tried_at_once() {
    let town = Town::new().await;
    let team = town.team("Alpha").await;
    let owner = town.owner(&team, "ana@example.org").await;
    let mut refused = 0;
    for round in 0..10 {
        let (bo, cem) = (format!("bo{round}@example.org"), format!("cem{round}@example.org"));
        let bo = town.member(&team, &bo, Role::Admin).await;
        let cem = town.member(&team, &cem, Role::Admin).await;
        let demote = |member: &Person| format!("/api/v1/teams/{team}/members/{}/role", member.member);
        let viewer = json!({"role": "viewer"});
        let (bo_path, cem_path) = (demote(&bo), demote(&cem));
        let (one, other) = join(town.acts(&bo, &cem_path, &viewer), town.acts(&cem, &bo_path, &viewer)).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 403], "whoever was second had nothing left to do it with");
        refused += 1;
    }
    let owners = roles(&town, &owner, &team).await.into_iter().filter(|(_, role)| role == "owner").count();
    assert_eq!(owners, 1, "the owner is untouched");
    let leave = format!("/api/v1/teams/{team}/leave");
    town.acts(&owner, &leave, &json!({})).await.assert_refused(409, "owner_stays", "the owner cannot leave");
    // The owner gives the team away and leaves, both at once and more than once: an owner is left in every order.
    let next = town.member(&team, "dee@example.org", Role::Admin).await;
    let (transfer, to_next) = (format!("/api/v1/teams/{team}/transfer"), json!({"member": next.member}));
    let tries = (0..20).map(|count| {
        let (town, owner, transfer, leave, to_next) = (&town, &owner, &transfer, &leave, &to_next);
        async move {
            if count % 2 == 0 {
                town.acts(owner, transfer, to_next).await
            } else {
                town.acts(owner, leave, &json!({})).await
            }
        }
    });
    let said = futures::future::join_all(tries).await;
    refused += 1 + u64::try_from(said.iter().filter(|said| said.status != 200).count()).expect("a number");
    let owners: Vec<_> = roles(&town, &next, &team).await.into_iter().filter(|(_, role)| role == "owner").collect();
    assert_eq!(owners, [(next.email.clone(), "owner".to_owned())], "there is one owner");
    witness::tells_of(&town, refused).await;
}
