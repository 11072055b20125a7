//! Teams: what NOFX tells of them, and every act on them.
//!
//! Where NOFX says yes although nothing happened, or answers an outage for something that is not there, the team is read
//! before and after an act, and what it tells is what counts. Deliberately absent: taking up an invitation, for which one
//! needs the token that went out by mail.

use crate::{
    NofxClient, judge, reading,
    translate::{TeamTold, word},
    wire::is_id,
};
use client_http::{Call, incompatible, plain};
use control_plane::{CallContext, Error};
use domain::{Member, Role, Team, TeamAct, TeamPeople};
use serde_json::{Value, json};

impl NofxClient {
    pub(crate) async fn read_teams(&self, context: &CallContext) -> Result<Vec<Team>, Error> {
        reading::teams(&self.wire.try_asking(context, Call::get(&["teams"]), "the teams").await?)
    }

    /// Memberships name users by id, and only NOFX knows ours.
    pub(crate) async fn read_people(&self, context: &CallContext, team: &str) -> Result<TeamPeople, Error> {
        let us = async {
            let answer = self.wire.ask(context, Call::get(&["auth", "me"]), "who we are").await?;
            reading::us(&answer)
        };
        let (us, answer) = futures::join!(us, self.team_answer(context, team));
        Ok(reading::team(&answer?, us?.id.as_deref())?.people)
    }

    async fn team_answer(&self, context: &CallContext, team: &str) -> Result<client_http::Answer, Error> {
        let id = known_id("team", team)?;
        self.wire.try_asking(context, Call::get(&["teams", id]), &named("team", team)).await
    }

    async fn look(&self, context: &CallContext, team: &str) -> Result<TeamTold, Error> {
        reading::team(&self.team_answer(context, team).await?, None)
    }

    pub(crate) async fn change_team(&self, context: &CallContext, act: &TeamAct) -> Result<(), Error> {
        match act {
            TeamAct::Create { name, billing_email } => self.create(context, name, billing_email.as_deref()).await,
            TeamAct::Rename { team, name } => self.rename(context, team, name).await,
            TeamAct::Delete { team } => self.act(context, team, Call::delete, &[], None).await,
            TeamAct::Invite { team, email, role } => {
                let body = json!({ "email": email.trim(), "role": word(judge::role(*role)?) });
                self.act(context, team, Call::post, &["invites"], Some(body)).await
            }
            TeamAct::CancelInvitation { team, invitation } => self.cancel(context, team, invitation).await,
            TeamAct::ChangeRole { team, member, role } => {
                let body = json!({ "role": word(judge::role(*role)?) });
                self.act_on_member(context, (team, member), Call::patch, Some(body)).await
            }
            TeamAct::SetPermissions { .. } => Err(Error::Invalid {
                message: "NOFX lets a member do what the role allows, and nothing else".to_owned(),
                faults: Vec::new(),
            }),
            TeamAct::RemoveMember { team, member } => {
                self.act_on_member(context, (team, member), Call::delete, None).await
            }
            TeamAct::Leave { team } => self.act(context, team, Call::post, &["leave"], Some(json!({}))).await,
            TeamAct::TransferOwnership { team, member } => self.transfer(context, team, member).await,
        }
    }

    /// One act on a team that is there, at a path below it.
    async fn act(
        &self,
        context: &CallContext,
        team: &str,
        method: fn(&[&str]) -> Call,
        below: &[&str],
        body: Option<Value>,
    ) -> Result<(), Error> {
        let path: Vec<_> = ["teams", known_id("team", team)?].iter().chain(below).copied().collect();
        let call = method(&path);
        let call = match body {
            Some(body) => call.json(&body)?,
            None => call,
        };
        reading::done(&self.wire.try_asking(context, call, &named("team", team)).await?)
    }

    async fn create(&self, context: &CallContext, name: &str, billing_email: Option<&str>) -> Result<(), Error> {
        let mut body = json!({ "name": judge::team_name(name)? });
        if let Some(email) = billing_email.map(str::trim).filter(|email| !email.is_empty()) {
            body["billingEmail"] = email.into();
        }
        let call = Call::post(&["teams"]).json(&body)?;
        let answer = self.wire.try_asking(context, call, "the new team").await.map_err(in_our_words)?;
        let made = reading::kept_team(&answer)?;
        made.map(drop).ok_or_else(|| incompatible("the answer to a new team shows no team"))
    }

