//! Billing: what teams used, how their subscriptions stand, what is done about that, and what Stripe tells by itself.
//!
//! What is kept of a subscription is always what Stripe answered when it was asked; an event only says that it is time to ask.

use super::{Act, Engine, acts};
use crate::{
    Error,
    accounts::Deed,
    billing::{Account, stripe::StripeError, webhook},
    idempotency::hex,
    store::ledger::{Ledger, Told},
};
use domain::{BillingAct, CorrelationId, Permission, TeamBilling, TeamId, TeamUsage, Timestamp, UsedTokens};
use reliability::idempotency::IdempotencyKey;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// The time that is told of where no period is paid for.
const LATELY: Duration = Duration::from_hours(30 * 24);
/// How long the rest of a bill waits for what can be subscribed to.
const PLANS: Duration = Duration::from_secs(10);
/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

impl Engine {
    /// What a team used from one moment up to another.
    pub async fn usage(&self, team: &TeamId, from: Timestamp, to: Timestamp) -> Result<TeamUsage, Error> {
        let (runs_started, lines) = self.ledger().usage(team, (from, to)).await?;
        let total = lines.iter().fold(UsedTokens::default(), |total, line| total.plus(line.used));
        let prices_as_of = self.scheduler().registry.prices_as_of().to_owned();
        Ok(TeamUsage { from, to, runs_started, total, prices_as_of, lines })
    }

    /// How the bill of a team stands. What can be subscribed to is asked of Stripe; everything else is told without it.
    pub async fn billing(&self, team: &TeamId) -> Result<TeamBilling, Error> {
        let current = self.ledger().subscriber(team).await?.and_then(|subscriber| subscriber.current);
        let now = self.scheduler().clock.now();
        let paid_from = current.as_ref().filter(|one| !one.is_over()).and_then(|one| one.period_from);
        let from = paid_from.unwrap_or_else(|| now.minus(LATELY));
        // What ended just now belongs to it.
        let usage = self.usage(team, from, now.plus(Duration::from_millis(1))).await?;
        let (plans, trouble) = match &self.house.billing {
            None => (Vec::new(), Some(NOT_CONFIGURED.to_owned())),
            Some(account) => match tokio::time::timeout(PLANS, account.stripe.plans()).await {
                Ok(Ok(plans)) => (plans, None),
                Ok(Err(error)) => (Vec::new(), Some(error.code().to_owned())),
                Err(_) => (Vec::new(), Some("stripe_unreachable".to_owned())),
            },
        };
        let price = current.as_ref().filter(|one| !one.is_over()).and_then(|one| one.price.clone());
        let tier = price.map(|price| {
            let plan = plans.iter().find(|plan| plan.price == price);
            plan.map_or(price, |plan| plan.name.clone())
        });
        Ok(TeamBilling { plans, trouble, tier, subscription: current.map(|one| one.subscription), usage })
    }

    /// Does something about the subscription of a team. Answers the address of the page on which a person goes on, where
    /// there is one.
    pub async fn act_on_billing(
        &self,
        team: &TeamId,
        what: &BillingAct,
        reason: Option<&str>,
        act: &Act,
    ) -> Result<Option<String>, Error> {
        self.refuse_when_stopping()?;
        let reason = acts::optional_reason(reason)?;
        let standing = self.standing(&act.caller, team).await?;
        let standing = standing.ok_or_else(|| Error::NotFound { what: format!("team {team}") })?;
        if !standing.allows(Permission::Admin) {
            return Err(Error::lacks(Permission::Admin));
        }
        let account = self.account()?;
        let customer = self.customer(account, team, what, act).await?;
        let deed = deed(what, team).because(reason.as_deref());
        let key = self.key(account, team, &customer, what, act).await?;
        let asked = account.stripe.act(&customer, what, &account.returns, &key).await;
        let page = match asked.map_err(Error::from) {
            Ok(page) => page,
            // It may have been done, so it is kept that it was tried.
            Err(Error::Elsewhere { code, message, remedy }) => {
                self.ledger().keep_act(team, None, act, deed.to(json!({ "unanswered": code }))).await?;
                return Err(Error::Elsewhere { code, message, remedy });
            }
            Err(error) => return Err(error),
        };
        let _turn = account.turn().await;
        let current = match what {
            BillingAct::Checkout { .. } | BillingAct::Portal => None,
            BillingAct::Cancel { .. } | BillingAct::Resume => {
                account.current(&customer).await.unwrap_or_else(|error| {
                    tracing::warn!(code = error.code(), "how a subscription stands after an act could not be asked");
                    None
                })
            }
        };
        self.ledger().keep_act(team, current, act, deed).await?;
        Ok(page)
    }

