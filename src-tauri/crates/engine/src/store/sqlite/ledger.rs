//! What teams used and pay, in SQLite.

use super::{
    SqliteStore, change,
    table::{subscribers, teams, usage},
};
use crate::{
    Error,
    accounts::Deed,
    engine::Act,
    store::ledger::{Ledger, Subscribed, Subscriber, Told},
};
use domain::{ProviderUsage, TeamId, Timestamp};

#[async_trait::async_trait]
impl Ledger for SqliteStore {
    async fn keep_customer(&self, team: &TeamId, customer: &str, act: &Act) -> Result<String, Error> {
        let keep = change::KeepCustomer { team: team.clone(), customer: customer.to_owned(), act: act.clone() };
        self.writer.write(keep).await
    }

    async fn keep_act(&self, team: &TeamId, current: Option<Subscribed>, act: &Act, deed: Deed) -> Result<(), Error> {
        self.writer.write(change::KeepBillingAct { team: team.clone(), current, act: act.clone(), deed }).await
    }

    async fn take(&self, told: Told) -> Result<bool, Error> {
        self.writer.write(change::TakeStripeEvent(told)).await
    }

    async fn team_name(&self, team: &TeamId) -> Result<Option<String>, Error> {
        Ok(teams::by_id(&self.readers, team).await?.map(|team| team.name))
    }

    async fn subscriber(&self, team: &TeamId) -> Result<Option<Subscriber>, Error> {
        subscribers::of_team(&self.readers, team).await
    }

    async fn customer(&self, customer: &str) -> Result<Option<Subscriber>, Error> {
        subscribers::of_customer(&self.readers, customer).await
    }

    async fn usage(&self, team: &TeamId, between: (Timestamp, Timestamp)) -> Result<(u64, Vec<ProviderUsage>), Error> {
        let started = usage::runs_started(&self.readers, team, between).await?;
        Ok((started, usage::lines(&self.readers, team, between).await?))
    }
}