    async fn rename(&self, context: &CallContext, team: &str, name: &str) -> Result<(), Error> {
        let (id, subject) = (known_id("team", team)?, named("team", team));
        let call = Call::patch(&["teams", id]).json(&json!({ "name": judge::team_name(name)? }))?;
        let changed = reading::kept_team(&self.wire.try_asking(context, call, &subject).await?)?;
        changed.map(drop).ok_or(Error::NotFound { what: subject })
    }

    /// NOFX takes back any invitation that one names, be it taken up already or never sent.
    async fn cancel(&self, context: &CallContext, team: &str, invitation: &str) -> Result<(), Error> {
        let missing = || Error::NotFound { what: named("invitation", invitation) };
        let before = self.look(context, team).await?;
        if before.closed.iter().any(|closed| closed == invitation) {
            let message = "this invitation was taken up or taken back before".to_owned();
            return Err(Error::Conflict { code: "invitation_is_closed".to_owned(), message });
        }
        if !is_id(invitation) || !before.is_invited(invitation) {
            return Err(missing());
        }
        self.act(context, team, Call::delete, &["invites", invitation], None).await?;
        match self.look(context, team).await {
            Ok(after) if after.is_invited(invitation) => {
                let message = "NOFX says that it took the invitation back, and still shows it as open".to_owned();
                Err(Error::Conflict { code: "invitation_is_open".to_owned(), message })
            }
            // Its yes is all there is to go by where the team cannot be read.
            _ => Ok(()),
        }
    }

    /// NOFX answers an outage for a member who is not there.
    async fn member(&self, context: &CallContext, team: &str, member: &str) -> Result<Member, Error> {
        let found = self.look(context, team).await?;
        let missing = || Error::NotFound { what: named("member", member) };
        found.member(member).filter(|found| is_id(&found.id)).cloned().ok_or_else(missing)
    }

    async fn act_on_member(
        &self,
        context: &CallContext,
        (team, member): (&str, &str),
        method: fn(&[&str]) -> Call,
        body: Option<Value>,
    ) -> Result<(), Error> {
        let id = self.member(context, team, member).await?.id;
        self.act(context, team, method, &["members", &id], body).await
    }

    /// NOFX gives a team away in two writes. Whatever it answers, who owns the team afterwards is what came of it.
    async fn transfer(&self, context: &CallContext, team: &str, member: &str) -> Result<(), Error> {
        let next = self.member(context, team, member).await?;
        if next.role == Role::Owner {
            let message = "this member owns the team already".to_owned();
            return Err(Error::Conflict { code: "member_is_owner".to_owned(), message });
        }
        let body = json!({ "newOwnerId": next.id });
        let outcome = self.act(context, team, Call::post, &["transfer-ownership"], Some(body)).await;
        if matches!(&outcome, Err(Error::Forbidden { .. } | Error::Unauthorised | Error::Throttled { .. })) {
            return outcome;
        }
        let Ok(after) = self.look(context, team).await else { return outcome };
        let owners: Vec<_> = after.people.members.iter().filter(|member| member.role == Role::Owner).collect();
        match (owners.iter().any(|owner| owner.id == next.id), owners.len()) {
            (true, 1) => Ok(()),
            (true, _) => Err(halfway("NOFX broke off in the middle: the team has its new owner and still the old one")),
            (false, 0) => Err(halfway("NOFX broke off in the middle: nobody owns the team now")),
            (false, _) => outcome
                .and_then(|()| Err(halfway("NOFX says that it gave the team away, and still shows its old owner"))),
        }
    }
}

fn halfway(message: &str) -> Error {
    Error::Conflict { code: "ownership_not_transferred".to_owned(), message: message.to_owned() }
}

fn named(noun: &str, id: &str) -> String {
    format!("{noun} {}", plain(id))
}

/// The id as a piece of a path.
fn known_id<'a>(noun: &str, id: &'a str) -> Result<&'a str, Error> {
    if is_id(id) { Ok(id) } else { Err(Error::NotFound { what: named(noun, id) }) }
}

/// A refusal with the name that the field has with us.
fn in_our_words(error: Error) -> Error {
    match error {
        Error::Invalid { message, mut faults } => {
            for fault in faults.iter_mut().filter(|fault| fault.path == "billingEmail") {
                "billing_email".clone_into(&mut fault.path);
            }
            Error::Invalid { message, faults }
        }
        error => error,
    }
}
