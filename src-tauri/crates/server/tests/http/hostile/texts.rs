//! Every field of text that is kept and shown, filled with what hides, forges or has no end.

use super::{people::Town, witness};
use crate::plane::{Said, gated};
use domain::Role;
use serde_json::json;

/// Texts that no person should have to read.
fn evil() -> Vec<String> {
    let mut all: Vec<String> =
        ["\0", "\u{1b}[2J", "\u{7f}", "\u{9b}31m", "\u{202e}", "\u{2066}", "\u{200f}", "\u{61c}", "\u{2028}", "\r"]
            .iter()
            .map(|hidden| format!("name{hidden}end"))
            .collect();
    all.push("n".repeat(10_000));
    all
}

#[tokio::test]
async fn what_people_read_can_be_read() {
    let town = Town::new().await;
    let owner = town.owner("team_home", "ana@example.org").await;
    let member = town.member("team_home", "bo@example.org", Role::Member).await;
    let run = town.run_of(&owner, "team_home", &gated()).await;
    let plan = |goal: &str, name: &str, tool: &str| json!({"goal": goal, "steps": [{"name": name, "tool": tool}]});
    let role = format!("/api/v1/teams/team_home/members/{}/role", member.member);
    let permissions = format!("/api/v1/teams/team_home/members/{}/permissions", member.member);
    let (gate, before) = (format!("/api/v1/runs/{run}/steps/ask"), witness::done(&town).await);
    let mut sent = 0;
    for text in evil() {
        let key = |name: &str, team: &str, reason: Option<&str>| json!({"name": name, "team": team, "permissions": ["read"], "reason": reason});
        let reason = json!({"reason": text});
        let bodies = [
            ("/api/v1/runs", plan(&text, "a", "echo")),
            ("/api/v1/runs", plan("g", &text, "echo")),
            ("/api/v1/runs", plan("g", "a", &text)),
            ("/api/v1/teams", json!({"name": text})),
            ("/api/v1/teams", json!({"name": "n", "billing_email": format!("{text}@example.org")})),
            ("/api/v1/teams", json!({"name": "n", "reason": text})),
            ("/api/v1/teams/team_home/rename", json!({"name": text})),
            ("/api/v1/teams/team_home/rename", json!({"name": "n", "reason": text})),
            ("/api/v1/teams/team_home/transfer", json!({"member": text})),
            ("/api/v1/teams/team_home/invitations", json!({"email": format!("{text}@example.org"), "role": "member"})),
            (
                "/api/v1/teams/team_home/invitations",
                json!({"email": "c@example.org", "role": "member", "reason": text}),
            ),
            ("/api/v1/teams/team_home/invitations", json!({"email": "c@example.org", "role": text})),
            ("/api/v1/api-keys", key(&text, "team_home", None)),
            ("/api/v1/api-keys", key("k", &text, None)),
            ("/api/v1/api-keys", key("k", "team_home", Some(&text))),
            ("/api/v1/api-keys", json!({"name": "k", "permissions": ["read"], "expires_at": text})),
            (&role, json!({"role": "viewer", "reason": text})),
            (&permissions, json!({"permissions": ["read"], "reason": text})),
            (&permissions, json!({"permissions": [text]})),
            (&*format!("{gate}/approve"), reason.clone()),
            (&*format!("{gate}/reject"), reason.clone()),
            (&*format!("{gate}/retry"), reason.clone()),
            (&*format!("/api/v1/runs/{run}/cancel"), reason.clone()),
            ("/api/v1/breakers/none/reset", reason.clone()),
            ("/api/v1/breakers/ai:openai/probe", reason.clone()),
            ("/api/v1/breakers/none/release", reason.clone()),
            ("/api/v1/breakers/ai:openai/isolate", json!({"minutes": 5, "reason": text})),
            ("/api/v1/breakers/ai:openai/isolate", json!({"minutes": text, "reason": "r"})),
            ("/api/v1/sessions", json!({"email": format!("{text}@example.org"), "password": "p"})),
            ("/api/v1/sessions/refresh", json!({"refresh_token": text})),
            ("/api/v1/invitations/accept", json!({"token": text, "name": text, "password": text})),
        ];
        for (path, body) in bodies {
            let said = town.acts(&owner, path, &body).await;
            let what = format!("{path} with {:?}", &text[..text.len().min(20)]);
            let code = said.json["error"]["code"].as_str().unwrap_or_default().to_owned();
            assert!((400..500).contains(&said.status), "{what}: {} {}", said.status, said.text);
            said.assert_refused(said.status, &code, &what);
            assert!(!said.text.chars().any(engine::tools::is_deceptive), "{what}: nothing that hides is said back");
            assert!(said.text.len() < 5_000, "{what}: nor without end");
            sent += 1;
        }
    }
    assert_eq!(witness::done(&town).await, before, "nothing was done");
    // A preview aside, everything that acts and is refused is in the audit, and can be read there.
    witness::tells_of(&town, sent).await;
}

#[tokio::test]
async fn the_name_of_a_new_person_can_be_read() {
    let town = Town::new().await;
    let accept = "/api/v1/invitations/accept";
    let token = town.invitation("team_home", "cem@example.org", Role::Member).await;
    for text in evil() {
        let body = json!({"token": token.expose(), "name": text, "password": "four words for nobody"});
        town.stranger(accept, &body).await.assert_refused(
            422,
            "invalid",
            &format!("{:?}", &text[..text.len().min(20)]),
        );
    }
    for password in ["short".to_owned(), "p".repeat(129), "p".repeat(100_000), "cem has a long secret".to_owned()] {
        let body = json!({"token": token.expose(), "name": "Cem", "password": password});
        town.stranger(accept, &body).await.assert_refused(422, "invalid", "a password that is none");
    }
    let body = json!({"token": token.expose(), "name": "Cem", "password": "four words for nobody"});
    let said = Said::of(town.bare("POST", accept).json(&body)).await;
    assert_eq!(said.status, 200, "the invitation is still good: {}", said.text);
}
