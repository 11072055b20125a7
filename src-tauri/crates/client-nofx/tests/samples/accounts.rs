//! Answers to whoever is signed in, and what they tell: teams, API keys, billing; and the queue.

use crate::{refusal, sample};
use client_nofx::parse::{Parsed, answer};
use control_plane::Error;
use domain::{Permission, Role, UsageLimit};
use serde_json::{Value, json};

const OK: (&str, &str) = ("content-type", "application/json");

fn read(method: &str, path: &str, body: &Value) -> Parsed {
    let headers = [(OK.0.to_owned(), OK.1.to_owned())];
    answer(method, path, 200, &headers, body.to_string().as_bytes())
}

#[test]
fn teams_are_read_out_of_memberships() {
    assert_eq!(sample("db-teams-list-empty.json"), Parsed::Teams(Vec::new()), "no team is a list, too");
    let Parsed::Teams(teams) = sample("db-teams-list.json") else { panic!("teams") };
    let team = &teams[0];
    assert_eq!(team.id, "b029b1f1-75cf-4d67-a379-4b31d3c2c0b0", "the id is that of the team, not of the membership");
    assert_eq!((team.name.as_str(), team.slug.as_deref()), ("Core Team!", Some("core-team-")), "both of its names");
    assert_eq!((team.role, team.subscription.as_deref()), (Role::Owner, Some("trialing")), "and what we are in it");
    let id = Some("b029b1f1-75cf-4d67-a379-4b31d3c2c0b0".to_owned());
    for name in ["db-teams-create.json", "db-teams-update.json"] {
        assert_eq!(sample(name), Parsed::KeptTeam(id.clone()), "{name} shows the team");
    }
    for name in ["delete", "invite", "cancel-invite", "role", "leave", "transfer"] {
        assert_eq!(sample(&format!("db-teams-{name}.json")), Parsed::Done, "{name}: the answer says that it was done");
    }
}

#[test]
fn people_come_in_the_order_of_their_roles() {
    let Parsed::People(people) = sample("db-teams-get2.json") else { panic!("a team") };
    let members: Vec<_> = people.members.iter().map(|member| (member.name.as_deref(), member.role)).collect();
    assert_eq!(members, [(Some("alice"), Role::Owner), (Some("bob"), Role::Member)], "the owner comes first");
    assert_eq!(people.members[1].id, "aa20bfe4-d30a-490e-9ca0-8f57ff844049", "the id is that of the membership");
    assert_eq!(people.billing_email.as_deref(), Some("b@x.test"), "bills go somewhere");
    assert!(people.invitations.is_empty(), "an invitation that was taken up is none any more");
    let Parsed::People(people) = sample("db-teams-get-withinvite.json") else { panic!("a team") };
    let invitation = &people.invitations[0];
    assert_eq!((invitation.email.as_str(), invitation.role), ("bob@example.test", Role::Member), "one is open");
    assert_eq!(invitation.expires_at.map(|at| at.to_string()).as_deref(), Some("2026-11-27T10:35:30.312Z"), "a week");
    let shown = format!("{people:?}");
    assert!(!shown.contains("64-hex"), "the token with which it is taken up goes nowhere: {shown}");
}

#[test]
fn keys_are_read_and_their_text_is_a_secret() {
    let Parsed::ApiKeys(keys) = sample("db-apikey-list.json") else { panic!("keys") };
    assert_eq!((keys[0].name.as_str(), keys[0].last_used_at), ("k1", None), "a key that was never used");
    assert_eq!(keys[0].permissions, [Permission::Read, Permission::Write], "what it was made for");
    let made = sample("db-apikey-create.json");
    assert!(!format!("{made:?}").contains("64 hex"), "its text shows in no debug output: {made:?}");
    let Parsed::MadeKey(made) = made else { panic!("a new key") };
    assert_eq!(made.secret.expose(), "<api-key nofx_ + 64 hex>", "it is there for whoever asks for it");
    assert_eq!(made.key.name, "k1", "and what is known of it beside it");
    assert_eq!(sample("db-apikey-delete.json"), Parsed::Done, "a deleted key is done");
    for key in [json!(""), json!(null), json!(5), json!("nofx_\r\nx: y"), json!("x".repeat(501))] {
        let body = json!({ "apiKey": { "id": "k", "name": "k", "key": key } });
        let Parsed::Unreadable(error) = read("POST", "/auth/api-keys", &body) else { panic!("{key} is no key") };
        assert!(!error.to_string().contains("nofx_"), "and what it is instead is not told: {error}");
    }
}

