//! Teams become customers, and what is told of their subscriptions is kept: each event once, and no older one over a newer.

use super::super::{
    table::{stripe_events, subscribers},
    writer::{Change, Tx},
};
use super::record::{record, record_as};
use crate::{
    Error,
    accounts::Deed,
    engine::Act,
    store::ledger::{Subscribed, Told},
};
use domain::TeamId;
use serde_json::{Value, json};

/// Keeps which customer a team is.
pub(in super::super) struct KeepCustomer {
    pub(in super::super) team: TeamId,
    pub(in super::super) customer: String,
    pub(in super::super) act: Act,
}

#[async_trait::async_trait]
impl Change for KeepCustomer {
    type Reply = String;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Reply, Error> {
        if let Some(known) = subscribers::of_team(&mut *tx.conn, &self.team).await? {
            return Ok(known.customer);
        }
        subscribers::insert(tx.conn, &self.team, &self.customer, tx.now).await?;
        let deed = Deed::new("billing.customer", &*self.customer).team(&self.team);
        record(tx, &self.act, deed).await?;
        Ok(self.customer.clone())
    }
}

/// Records an act, and how the subscription stands after it.
pub(in super::super) struct KeepBillingAct {
    pub(in super::super) team: TeamId,
    pub(in super::super) current: Option<Subscribed>,
    pub(in super::super) act: Act,
    pub(in super::super) deed: Deed,
}

#[async_trait::async_trait]
impl Change for KeepBillingAct {
    type Reply = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Reply, Error> {
        let known = subscribers::of_team(&mut *tx.conn, &self.team).await?;
        if let (Some(mut known), Some(current)) = (known, &self.current) {
            known.current = Some(current.clone());
            subscribers::set(tx.conn, &known).await?;
        }
        record(tx, &self.act, self.deed.clone()).await
    }
}

/// Takes an event.
pub(in super::super) struct TakeStripeEvent(pub(in super::super) Told);

#[async_trait::async_trait]
impl Change for TakeStripeEvent {
    type Reply = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Reply, Error> {
        let Self(told) = self;
        if stripe_events::is_taken(&mut *tx.conn, &told.event).await? {
            return Ok(false);
        }
        stripe_events::take(tx.conn, &told.event, tx.now).await?;
        let Some(team) = &told.team else { return Ok(false) };
        let Some(mut known) = subscribers::of_team(&mut *tx.conn, team).await? else { return Ok(false) };
        if known.told_at.is_some_and(|newest| told.created < newest) {
            return Ok(false);
        }
        let before = known.current.clone();
        (known.told_at, known.current) = (Some(told.created), told.current.clone());
        subscribers::set(tx.conn, &known).await?;
        if before == known.current {
            return Ok(false);
        }
        let target = known.current.as_ref().map_or(&*known.customer, |current| &*current.id);
        let deed = Deed::new("billing.told", target).team(team).from(shown(before.as_ref()));
        let deed = deed.to(json!({ "event": told.event, "kind": told.kind, "is": shown(known.current.as_ref()) }));
        record_as(tx, ("Stripe".to_owned(), "stripe".to_owned()), &told.correlation_id, deed).await?;
        Ok(true)
    }
}

/// A subscription as the audit shows it.
fn shown(subscribed: Option<&Subscribed>) -> Value {
    subscribed.map_or(Value::Null, |one| {
        json!({ "subscription": one.id, "price": one.price, "status": one.subscription.status,
                "is_cancelled": one.subscription.is_cancelled, "ends_at": one.subscription.ends_at })
    })
}
