//! Servers that are broken or mean where it is about teams, keys, bills and the queue.

use crate::{context, list, served_to};
use client_nofx::{NofxClient, parse};
use control_plane::{ControlPlane, Error};
use domain::{BillingAct, NewApiKey, Role, TeamAct};
use parse::{Parsed, answer};
use serde_json::{Value, json};
use std::{collections::HashSet, sync::Mutex};
use testkit::{Asked, Loopback, Said};

const TEAM: &str = "b029b1f1-75cf-4d67-a379-4b31d3c2c0b0";
const BOB: &str = "aa20bfe4-d30a-490e-9ca0-8f57ff844049";

/// A server of which every part is there when it is looked for, and which answers so from then on.
async fn answering(answers: impl Fn(&Asked) -> Said + Send + Sync + 'static) -> (Loopback, NofxClient) {
    let knocked = Mutex::new(HashSet::new());
    served_to(Some("nofx_anybody"), move |asked| match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/runs") => list(&json!([])),
        ("GET", "/auth/me") => Said::json(200, &json!({ "user": { "id": "u", "email": "u@x.test" } })),
        ("GET", path) if knocked.lock().is_ok_and(|mut known| known.insert(path.to_owned())) && path != team() => {
            Said::json(200, &json!({}))
        }
        _ => answers(asked),
    })
    .await
}

fn team() -> String {
    format!("/teams/{TEAM}")
}

/// The outcome of every call, by its name.
async fn everything(client: &NofxClient) -> Vec<(&'static str, Option<Error>)> {
    let context = context();
    let create = TeamAct::Create { name: "Core".to_owned(), billing_email: None };
    let rename = TeamAct::Rename { team: TEAM.to_owned(), name: "Core".to_owned() };
    let delete = TeamAct::Delete { team: TEAM.to_owned() };
    let invite = TeamAct::Invite { team: TEAM.to_owned(), email: "a@b.test".to_owned(), role: Role::Viewer };
    let change = TeamAct::ChangeRole { team: TEAM.to_owned(), member: BOB.to_owned(), role: Role::Viewer };
    let key = NewApiKey { name: "k".to_owned(), team: None, permissions: Vec::new(), expires_at: None };
    vec![
        ("teams", client.teams(&context).await.err()),
        ("people", client.team_people(&context, TEAM).await.err()),
        ("create", client.act_on_team(&context, &create).await.err()),
        ("rename", client.act_on_team(&context, &rename).await.err()),
        ("delete", client.act_on_team(&context, &delete).await.err()),
        ("invite", client.act_on_team(&context, &invite).await.err()),
        ("change", client.act_on_team(&context, &change).await.err()),
        ("keys", client.api_keys(&context).await.err()),
        ("new key", client.create_api_key(&context, &key).await.err()),
        ("revoke", client.revoke_api_key(&context, TEAM).await.err()),
        ("queue", client.queue(&context).await.err()),
        ("put back", client.requeue_dead_letters(&context, 1).await.err()),
        ("bills", client.billing(&context, None).await.err()),
        (
            "checkout",
            client.act_on_billing(&context, None, &BillingAct::Checkout { price: "p".to_owned() }).await.err(),
        ),
        ("portal", client.act_on_billing(&context, None, &BillingAct::Portal).await.err()),
    ]
}