#[test]
fn the_queue_is_counted() {
    let Parsed::Queue(queue) = sample("reord-queue.json") else { panic!("a queue") };
    assert_eq!(queue.name.as_deref(), Some("step.ready"), "its name");
    assert_eq!((queue.completed, queue.failed, queue.waiting), (Some(11), Some(13), Some(0)), "its numbers");
    assert_eq!((queue.oldest_ms, queue.dead_letters), (None, None), "and nothing that it does not tell");
    let odd =
        json!({ "counts": { "waiting": "7", "active": -1, "failed": 1e300, "delayed": [] }, "oldestAgeMs": 12.5 });
    let Parsed::Queue(queue) = read("GET", "/dev/queue", &odd) else { panic!("a queue") };
    assert_eq!((queue.waiting, queue.oldest_ms), (Some(7), Some(12)), "texts are numbers, and fractions do not matter");
    assert_eq!((queue.active, queue.failed, queue.delayed), (None, None, None), "what is no count is not told");
    assert_eq!(sample("reord-dlq-rehydrate.json"), Parsed::Requeued(2), "how many were put back");
}

#[test]
fn bills_are_read() {
    assert_eq!(sample("reord-billing-plans.json"), Parsed::Plans(Vec::new()), "no plan is a list, too");
    assert_eq!(sample("db-billing-sub.json"), Parsed::Subscribed(Some("free".to_owned()), None), "nothing subscribed");
    let Parsed::Used(lines) = sample("db-billing-usage.json") else { panic!("usage") };
    let mut lines: Vec<_> = lines.iter().map(|line| (line.metric.as_str(), line.limit)).collect();
    lines.sort_by_key(|line| line.0);
    let limit = |amount| UsageLimit::AtMost { amount };
    let expected = [("api_calls", limit(100.0)), ("compute_minutes", limit(60.0)), ("runs", limit(10.0))];
    assert_eq!(lines, expected, "what was not used has a limit all the same");
    for page in [json!({ "url": "javascript:alert(1)" }), json!({ "url": null }), json!({}), json!(["https://x.test"])]
    {
        let Parsed::Unreadable(error) = read("POST", "/billing/checkout", &page) else { panic!("{page} is no page") };
        assert!(!error.to_string().contains("alert"), "and it is not repeated: {error}");
    }
    let page = read("POST", "/billing/portal", &json!({ "url": "https://pay.example.test/p" }));
    assert_eq!(page, Parsed::Page("https://pay.example.test/p".to_owned()), "a page is");
}

#[test]
fn how_things_stand_is_a_conflict_and_not_a_fault_of_the_input() {
    for (name, expected) in [
        ("db-teams-role-owner.json", "member_is_owner"),
        ("db-teams-remove-owner.json", "member_is_owner"),
        ("db-teams-leave-owner.json", "owner_cannot_leave"),
        ("db-teams-transfer-nonmember.json", "not_a_member"),
        ("db-teams-invite-member.json", "already_a_member"),
        ("db-teams-invite-again.json", "already_invited"),
        ("db-apikey-create-dup.json", "name_is_taken"),
    ] {
        let error = refusal(name);
        assert!(matches!(&error, Error::Conflict { code, .. } if code == expected), "{name}: {error:?}");
    }
    assert!(matches!(refusal("db-teams-role-404.json"), Error::NotFound { .. }), "a 500 that says who is not there");
    let Error::Invalid { faults, .. } = refusal("db-apikey-create-badperm.json") else { panic!("a 500 of our making") };
    assert_eq!((faults[0].path.as_str(), faults[0].rule.as_str()), ("permissions", "unknown"), "says what was wrong");
    for name in ["db-teams-create-long.json", "db-teams-create-symbols.json", "db-teams-update-empty.json"] {
        assert!(matches!(refusal(name), Error::Unavailable { .. }), "{name} does not say so, so it is an outage");
    }
    for name in ["db-billing-cancel.json", "db-apikey-delete-404.json"] {
        assert!(matches!(refusal(name), Error::NotFound { .. }), "{name}: there is no such thing");
    }
}

#[test]
fn a_part_that_is_used_up_does_not_silence_the_plane() {
    let body = json!({ "error": "Too many requests", "message": "m", "retryAfter": "843" }).to_string();
    let limited = |limit: &str| {
        let headers = [("ratelimit-limit".to_owned(), limit.to_owned())];
        match answer("GET", "/dev/queue", 429, &headers, body.as_bytes()) {
            Parsed::Refused(error) => error,
            other => panic!("429 refuses: {other:?}"),
        }
    };
    let error = limited("50");
    assert!(
        matches!(&error, Error::Conflict { code, .. } if code == "calls_used_up"),
        "it is about the part: {error:?}"
    );
    assert!(error.to_string().ends_with("in 15 minutes"), "and says when it answers again: {error}");
    for limit in ["1000", "many", ""] {
        assert!(matches!(limited(limit), Error::Throttled { .. }), "{limit:?} is the limit of the plane");
    }
}
