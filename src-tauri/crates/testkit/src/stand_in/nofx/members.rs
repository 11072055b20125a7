//! Who is in a team, who is asked into it, and who owns it. Here NOFX uses no envelope, answers an outage for somebody who
//! is not in the team, and takes the cancelling of any invitation for done.

use super::{
    answers::error,
    envelope::refused_field,
    people::{Person, is_email},
    state::{Row, State, row},
    teams::{guard, permissions},
};
use crate::Said;
use domain::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

/// How long an invitation is good: a week, in milliseconds.
const GOOD_FOR: i64 = 7 * 24 * 3600 * 1000;

type Outcome = Result<Said, Said>;

pub(super) fn answer(
    state: &mut State,
    method: &str,
    body: &Value,
    who: Person,
    (team, below): (&str, &[&str]),
) -> Option<Outcome> {
    let outcome = match (method, below) {
        ("POST", ["invites"]) => guard(state, team, who, "admin").map(|()| invite(state, team, body, who)),
        ("DELETE", ["invites", id]) => guard(state, team, who, "admin").map(|()| cancel(state, id)),
        ("PATCH", ["members", id]) => guard(state, team, who, "admin").map(|()| set_role(state, team, id, body)),
        ("DELETE", ["members", id]) => guard(state, team, who, "admin").map(|()| remove(state, team, id)),
        ("POST", ["leave"]) => guard(state, team, who, "viewer").map(|()| leave(state, team, who)),
        ("POST", ["transfer-ownership"]) => guard(state, team, who, "owner").map(|()| transfer(state, team, body, who)),
        _ => return None,
    };
    Some(outcome)
}

fn done(message: &str) -> Said {
    Said::json(200, &json!({ "message": message }))
}

/// The role that a body asks for, if it is one that can be given.
fn role<'a>(body: &'a Value, usual: Option<&'a str>) -> Result<&'a str, Said> {
    let text = body["role"].as_str().or(usual).unwrap_or_default();
    if matches!(text, "admin" | "member" | "viewer") {
        return Ok(text);
    }
    let message = format!("Invalid enum value. Expected 'admin' | 'member' | 'viewer', received '{text}'");
    Err(refused_field("role", &message))
}

/// The members of a team, oldest first.
pub(super) fn of(state: &State, team: &str) -> Value {
    let told = state.teams.members.iter().filter(|row| row["team_id"] == team).map(|row| {
        let user = Person::of_id(&row["user_id"]).map(Person::shown);
        json!({ "id": row["id"], "role": row["role"], "joined_at": row["joined_at"], "user": user })
    });
    told.collect()
}

pub(super) fn invites(state: &State, team: &str) -> Value {
    json!(state.teams.invites.iter().filter(|row| row["team_id"] == team).collect::<Vec<_>>())
}

pub(super) fn join(state: &mut State, team: &str, who: Person, role: &str) {
    let now = state.now();
    state.teams.members.push(row(json!({
        "id": Uuid::new_v4(), "created_at": now, "joined_at": now, "team_id": team, "user_id": who.id, "role": role,
        "permissions": permissions(role),
    })));
}

fn invite(state: &mut State, team: &str, body: &Value, who: Person) -> Said {
    let Some(email) = body["email"].as_str().filter(|email| is_email(email)) else {
        return refused_field("email", "Invalid email");
    };
    let role = match role(body, Some("member")) {
        Ok(role) => role,
        Err(refusal) => return refusal,
    };
    let person = Person::of_email(email);
    let is_in = |row: &Row| row["team_id"] == team && person.is_some_and(|person| row["user_id"] == person.id);
    if state.teams.members.iter().any(is_in) {
        return error(400, "User is already a member of this team");
    }
    let is_asked = |row: &Row| row["team_id"] == team && row["email"] == email && row["status"] == "pending";
    if state.teams.invites.iter().any(is_asked) {
        return error(400, "User already has a pending invite to this team");
    }
    let (id, now) = (Uuid::new_v4(), state.now());
    let until = now.parse::<Timestamp>().map_or(0, Timestamp::as_millis).saturating_add(GOOD_FOR);
    let expires_at = Timestamp::from_millis(until).to_string();
    state.teams.invites.push(row(json!({
        "id": id, "created_at": now, "team_id": team, "email": email, "role": role, "invited_by": who.id,
        "token": format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()), "expires_at": expires_at,
        "status": "pending",
    })));
    let told = json!({ "id": id, "email": email, "role": role, "expires_at": expires_at });
    Said::json(201, &json!({ "message": "Invite sent successfully", "invite": told }))
}