#[tokio::test]
async fn what_is_no_answer_of_nofx_is_incompatible() {
    let html = "<html><body>Welcome to the router</body></html>";
    for (what, said) in [
        ("HTML", Said::text(200, "text/html", html)),
        ("HTML that says it is JSON", Said::text(200, "application/json", html)),
        ("cut JSON", Said::text(200, "application/json", r#"{"success":true,"data":{"teams":["#)),
        ("nothing", Said::text(200, "application/json", "")),
        ("no content", Said::text(204, "text/plain", "")),
        ("null", Said::json(200, &Value::Null)),
        ("a list", Said::json(200, &json!([1, 2, 3]))),
        ("an object of nothing", Said::json(200, &json!({}))),
        ("wrong types", Said::json(200, &json!({ "success": "yes", "data": [], "apiKeys": {}, "counts": 3 }))),
        ("an envelope that says no", Said::json(200, &json!({ "success": false, "data": { "teams": [] } }))),
        ("a flood", Said::text(200, "application/json", &" ".repeat(100_000))),
    ] {
        let (_server, client) = answering(move |_| said.clone()).await;
        for (call, error) in everything(&client).await {
            assert!(matches!(error, Some(Error::Incompatible { .. })), "{call} with {what}: {error:?}");
        }
    }
}

#[tokio::test]
async fn what_is_refused_keeps_its_meaning() {
    for (said, expected) in [
        (Said::text(502, "text/html", "<html>"), Error::Unavailable { status: 502, correlation_id: None }),
        (Said::text(401, "text/html", "<html>"), Error::Unauthorised),
        (Said::json(429, &json!({ "retryAfter": "soon" })), Error::Throttled { retry_after: None }),
    ] {
        let what = said.status;
        let (_server, client) = answering(move |_| said.clone()).await;
        for (call, error) in everything(&client).await {
            assert_eq!(error.as_ref(), Some(&expected), "{call} with {what}");
        }
    }
    let gone = Said::json(404, &json!({ "error": "Not found", "timestamp": "t" }));
    let (_server, client) = answering(move |_| gone.clone()).await;
    for (call, error) in everything(&client).await {
        assert!(matches!(error, Some(Error::Unsupported { .. })), "{call} at a path that went away: {error:?}");
    }
}

#[tokio::test]
async fn a_yes_that_shows_nothing_is_looked_at_twice() {
    let open = json!({ "id": TEAM, "email": "bob@x.test", "role": "viewer", "status": "pending" });
    let whole = json!({ "id": TEAM, "members": [
        { "id": BOB, "role": "member", "user": { "id": "b" } }, { "id": "x", "role": "owner" },
    ], "invites": [open] });
    let (_server, client) = answering(move |asked| match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", _) => Said::json(200, &json!({ "success": true, "data": { "team": whole } })),
        _ => Said::json(200, &json!({ "success": true, "message": "Done" })),
    })
    .await;
    let acts = async |act: TeamAct| client.act_on_team(&context(), &act).await.expect_err("nothing happened");
    let team = || TEAM.to_owned();
    let rename = acts(TeamAct::Rename { team: team(), name: "Core".to_owned() }).await;
    assert!(matches!(rename, Error::NotFound { .. }), "a change that shows no team changed none: {rename:?}");
    for (act, code) in [
        (TeamAct::CancelInvitation { team: team(), invitation: team() }, "invitation_is_open"),
        (TeamAct::TransferOwnership { team: team(), member: BOB.to_owned() }, "ownership_not_transferred"),
    ] {
        let error = acts(act).await;
        assert!(matches!(&error, Error::Conflict { code: found, .. } if found == code), "{code}: {error:?}");
    }
}

#[tokio::test]
async fn a_team_that_nobody_owns_is_said_to_be_one() {
    let (given, whole) = (Mutex::new(false), |role: &str| {
        let members = json!([{ "id": BOB, "role": "member" }, { "id": "x", "role": role }]);
        Said::json(200, &json!({ "success": true, "data": { "team": { "id": TEAM, "members": members } } }))
    });
    let (_server, client) = answering(move |asked| {
        let is_given = given.lock().is_ok_and(|mut given| std::mem::replace(&mut *given, asked.method == "POST"));
        match asked.method.as_str() {
            "POST" => Said::json(500, &json!({ "error": "Failed to transfer ownership" })),
            _ => whole(if is_given { "admin" } else { "owner" }),
        }
    })
    .await;
    let transfer = TeamAct::TransferOwnership { team: TEAM.to_owned(), member: BOB.to_owned() };
    let error = client.act_on_team(&context(), &transfer).await.expect_err("it broke off");
    assert!(
        error.to_string().contains("nobody owns"),
        "what came of it is said, and not that there was an outage: {error}"
    );
}

fn read(method: &str, path: &str, body: &Value) -> Parsed {
    let headers = [("content-type".to_owned(), "application/json".to_owned())];
    answer(method, path, 200, &headers, body.to_string().as_bytes())
}

#[test]
fn long_lists_are_read_once_and_long_texts_are_cut() {
    let letters: Value = (0..100_000).map(|step| json!({ "runId": "r", "stepId": format!("s{step}") })).collect();
    let Parsed::DeadLetters(letters) = read("GET", "/dev/dlq", &json!({ "items": letters })) else { panic!("letters") };
    assert_eq!(letters.len(), 100_000, "each step once");
    let name = format!("\u{1b}[31m{}", "x".repeat(10_000));
    let row = json!({ "role": "boss", "team": { "id": TEAM, "name": name } });
    let rows: Value = std::iter::repeat_n(row, 10_000).collect();
    let Parsed::Teams(teams) = read("GET", "/teams", &json!({ "success": true, "data": { "teams": rows } })) else {
        panic!("teams")
    };
    assert_eq!((teams.len(), teams[0].role), (1, Role::Viewer), "a team once; a role that is new may the least");
    assert!(teams[0].name.len() <= 500 && !teams[0].name.contains('\u{1b}'), "its name is cut and harmless");
    let usage: Value = (0..10_000).map(|metric| (format!("m{metric}"), json!(1))).collect();
    let Parsed::Used(lines) = read("GET", "/billing/usage", &json!({ "usage": usage })) else { panic!("usage") };
    assert_eq!(lines.len(), 200, "usage without end has one");
}
