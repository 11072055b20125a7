//! Members of one team in front of another: whatever they name of it answers as if it had never been, and no list, count or
//! stream gives any of it away.

use super::{
    people::{Person, Town},
    witness,
};
use crate::plane::{Said, failing, gated, operator};
use control_plane_api::{Method, Need, Operation, paths::fill};
use domain::{MadeApiKey, NewApiKey, Permission, Role};
use serde_json::{Value, json};

/// Two teams with one of everything, and a stranger who owns the other one.
struct Scene {
    town: Town,
    team: String,
    owner: Person,
    member: Person,
    invitation: String,
    run: String,
    step: String,
    key: MadeApiKey,
    stranger: Person,
    own: String,
}

async fn key(town: &Town, team: &str) -> MadeApiKey {
    let permissions = Permission::ALL.to_vec();
    let new = NewApiKey { name: "ci".to_owned(), team: Some(team.to_owned()), permissions, expires_at: None };
    town.engine.create_api_key(&new, None, &operator()).await.expect("a key")
}

async fn scene() -> Scene {
    let town = Town::new().await;
    let (team, own) = (town.team("Alpha").await, town.team("Beta").await);
    let owner = town.owner(&team, "ana@example.org").await;
    let member = town.member(&team, "bo@example.org", Role::Member).await;
    let stranger = town.owner(&own, "zoe@example.org").await;
    town.invitation(&team, "cem@example.org", Role::Viewer).await;
    let people = town.reads(&owner, &format!("/api/v1/teams/{team}")).await.json;
    let invitation = people["data"]["invitations"][0]["id"].as_str().expect("an invitation").to_owned();
    let run = town.run_of(&owner, &team, &gated()).await;
    let step = town.reads(&owner, &format!("/api/v1/runs/{run}")).await.json["data"]["steps"][0]["id"].clone();
    let step = step.as_str().expect("a step").to_owned();
    let failed = town.run_of(&owner, &team, &failing()).await;
    town.until(&failed, "failed").await;
    let key = key(&town, &team).await;
    Scene { town, team, owner, member, invitation, run, step, key, stranger, own }
}

/// A body of the right shape for every operation.
fn body(operation: Operation, scene: &Scene) -> Value {
    match operation {
        Operation::RenameTeam => json!({"name": "Mine"}),
        Operation::TransferTeam => json!({"member": scene.member.member}),
        Operation::InviteMember => json!({"email": "x@example.org", "role": "viewer"}),
        Operation::ChangeRole => json!({"role": "viewer"}),
        Operation::SetPermissions => json!({"permissions": ["read"]}),
        _ => json!({"reason": "because"}),
    }
}

/// An answer without what names the thing and the moment, for comparing.
fn bare(said: &Said, ids: &[&str]) -> String {
    let mut json = said.json.clone();
    json["meta"] = Value::Null;
    ids.iter().fold(format!("{} {json}", said.status), |text, id| text.replace(id, "ID"))
}

/// An id of the same kind that never was.
fn never(id: &str) -> String {
    let (kind, rest) = id.rsplit_once('_').expect("a kind");
    format!("{kind}_{}", "0".repeat(rest.len()))
}

#[tokio::test]
async fn what_belongs_to_others_answers_as_if_it_had_never_been() {
    let scene = scene().await;
    let before = witness::done(&scene.town).await;
    let mut refused = 0;
    let ours = key(&scene.town, &scene.own).await;
    let tokens = [&scene.stranger.access, ours.secret.expose()];
    for &operation in Operation::ALL {
        let names: Vec<_> = operation.parameters().collect();
        let needs_team = matches!(operation.need(), Need::InTeam(_) | Need::Owner);
        if names.is_empty() || !needs_team {
            continue;
        }
        let real = |name: &str| match name {
            "team" => scene.team.clone(),
            "run" => scene.run.clone(),
            "step" => scene.step.clone(),
            "member" => scene.member.member.clone(),
            "invitation" => scene.invitation.clone(),
            "key" => scene.key.key.id.clone(),
            _ => "echo".to_owned(),
        };
        // Templates and breakers are the plane's own, and everybody's to look at.
        if matches!(operation, Operation::FillTemplate | Operation::BreakerEvents) {
            continue;
        }
        let theirs: Vec<_> = names.iter().map(|name| real(name)).collect();
        let none: Vec<_> = theirs.iter().map(|id| never(id)).collect();
        for token in tokens {
            let ask = async |values: &[String]| {
                let values: Vec<_> = values.iter().map(String::as_str).collect();
                let path = fill(operation.path(), &values).expect("a path");
                let mut request = scene.town.bare(operation.method().as_str(), &path).bearer_auth(token);
                if operation.method() == Method::Post {
                    request = request.json(&body(operation, &scene));
                }
                Said::of(request).await
            };
            let (found, missing) = (ask(&theirs).await, ask(&none).await);
            refused += 2;
            let ids: Vec<_> = theirs.iter().chain(&none).map(String::as_str).collect();
            assert_eq!(bare(&found, &ids), bare(&missing, &ids), "{}: no difference is seen", operation.id());
            let names: Vec<_> = found.headers.keys().map(ToString::to_string).collect();
            let others: Vec<_> = missing.headers.keys().map(ToString::to_string).collect();
            assert_eq!(names, others, "{}: nor in the headers", operation.id());
            found.assert_refused(404, "not_found", operation.id());
        }
    }
    assert!(refused > 60, "every path was tried: {refused}");
    // One more key was made by the scene itself.
    assert_eq!(witness::done(&scene.town).await, before + 1, "nothing was done");
    witness::tells_of(&scene.town, refused).await;
}

