//! Teams, and who is in them.
//!
//! Tokens of invitations come with the answer, and whoever has one can take the invitation up: they are not read.

use crate::translate::row::Row;
use client_http::plain;
use domain::{Invitation, Member, Role, Team, TeamPeople};
use serde_json::Value;
use std::collections::BTreeSet;

/// All that is told of one team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TeamTold {
    pub(crate) people: TeamPeople,
    /// Invitations that are not open any more: taken up, cancelled.
    pub(crate) closed: Vec<String>,
}

impl TeamTold {
    pub(crate) fn member(&self, id: &str) -> Option<&Member> {
        self.people.members.iter().find(|member| member.id == id)
    }

    pub(crate) fn is_invited(&self, id: &str) -> bool {
        self.people.invitations.iter().any(|invitation| invitation.id == id)
    }
}

/// What stands in the envelope; none if this is not one that says yes.
fn enclosed(answer: &Value) -> Option<Row<'_>> {
    let envelope = Row::of(answer)?;
    if envelope.is_true("success") { envelope.row("data") } else { None }
}

/// The teams that we belong to; none if this is no list of them. A row without an id cannot be asked about and is left out.
pub(crate) fn teams(answer: &Value) -> Option<Vec<Team>> {
    let rows = enclosed(answer)?.value("teams").filter(|teams| teams.is_array()).map(Row::each)?;
    let mut seen = BTreeSet::new();
    Some(rows.into_iter().filter_map(membership).filter(|team| seen.insert(team.id.clone())).collect())
}

fn membership(row: Row<'_>) -> Option<Team> {
    let team = row.row("team")?;
    let id = team.word("id")?;
    Some(Team {
        id: id.to_owned(),
        name: plain(team.word("name").unwrap_or(id)),
        slug: team.word("slug").map(plain),
        role: role(row.word("role").unwrap_or_default()),
        joined_at: row.moment("joined_at"),
        subscription: team.word("subscription_status").map(plain),
        may: None,
    })
}

/// One team with its people; none if this is no team.
pub(crate) fn team(answer: &Value, us: Option<&str>) -> Option<TeamTold> {
    let team = enclosed(answer)?.row("team")?;
    let rows = team.value("members").filter(|members| members.is_array()).map(Row::each)?;
    let mut members: Vec<_> = rows.into_iter().filter_map(|row| member(row, us)).collect();
    members.sort_by_key(|member| member.role);
    let (open, closed): (Vec<_>, Vec<_>) =
        team.rows("invites").into_iter().partition(|row| row.word("status").is_none_or(|status| status == "pending"));
    let people = TeamPeople {
        team: team.word("id")?.to_owned(),
        billing_email: team.word("billing_email").map(plain),
        members,
        invitations: open.into_iter().filter_map(invitation).collect(),
    };
    let closed = closed.into_iter().filter_map(|row| row.word("id")).map(ToOwned::to_owned).collect();
    Some(TeamTold { people, closed })
}

fn member(row: Row<'_>, us: Option<&str>) -> Option<Member> {
    let user = row.row("user");
    Some(Member {
        id: row.word("id")?.to_owned(),
        name: user.and_then(|user| user.word("full_name")).map(plain),
        email: user.and_then(|user| user.word("email")).map(plain),
        role: role(row.word("role").unwrap_or_default()),
        permissions: None,
        joined_at: row.moment("joined_at"),
        is_us: us.is_some() && user.and_then(|user| user.word("id")) == us,
    })
}

fn invitation(row: Row<'_>) -> Option<Invitation> {
    Some(Invitation {
        id: row.word("id")?.to_owned(),
        email: plain(row.word("email")?),
        role: role(row.word("role").unwrap_or_default()),
        created_at: row.moment("created_at"),
        expires_at: row.moment("expires_at"),
    })
}

/// The id of a team that was made or changed, which may be missing; none if this is no such answer.
#[expect(clippy::option_option, reason = "whether it is such an answer, and whether it shows a team")]
pub(crate) fn kept_team(answer: &Value) -> Option<Option<String>> {
    let envelope = Row::of(answer)?;
    let team = envelope.row("data").and_then(|data| data.row("team"));
    envelope.is_true("success").then(|| team.and_then(|team| team.word("id")).map(ToOwned::to_owned))
}

/// NOFX takes a role that it does not know for the least.
fn role(word: &str) -> Role {
    match word {
        "owner" => Role::Owner,
        "admin" => Role::Admin,
        "member" => Role::Member,
        _ => Role::Viewer,
    }
}

/// How NOFX writes a role.
pub(crate) const fn word(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Admin => "admin",
        Role::Member => "member",
        Role::Viewer => "viewer",
    }
}