fn cancel(state: &mut State, id: &str) -> Said {
    let pending = state.teams.invites.iter_mut().find(|row| row["id"] == id && row["status"] == "pending");
    if let Some(invite) = pending {
        invite.insert("status".to_owned(), "cancelled".into());
    }
    done("Invite cancelled successfully")
}

/// Takes an invitation up.
pub(super) fn accept(state: &mut State, body: &Value, who: Person) -> Said {
    let now = state.now();
    let token = body["token"].as_str().unwrap_or_default();
    let Some(invite) = state.teams.invites.iter_mut().find(|row| row["token"] == token) else {
        return error(400, "Invalid or expired invite");
    };
    if invite["status"] != "pending" {
        return error(400, "Invite has already been used");
    }
    if invite["email"] != who.email {
        return error(403, "This invite is not for your email address");
    }
    invite.extend(row(json!({ "status": "accepted", "accepted_at": now, "accepted_by": who.id })));
    let text = |name: &str| invite[name].as_str().unwrap_or_default().to_owned();
    let (team, role) = (text("team_id"), text("role"));
    join(state, &team, who, &role);
    done("Invite accepted successfully")
}

fn member<'a>(state: &'a mut State, team: &str, id: &str) -> Option<&'a mut Row> {
    state.teams.members.iter_mut().find(|row| row["team_id"] == team && row["id"] == id)
}

fn put(member: &mut Row, role: &str) {
    member.extend(row(json!({ "role": role, "permissions": permissions(role) })));
}

fn set_role(state: &mut State, team: &str, id: &str, body: &Value) -> Said {
    let role = match role(body, None) {
        Ok(role) => role,
        Err(refusal) => return refusal,
    };
    let Some(member) = member(state, team, id) else { return error(500, "Member not found") };
    if member["role"] == "owner" {
        return error(400, "Cannot change the role of the team owner");
    }
    put(member, role);
    let mut told = member.clone();
    told.insert("user".to_owned(), json!(Person::of_id(&member["user_id"]).map(Person::shown)));
    Said::json(200, &json!({ "member": told }))
}

fn remove(state: &mut State, team: &str, id: &str) -> Said {
    let Some(member) = member(state, team, id) else { return error(500, "Member not found") };
    if member["role"] == "owner" {
        return error(400, "Cannot remove the team owner");
    }
    state.teams.members.retain(|row| row["id"] != id);
    done("Member removed successfully")
}

fn leave(state: &mut State, team: &str, who: Person) -> Said {
    let is_own = |row: &Row| row["team_id"] == team && row["user_id"] == who.id;
    if state.teams.members.iter().any(|row| is_own(row) && row["role"] == "owner") {
        return error(400, "Team owners cannot leave the team. Transfer ownership first.");
    }
    state.teams.members.retain(|row| !is_own(row));
    done("Left team successfully")
}

/// Two writes, and nothing undoes the first if the second fails. The row of the team keeps its first owner for ever.
fn transfer(state: &mut State, team: &str, body: &Value, who: Person) -> Said {
    let Some(id) = body["newOwnerId"].as_str() else { return error(400, "New owner ID is required") };
    let Some(next) = member(state, team, id) else { return error(400, "New owner must be a member of the team") };
    put(next, "owner");
    if state.teams.breaks_transfer {
        return error(500, "Failed to transfer ownership");
    }
    let old = state.teams.members.iter_mut().find(|row| row["team_id"] == team && row["user_id"] == who.id);
    put(old.expect("whoever gives a team away is in it"), "admin");
    done("Ownership transferred successfully")
}