#[tokio::test]
async fn what_belongs_to_others_is_not_found_under_a_team_of_ones_own() {
    let scene = scene().await;
    let (own, before) = (&scene.own, witness::done(&scene.town).await);
    let at = |tail: &str| format!("/api/v1/teams/{own}/{tail}");
    let (member, invitation) = (&scene.member.member, &scene.invitation);
    let cases = [
        (at(&format!("members/{member}/role")), json!({"role": "viewer"}), member),
        (at(&format!("members/{member}/permissions")), json!({"permissions": ["read"]}), member),
        (at(&format!("members/{member}/remove")), json!({}), member),
        (at(&format!("invitations/{invitation}/cancel")), json!({}), invitation),
        (at("transfer"), json!({"member": member}), member),
    ];
    let mut refused = 0;
    for (path, body, id) in &cases {
        let none = never(id);
        let swap = |text: &str| text.replace(id.as_str(), &none);
        let found = scene.town.acts(&scene.stranger, path, body).await;
        let other: Value = serde_json::from_str(&swap(&body.to_string())).expect("JSON");
        let missing = scene.town.acts(&scene.stranger, &swap(path), &other).await;
        found.assert_refused(404, "not_found", path);
        assert_eq!(bare(&found, &[id, &none]), bare(&missing, &[id, &none]), "{path}: no difference is seen");
        refused += 2;
    }
    let for_others = json!({"name": "k", "team": scene.team, "permissions": ["read"]});
    scene.town.acts(&scene.stranger, "/api/v1/api-keys", &for_others).await.assert_refused(404, "not_found", "a key");
    let run = format!("/api/v1/runs?team={}", scene.team);
    scene.town.acts(&scene.stranger, &run, &gated()).await.assert_refused(404, "not_found", "a run");
    assert_eq!(witness::done(&scene.town).await, before, "nothing was done");
    witness::tells_of(&scene.town, refused + 2).await;
    let people = scene.town.reads(&scene.owner, &format!("/api/v1/teams/{}", scene.team)).await;
    assert_eq!(people.json["data"]["members"].as_array().map(Vec::len), Some(2), "the team is as it was");
}

#[tokio::test]
async fn no_list_and_no_count_gives_others_away() {
    let scene = scene().await;
    let (town, team) = (&scene.town, &scene.team);
    let ours = key(town, &scene.own).await;
    let mut names =
        vec![scene.run.as_str(), team, &scene.step, &scene.member.member, &scene.invitation, &scene.key.key.id];
    names.extend(["ana@example.org", "bo@example.org", "cem@example.org", "Alpha"]);
    for token in [&scene.stranger.access, ours.secret.expose()] {
        for path in [
            "/api/v1/runs",
            "/api/v1/runs?status=waiting,failed",
            "/api/v1/dead-letters",
            "/api/v1/queue",
            "/api/v1/teams",
            "/api/v1/identity",
            "/api/v1/api-keys",
            "/api/v1/audit?limit=1000",
            "/api/v1/breakers",
            "/api/v1/templates",
        ] {
            let said = Said::of(town.bare("GET", path).bearer_auth(token)).await;
            assert_eq!(said.status, 200, "{path}: {}", said.text);
            for name in &names {
                assert!(!said.text.contains(name), "{path} does not tell of {name}: {}", said.text);
            }
        }
        let queue = Said::of(town.bare("GET", "/api/v1/queue").bearer_auth(token)).await.json["data"].clone();
        assert_eq!(
            (&queue["dead_letters"], &queue["depth"], &queue["running"]),
            (&json!(0), &json!(0), &json!(0)),
            "{queue}"
        );
        let letters = Said::of(town.bare("GET", "/api/v1/dead-letters").bearer_auth(token)).await;
        assert_eq!(letters.json["data"]["items"], json!([]), "no dead letter");
        for path in ["/api/v1/runs", "/api/v1/audit"] {
            let said = Said::of(town.bare("GET", &format!("{path}?team={team}")).bearer_auth(token)).await;
            said.assert_refused(404, "not_found", path);
        }
        for path in ["/metrics", "/api/v1/audit/verify", "/api/v1/audit/export"] {
            Said::of(town.bare("GET", path).bearer_auth(token)).await.assert_refused(403, "forbidden", path);
        }
    }
    let mine = town.reads(&scene.owner, "/api/v1/queue").await;
    assert_eq!(mine.json["data"]["dead_letters"], 1, "its own team sees it: {}", mine.text);
}

#[tokio::test]
async fn a_stream_tells_only_of_ones_own() {
    let scene = scene().await;
    let town = &scene.town;
    // From the very first event on: what was before is told, too.
    let mut stream = town.by(&scene.stranger, "GET", "/api/v1/stream?after=0").send().await.expect("a stream");
    assert_eq!(stream.status().as_u16(), 200, "it opens");
    let theirs = town.run_of(&scene.owner, &scene.team, &gated()).await;
    let ours = town.run_of(&scene.stranger, &scene.own, &gated()).await;
    let mut text = String::new();
    let reading = async {
        while !text.contains(&ours) {
            let chunk = stream.chunk().await.expect("no break").expect("it goes on");
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
    };
    tokio::time::timeout(crate::plane::PATIENCE, reading).await.expect("our own run is told of");
    for run in [&scene.run, &theirs] {
        assert!(!text.contains(run.as_str()), "nothing of {run}: {text}");
    }
    let _ = &scene.step;
}