    /// Takes an event of Stripe, if it is signed: `signature` is the value of `Stripe-Signature`, `payload` the body byte by
    /// byte. Says whether that changed anything. An event that comes again, or after a newer one, changes nothing.
    pub async fn hear_from_stripe(
        &self,
        signature: &str,
        payload: &[u8],
        correlation_id: &CorrelationId,
    ) -> Result<bool, Error> {
        self.refuse_when_stopping()?;
        let account = self.account()?;
        let now = self.scheduler().clock.now();
        let event = webhook::receive(&account.webhook_secret, signature, payload, now)?;
        let _turn = account.turn().await;
        let known = match event.news.customer() {
            Some(customer) => self.ledger().customer(customer).await?,
            None => None,
        };
        let current = match &known {
            Some(known) => account.current(&known.customer).await?,
            None => None,
        };
        let told = Told {
            event: event.id,
            kind: event.kind,
            created: event.created,
            team: known.map(|known| known.team),
            current,
            correlation_id: correlation_id.clone(),
        };
        self.ledger().take(told).await
    }

    /// The customer that a team is; made at the first checkout, once.
    async fn customer(&self, account: &Account, team: &TeamId, what: &BillingAct, act: &Act) -> Result<String, Error> {
        if let Some(known) = self.ledger().subscriber(team).await? {
            return Ok(known.customer);
        }
        if !matches!(what, BillingAct::Checkout { .. }) {
            return Err(StripeError::NoSubscription.into());
        }
        let name = self.ledger().team_name(team).await?.unwrap_or_else(|| team.to_string());
        // Teams of two planes may have the same id, and both planes the same account.
        let key = hashed(&json!(["customer", self.store().marker().await?, team, name]))?;
        let customer = account.stripe.create_customer(team.as_str(), &name, &key).await?;
        self.ledger().keep_customer(team, &customer, act).await
    }

    /// The idempotency key of an act at Stripe. Whoever asks for the page of a price twice on one day gets the same page, so
    /// that nobody pays twice on two of them. Nothing is opened for a team whose subscription goes on.
    async fn key(
        &self,
        account: &Account,
        team: &TeamId,
        customer: &str,
        what: &BillingAct,
        act: &Act,
    ) -> Result<IdempotencyKey, Error> {
        let BillingAct::Checkout { price } = what else {
            let own = act.idempotency_key.clone().unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
            return hashed(&json!([what, team, act.caller.principal(), own]));
        };
        let last = account.current(customer).await?;
        if last.as_ref().is_some_and(|last| !last.is_over()) {
            return Err(Error::Conflict {
                code: "already_subscribed",
                message: "the team has a subscription that goes on".to_owned(),
                remedy: "Change it on the page where payments are looked after, or cancel it first.".to_owned(),
            });
        }
        let day = self.scheduler().clock.now().as_millis().div_euclid(DAY_MS);
        let (last, returns) = (last.map(|last| last.id), &account.returns);
        hashed(&json!(["checkout", customer, price.trim(), last, day, returns.paid, returns.turned_back]))
    }

    fn account(&self) -> Result<&Account, Error> {
        self.house.billing.as_ref().ok_or_else(not_configured)
    }

    fn ledger(&self) -> &dyn Ledger {
        &*self.house.ledger
    }
}

/// The code of a plane that has no account at Stripe.
const NOT_CONFIGURED: &str = "billing_not_configured";

/// This plane has no account at Stripe.
pub(crate) fn not_configured() -> Error {
    Error::Conflict {
        code: NOT_CONFIGURED,
        message: "this plane has no key for Stripe".to_owned(),
        remedy: "Set `[billing.stripe]` in plane.toml and start the plane again.".to_owned(),
    }
}

fn hashed(parts: &Value) -> Result<IdempotencyKey, Error> {
    let hash = hex(&Sha256::digest(parts.to_string()));
    IdempotencyKey::accept(&hash).map_err(|error| Error::Storage { detail: error.to_string() })
}

fn deed(what: &BillingAct, team: &TeamId) -> Deed {
    let of = |act| Deed::new(act, team.as_str()).team(team);
    match what {
        BillingAct::Checkout { price } => {
            let price: String = price.chars().take(100).collect();
            of("billing.checkout").to(json!({ "price": price }))
        }
        BillingAct::Portal => of("billing.portal"),
        BillingAct::Cancel { at_once } => of("billing.cancel").to(json!({ "at_once": at_once })),
        BillingAct::Resume => of("billing.resume"),
    }
}
