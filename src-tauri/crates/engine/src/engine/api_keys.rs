//! API keys: making, listing and revoking them. What a key may do is never more than its maker may.

use super::{Act, Engine, acts};
use crate::{
    Error,
    accounts::{
        Caller, Scope,
        rules::{self, Judge},
        secret,
    },
    store::accounts::{AccountAct, AccountChange},
};
use domain::{ApiKey, MadeApiKey, NewApiKey, Timestamp};

impl Engine {
    /// Makes a key. It is shown this once; only its SHA-256 is kept. Only the operator makes one for every team.
    pub async fn create_api_key(&self, new: &NewApiKey, reason: Option<&str>, act: &Act) -> Result<MadeApiKey, Error> {
        let reason = acts::optional_reason(reason)?;
        let now = self.scheduler().clock.now();
        let mut judge = Judge::default();
        let name = judge.name("name", &new.name);
        let permissions = judge.permissions("permissions", &new.permissions);
        if new.expires_at.is_some_and(|end| end <= now) {
            let message = "The key would have ended already.";
            judge.note(Some(rules::fault("expires_at", "past", message, "Name a time to come, or leave it out.")));
        }
        judge.verdict()?;
        let (secret, hash) = secret::fresh(secret::Kind::ApiKey)?;
        let prefix = secret::beginning(&secret);
        let key = ApiKey {
            id: acts::identifier("key", now),
            name,
            team: new.team.clone(),
            prefix: Some(prefix.clone()),
            permissions,
            created_at: Some(now),
            last_used_at: None,
            expires_at: new.expires_at,
        };
        let change = AccountChange::KeepKey { key: key.clone(), prefix, hash };
        self.accounts().change(AccountAct { change, reason, act: act.clone() }).await?;
        Ok(MadeApiKey { key, secret })
    }

    /// Keys that work for these teams, oldest first.
    pub async fn api_keys(&self, scope: &Scope) -> Result<Vec<ApiKey>, Error> {
        match scope {
            Scope::Everywhere => self.accounts().keys(None).await,
            Scope::Teams(teams) => self.accounts().keys(Some(teams)).await,
        }
    }

    /// When what a caller shows ends; `None` where it does not, and for whoever has no key.
    pub async fn credential_end(&self, caller: &Caller) -> Result<Option<Timestamp>, Error> {
        let Caller::Key { id, .. } = caller else { return Ok(None) };
        Ok(self.accounts().key(id).await?.and_then(|key| key.expires_at))
    }

    /// Makes a key invalid at once and for ever.
    pub async fn revoke_api_key(&self, key: &str, reason: Option<&str>, act: &Act) -> Result<(), Error> {
        let reason = acts::optional_reason(reason)?;
        let change = AccountChange::RevokeKey { key: key.to_owned() };
        self.accounts().change(AccountAct { change, reason, act: act.clone() }).await?;
        self.accounts_changed();
        Ok(())
    }
}
