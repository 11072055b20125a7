//! The stand-in against the recordings, where somebody has to be signed in: teams, API keys, billing; and the queue.

use crate::{
    shapes::{asks, body, same},
    stand_in,
};
use client_nofx::Dialect;
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::{Said, stand_in::Nofx};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

fn express() -> Arc<Nofx> {
    Arc::new(stand_in(Dialect::Express))
}

/// A text in an answer, by where it stands.
fn text(said: &Said, pointer: &str) -> String {
    body(said).pointer(pointer).and_then(Value::as_str).expect("a text stands there").to_owned()
}

async fn asked(stand_in: &Arc<Nofx>, method: &str, path: &str, sent: Value, token: &str, name: &str) -> Said {
    let said = asks(stand_in, method, path, &sent, Some(token)).await;
    same(&said, name);
    said
}

#[tokio::test]
async fn teams_have_the_shapes_of_the_recordings() {
    let nofx = &express();
    let none = || Value::Null;
    same(&asks(nofx, "GET", "/teams", &none(), None).await, "fs-get-teams.json");
    asked(nofx, "GET", "/teams", none(), "good", "db-teams-list-empty.json").await;
    let wrong = json!({ "name": "x", "billingEmail": "no" });
    asked(nofx, "POST", "/teams", wrong, "good", "db-teams-create-400.json").await;
    asked(nofx, "POST", "/teams", json!({ "name": "a".repeat(101) }), "good", "db-teams-create-long.json").await;
    asked(nofx, "POST", "/teams", json!({ "name": "!!!" }), "good", "db-teams-create-symbols.json").await;
    let new = json!({ "name": "Core Team!", "billingEmail": "b@x.test" });
    let created = asked(nofx, "POST", "/teams", new, "good", "db-teams-create.json").await;
    assert_eq!(text(&created, "/data/team/slug"), "core-team-", "the short name is made as it was recorded");
    asked(nofx, "GET", "/teams", none(), "good", "db-teams-list.json").await;
    let team = &format!("/teams/{}", text(&created, "/data/team/id"));
    asked(nofx, "GET", team, none(), "good", "db-teams-get.json").await;
    asked(nofx, "GET", team, none(), "bob", "db-teams-get-nonmember.json").await;
    asked(nofx, "GET", &format!("/teams/{NOBODY}"), none(), "good", "db-teams-get-404.json").await;
    asked(nofx, "GET", &format!("{team}/members"), none(), "good", "db-teams-members.json").await;
    asked(nofx, "GET", &format!("{team}/activity"), none(), "good", "db-teams-activity.json").await;
    asked(nofx, "PATCH", team, json!({}), "good", "db-teams-update-empty.json").await;
    let change = json!({ "name": "Core2", "settings": { "a": 1 } });
    let changed = asked(nofx, "PATCH", team, change, "good", "db-teams-update.json").await;
    assert_eq!(text(&changed, "/data/team/slug"), "core-team-", "the short name stays when the name changes");
}

#[tokio::test]
async fn members_have_the_shapes_of_the_recordings() {
    let nofx = &express();
    let none = || Value::Null;
    let created = asks(nofx, "POST", "/teams", &json!({ "name": "Core" }), Some("good")).await;
    let team = &format!("/teams/{}", text(&created, "/data/team/id"));
    asks(nofx, "PATCH", team, &json!({ "settings": { "a": 1 } }), Some("good")).await;
    let whole = async || asks(nofx, "GET", team, &none(), Some("good")).await;
    let invites = &format!("{team}/invites");
    let bob = || json!({ "email": "bob@example.test" });
    let as_owner = json!({ "email": "bob@example.test", "role": "owner" });
    asked(nofx, "POST", invites, as_owner, "good", "db-teams-invite-badrole.json").await;
    asked(nofx, "POST", invites, bob(), "good", "db-teams-invite.json").await;
    asked(nofx, "POST", invites, bob(), "good", "db-teams-invite-again.json").await;
    same(&whole().await, "db-teams-get-withinvite.json");
    let token = || async { json!({ "token": text(&whole().await, "/data/team/invites/0/token") }) };
    asked(nofx, "POST", "/teams/accept-invite", json!({ "token": "zzz" }), "bob", "db-teams-accept-bad.json").await;
    asked(nofx, "POST", "/teams/accept-invite", token().await, "carol", "db-teams-accept-wronguser.json").await;
    asked(nofx, "POST", "/teams/accept-invite", token().await, "bob", "db-teams-accept.json").await;
    asked(nofx, "POST", "/teams/accept-invite", token().await, "bob", "db-teams-accept-again.json").await;
    same(&whole().await, "db-teams-get2.json");
    asked(nofx, "POST", invites, bob(), "good", "db-teams-invite-member.json").await;
    asked(nofx, "PATCH", team, json!({ "name": "hax" }), "bob", "db-teams-update-asmember.json").await;
    let member = |index: usize| async move { text(&whole().await, &format!("/data/team/members/{index}/id")) };
    let (alices, bobs) = (member(0).await, member(1).await);
    let (alice, bob) = (&format!("{team}/members/{alices}"), &format!("{team}/members/{bobs}"));
    let role = |role: &str| json!({ "role": role });
    asked(nofx, "PATCH", bob, role("viewer"), "good", "db-teams-role.json").await;
    asked(nofx, "PATCH", bob, role("owner"), "good", "db-teams-role-bad.json").await;
    asked(nofx, "PATCH", alice, role("member"), "good", "db-teams-role-owner.json").await;
    let nobody = &format!("{team}/members/{NOBODY}");
    asked(nofx, "PATCH", nobody, role("member"), "good", "db-teams-role-404.json").await;
    asked(nofx, "DELETE", alice, none(), "good", "db-teams-remove-owner.json").await;
    asked(nofx, "POST", &format!("{team}/leave"), json!({}), "good", "db-teams-leave-owner.json").await;
    let invite = text(&whole().await, "/data/team/invites/0/id");
    asked(nofx, "DELETE", &format!("{invites}/{invite}"), none(), "good", "db-teams-cancel-invite.json").await;
    asked(nofx, "DELETE", &format!("{invites}/{NOBODY}"), none(), "good", "db-teams-cancel-invite.json").await;
    let transfer = &format!("{team}/transfer-ownership");
    asked(nofx, "POST", transfer, json!({}), "good", "db-teams-transfer-400.json").await;
    let to = |id: &str| json!({ "newOwnerId": id });
    asked(nofx, "POST", transfer, to(NOBODY), "good", "db-teams-transfer-nonmember.json").await;
    asked(nofx, "POST", transfer, to(&bobs), "good", "db-teams-transfer.json").await;
    let after = body(&whole().await);
    let roles: Vec<_> = after["data"]["team"]["members"].as_array().into_iter().flatten().collect();
    let roles: Vec<_> = roles.iter().map(|member| member["role"].as_str().unwrap_or_default()).collect();
    assert_eq!(roles, ["admin", "owner"], "both memberships changed");
    let owner = &after["data"]["team"]["owner_id"];
    assert_eq!(owner, &after["data"]["team"]["members"][0]["user"]["id"], "the row of the team did not");
    asked(nofx, "DELETE", team, none(), "good", "db-teams-delete-asoldowner.json").await;
    asked(nofx, "POST", &format!("{team}/leave"), json!({}), "good", "db-teams-leave.json").await;
    asked(nofx, "DELETE", team, none(), "bob", "db-teams-delete.json").await;
}

