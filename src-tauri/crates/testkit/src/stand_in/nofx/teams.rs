//! Teams themselves. What is wrong with a name is looked at twice, and the second look makes an outage of it.

use super::{
    envelope::{Complaint, complaints, fell_over, success},
    members,
    people::{Person, is_email},
    state::{Row, State, row},
};
use crate::{Asked, Said};
use serde_json::{Value, json};
use uuid::Uuid;

/// Roles by rank, the highest first.
const ROLES: &[(&str, &[&str])] = &[
    ("owner", &["read", "write", "delete", "admin"]),
    ("admin", &["read", "write", "delete"]),
    ("member", &["read", "write"]),
    ("viewer", &["read"]),
];

/// Every team, who is in it, and who is asked into it.
#[derive(Debug, Default)]
pub(crate) struct Teams {
    pub(super) rows: Vec<Row>,
    pub(super) members: Vec<Row>,
    pub(super) invites: Vec<Row>,
    /// Whether the second of the two writes of a transfer fails.
    pub(super) breaks_transfer: bool,
}

pub(super) fn answer(state: &mut State, asked: &Asked, who: Person, below: &[&str]) -> Option<Said> {
    let body = asked.json().unwrap_or_default();
    let outcome = match (asked.method.as_str(), below) {
        ("GET", []) => Ok(success(200, &json!({ "teams": listed(state, who) }))),
        ("POST", []) => Ok(create(state, &body, who)),
        ("POST", ["accept-invite"]) => Ok(members::accept(state, &body, who)),
        ("GET", [team]) => guard(state, team, who, "viewer").map(|()| {
            let mut whole = found(state, team);
            whole.insert("members".to_owned(), members::of(state, team));
            whole.insert("invites".to_owned(), members::invites(state, team));
            success(200, &json!({ "team": whole }))
        }),
        ("PATCH", [team]) => guard(state, team, who, "admin").map(|()| update(state, team, &body)),
        ("DELETE", [team]) => guard(state, team, who, "owner").map(|()| {
            let of = |row: &Row| row["team_id"] == *team;
            state.teams.rows.retain(|row| row["id"] != *team);
            state.teams.members.retain(|row| !of(row));
            state.teams.invites.retain(|row| !of(row));
            success(200, &json!({ "message": "Team deleted successfully" }))
        }),
        (method, [team, rest @ ..]) => members::answer(state, method, &body, who, (team, rest))?,
        _ => return None,
    };
    Some(outcome.unwrap_or_else(|refusal| refusal))
}

/// Lets only those pass who have this role in the team, or a higher one.
pub(super) fn guard(state: &State, team: &str, who: Person, least: &str) -> Result<(), Said> {
    let rank = |role: &str| ROLES.iter().rev().position(|(known, _)| *known == role).unwrap_or(0);
    let own = state.teams.members.iter().find(|row| row["team_id"] == team && row["user_id"] == who.id);
    let Some(own) = own else {
        let message = "You are not a member of this team";
        return Err(Said::json(403, &json!({ "error": "Access denied", "message": message })));
    };
    if rank(own["role"].as_str().unwrap_or_default()) < rank(least) {
        let message = format!("This action requires {least} role or higher");
        return Err(Said::json(403, &json!({ "error": "Insufficient permissions", "message": message })));
    }
    Ok(())
}

/// What a role may do.
pub(super) fn permissions(role: &str) -> &'static [&'static str] {
    ROLES.iter().find(|(known, _)| *known == role).map_or(&[], |(_, permissions)| permissions)
}

fn found(state: &State, team: &str) -> Row {
    state.teams.rows.iter().find(|row| row["id"] == team).cloned().expect("a team that has members is there")
}

fn listed(state: &State, who: Person) -> Vec<Row> {
    let own = state.teams.members.iter().rev().filter(|row| row["user_id"] == who.id);
    let with_team = own.map(|membership| {
        let mut membership = membership.clone();
        let team = found(state, membership["team_id"].as_str().unwrap_or_default());
        membership.insert("team".to_owned(), team.into());
        membership
    });
    with_team.collect()
}

fn judged(body: &Value, needs_name: bool) -> Vec<Complaint> {
    let name = match &body["name"] {
        Value::Null if !needs_name => None,
        Value::Null => Some(("name", "Required", "invalid_type")),
        Value::String(name) if name.chars().count() < 2 => {
            Some(("name", "String must contain at least 2 character(s)", "too_small"))
        }
        Value::String(name) if name.chars().count() > 255 => {
            Some(("name", "String must contain at most 255 character(s)", "too_big"))
        }
        Value::String(_) => None,
        _ => Some(("name", "Expected string", "invalid_type")),
    };
    let email = match &body["billingEmail"] {
        Value::String(email) if is_email(email) => None,
        Value::Null => None,
        _ => Some(("billingEmail", "Invalid email", "invalid_string")),
    };
    [name, email].into_iter().flatten().collect()
}

fn slug(name: &str) -> String {
    let pieces = name.to_lowercase();
    let pieces: Vec<_> = pieces.split(|each: char| !each.is_ascii_alphanumeric()).collect();
    if pieces.iter().all(|piece| piece.is_empty()) { String::new() } else { pieces.join("-") }
}

fn create(state: &mut State, body: &Value, who: Person) -> Said {
    let found = judged(body, true);
    if !found.is_empty() {
        return complaints(&found);
    }
    let name = body["name"].as_str().unwrap_or_default();
    let slug = slug(name);
    if slug.is_empty() || name.chars().count() > 100 {
        return fell_over("Failed to create team");
    }
    let (id, now) = (Uuid::new_v4().to_string(), state.now());
    let team = row(json!({
        "id": id, "created_at": now, "subscription_status": "trialing", "trial_ends_at": null, "settings": {},
        "name": name, "slug": slug, "owner_id": who.id, "billing_email": body["billingEmail"],
    }));
    state.teams.rows.push(team.clone());
    members::join(state, &id, who, "owner");
    success(201, &json!({ "team": team }))
}

fn update(state: &mut State, team: &str, body: &Value) -> Said {
    let found = judged(body, false);
    if !found.is_empty() {
        return complaints(&found);
    }
    let names = [("name", "name"), ("billingEmail", "billing_email"), ("settings", "settings")];
    let changes: Vec<_> = names.into_iter().filter(|(sent, _)| !body[*sent].is_null()).collect();
    let team = state.teams.rows.iter_mut().find(|row| row["id"] == team);
    let (Some(team), false) = (team, changes.is_empty()) else { return fell_over("Failed to update team") };
    for (sent, column) in changes {
        team.insert(column.to_owned(), body[sent].clone());
    }
    success(200, &json!({ "team": team }))
}
