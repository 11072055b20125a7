//! Teams: who is in them, and what is done about that.

use super::{Act, Engine, acts};
use crate::{
    Error,
    accounts::{Caller, rules, rules::Judge, secret},
    store::accounts::{AccountAct, AccountChange},
};
use domain::{Permission, Role, Secret, Team, TeamAct, TeamId, TeamPeople};

impl Engine {
    /// Teams of a caller; every team for the operator and a key that works for all.
    pub async fn teams(&self, caller: &Caller) -> Result<Vec<Team>, Error> {
        match caller {
            Caller::Person { id, .. } => self.accounts().teams(Some(id)).await,
            Caller::Operator { .. } => self.accounts().teams(None).await,
            Caller::Key { team, permissions, .. } => {
                let is_ours = |known: &Team| team.as_ref().is_none_or(|team| known.id == team.as_str());
                let (role, may) = (role_like(permissions), Some(permissions.clone()));
                let teams = self.accounts().teams(None).await?.into_iter().filter(is_ours);
                Ok(teams.map(|known| Team { role, may: may.clone(), ..known }).collect())
            }
        }
    }

    /// Who is in a team and who is invited.
    pub async fn team_people(&self, team: &TeamId, caller: &Caller) -> Result<TeamPeople, Error> {
        self.accounts().people(team, caller.person()).await
    }

    /// Founds a team; a person who does owns it.
    pub async fn found_team(
        &self,
        name: &str,
        billing_email: Option<&str>,
        reason: Option<&str>,
        act: &Act,
    ) -> Result<Team, Error> {
        self.refuse_when_stopping()?;
        let reason = acts::optional_reason(reason)?;
        let (name, billing_email) = (name.to_owned(), billing_email.map(str::to_owned));
        let (change, _) = self.team_change(&TeamAct::Create { name, billing_email })?;
        let AccountChange::FoundTeam { team, .. } = &change else {
            return Err(Error::Storage { detail: "a team was not founded by founding one".to_owned() });
        };
        let team = team.clone();
        self.accounts().change(AccountAct { change, reason, act: act.clone() }).await?;
        self.accounts_changed();
        self.accounts().team(&team).await?.ok_or_else(|| Error::NotFound { what: format!("team {team}") })
    }

    /// Does something about a team. Whoever is invited shows what comes of it; it is told this once.
    pub async fn act_on_team(&self, what: &TeamAct, reason: Option<&str>, act: &Act) -> Result<Option<Secret>, Error> {
        self.refuse_when_stopping()?;
        let reason = acts::optional_reason(reason)?;
        let (change, secret) = self.team_change(what)?;
        self.accounts().change(AccountAct { change, reason, act: act.clone() }).await?;
        self.accounts_changed();
        Ok(secret)
    }

    fn team_change(&self, what: &TeamAct) -> Result<(AccountChange, Option<Secret>), Error> {
        let now = self.scheduler().clock.now();
        let id = |team: &str| TeamId::from(team);
        let mut judge = Judge::default();
        let change = match what {
            TeamAct::Create { name, billing_email } => {
                let name = judge.name("name", name);
                let billing_email = billing_email.as_deref().map(|email| judge.email("billing_email", email));
                let (team, membership) = (id(&acts::identifier("team", now)), acts::identifier("mem", now));
                AccountChange::FoundTeam { team, membership, slug: rules::slug(&name), name, billing_email }
            }
            TeamAct::Rename { team, name } => {
                AccountChange::RenameTeam { team: id(team), name: judge.name("name", name) }
            }
            TeamAct::Delete { team } => AccountChange::DeleteTeam { team: id(team) },
            TeamAct::Invite { team, email, role } => {
                let email = judge.email("email", email);
                judge.verdict()?;
                return self.invitation(id(team), email, *role);
            }
            TeamAct::CancelInvitation { team, invitation } => {
                AccountChange::CancelInvitation { team: id(team), invitation: invitation.clone() }
            }
            TeamAct::ChangeRole { team, member, role } => {
                AccountChange::ChangeRole { team: id(team), member: member.clone(), role: *role }
            }
            TeamAct::SetPermissions { team, member, permissions } => {
                let permissions = permissions.as_deref().map(|given| judge.permissions("permissions", given));
                AccountChange::SetPermissions { team: id(team), member: member.clone(), permissions }
            }
            TeamAct::RemoveMember { team, member } => {
                AccountChange::RemoveMember { team: id(team), member: member.clone() }
            }
            TeamAct::Leave { team } => AccountChange::Leave { team: id(team) },
            TeamAct::TransferOwnership { team, member } => {
                AccountChange::TransferOwnership { team: id(team), member: member.clone() }
            }
        };
        judge.verdict()?;
        Ok((change, None))
    }

    fn invitation(&self, team: TeamId, email: String, role: Role) -> Result<(AccountChange, Option<Secret>), Error> {
        let (now, bounds) = (self.scheduler().clock.now(), self.scheduler().config.teams);
        let (secret, hash) = secret::fresh(secret::Kind::Invitation)?;
        let (invitation, expires_at) = (acts::identifier("inv", now), now.plus(bounds.invitation));
        let change = AccountChange::Invite { team, invitation, email, role, hash, expires_at, most: bounds.members };
        Ok((change, Some(secret)))
    }
}

/// The least role that allows what a key may do.
fn role_like(permissions: &[Permission]) -> Role {
    let covers = |role: &&Role| permissions.iter().all(|permission| role.permissions().contains(permission));
    Role::ALL.iter().rev().find(covers).copied().unwrap_or(Role::Viewer)
}
