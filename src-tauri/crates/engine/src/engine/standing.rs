//! Who is calling, and what they may do where.

use super::Engine;
use crate::{
    Error,
    accounts::{Caller, Scope, Standing, secret},
};
use domain::{Permission, RunId, TeamId};
use std::time::Duration;

/// How exactly it is known when a key was used last.
const USED_WITHIN: Duration = Duration::from_mins(1);

impl Engine {
    /// Who shows this credential: an API key or an access token that holds now.
    pub async fn caller(&self, credential: &str) -> Result<Option<Caller>, Error> {
        let hash = secret::hash(credential);
        if credential.starts_with(secret::Kind::Access.prefix()) {
            return self.accounts().by_access_token(&hash).await;
        }
        let Some((caller, used)) = self.accounts().by_key(&hash).await? else { return Ok(None) };
        let now = self.scheduler().clock.now();
        if let Caller::Key { id, .. } = &caller
            && used.is_none_or(|used| now.since(used) >= USED_WITHIN)
            && let Err(error) = self.accounts().key_used(id).await
        {
            tracing::warn!(%error, key = id, "it could not be noted that a key was used");
        }
        Ok(Some(caller))
    }

    /// Whether a caller still has the session or the key that they came with.
    pub async fn holds(&self, caller: &Caller) -> Result<bool, Error> {
        self.accounts().holds(caller).await
    }

    /// The teams in which a caller may do this.
    pub async fn scope(&self, caller: &Caller, permission: Permission) -> Result<Scope, Error> {
        Ok(match caller {
            Caller::Key { permissions, .. } if !permissions.contains(&permission) => Scope::Teams(Vec::new()),
            Caller::Operator { .. } | Caller::Key { team: None, .. } => Scope::Everywhere,
            Caller::Key { team: Some(team), .. } => Scope::Teams(vec![team.clone()]),
            Caller::Person { id, .. } => {
                let standings = self.accounts().standings(id).await?.into_iter();
                Scope::Teams(standings.filter(|one| one.allows(permission)).map(|one| one.team).collect())
            }
        })
    }

    /// What a caller is in a team; `None` if the team is not there for them.
    pub async fn standing(&self, caller: &Caller, team: &TeamId) -> Result<Option<Standing>, Error> {
        self.accounts().standing(caller, team).await
    }

    /// The team that a run belongs to.
    pub async fn team_of_run(&self, run: &RunId) -> Result<Option<TeamId>, Error> {
        self.accounts().team_of_run(run.as_str()).await
    }

    /// The team that an API key works for: `None` if there is no such key, `Some(None)` if it works for every team.
    pub async fn team_of_key(&self, key: &str) -> Result<Option<Option<TeamId>>, Error> {
        Ok(self.accounts().key(key).await?.map(|key| key.team.map(TeamId::from)))
    }

    /// Sends a signal whenever people, teams, keys or sessions changed, so that what was allowed is looked at again.
    pub fn account_changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.house.changes.subscribe()
    }

    pub(super) fn accounts_changed(&self) {
        self.house.changes.send_modify(|count| *count += 1);
    }
}