#[tokio::test]
async fn keys_have_the_shapes_of_the_recordings() {
    let nofx = &express();
    let none = || Value::Null;
    same(&asks(nofx, "GET", "/auth/api-keys", &none(), None).await, "fs-auth-apikeys.json");
    let keys = "/auth/api-keys";
    asked(nofx, "POST", keys, json!({ "name": "k2" }), "good", "db-apikey-create-400.json").await;
    let root = json!({ "name": "k2", "permissions": ["root"] });
    asked(nofx, "POST", keys, root, "good", "db-apikey-create-badperm.json").await;
    let new = || json!({ "name": "k1", "permissions": ["read", "write"] });
    let created = asked(nofx, "POST", keys, new(), "good", "db-apikey-create.json").await;
    asked(nofx, "POST", keys, new(), "good", "db-apikey-create-dup.json").await;
    asked(nofx, "GET", keys, none(), "good", "db-apikey-list.json").await;
    asked(nofx, "DELETE", &format!("{keys}/{NOBODY}"), none(), "good", "db-apikey-delete-404.json").await;
    let own = format!("{keys}/{}", text(&created, "/apiKey/id"));
    let of_bob = asks(nofx, "DELETE", &own, &none(), Some("bob")).await;
    assert_eq!(of_bob.status, 404, "the key of somebody else is not there");
    asked(nofx, "DELETE", &own, none(), "good", "db-apikey-delete.json").await;
    let left = body(&asks(nofx, "GET", keys, &none(), Some("good")).await);
    assert_eq!(left, json!({ "apiKeys": [] }), "what is out of use is not listed");
}

#[tokio::test]
async fn billing_and_the_queue_have_the_shapes_of_the_recordings() {
    let nofx = &express();
    let none = || Value::Null;
    same(&asks(nofx, "GET", "/billing/plans", &none(), None).await, "reord-billing-plans.json");
    asked(nofx, "GET", "/billing/subscription", none(), "good", "db-billing-sub.json").await;
    asked(nofx, "GET", "/billing/usage", none(), "good", "db-billing-usage.json").await;
    asked(nofx, "POST", "/billing/checkout", json!({}), "good", "db-billing-checkout-400.json").await;
    asked(nofx, "POST", "/billing/cancel", json!({}), "good", "db-billing-cancel.json").await;
    same(&asks(nofx, "GET", "/dev/queue", &none(), None).await, "reord-queue.json");
    same(&asks(nofx, "POST", "/dev/dlq/rehydrate", &json!({ "max": 2 }), None).await, "reord-dlq-rehydrate.json");
    for _ in 0..48 {
        asks(nofx, "GET", "/dev/queue", &none(), None).await;
    }
    same(&asks(nofx, "GET", "/dev/queue", &none(), None).await, "fs-rate-limited.json");
    nofx.forget_everybody();
    same(&asks(nofx, "GET", "/billing/plans", &none(), None).await, "fs-get-billing-plans.json");
    asked(nofx, "GET", "/auth/me", none(), "good", "db-auth-me-bad.json").await;
}
