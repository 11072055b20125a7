//! Billing: plans, the subscription, usage, and what can be done about them.
//!
//! A payment service stands behind it, and tells NOFX of a change when it likes. So what NOFX says of a subscription right
//! after an act proves nothing, and is not looked at.

use crate::{NofxClient, judge, reading};
use client_http::{Answer, Call};
use control_plane::{CallContext, Error};
use domain::{Billing, BillingAct};
use serde_json::{Value, json};

/// What most of these calls are about, for a person.
const SUBSCRIPTION: &str = "an active subscription";

impl NofxClient {
    pub(crate) async fn read_billing(&self, context: &CallContext) -> Result<Billing, Error> {
        let ask = async |part: &str| {
            self.wire.try_asking(context, Call::get(&["billing", part]), &format!("billing/{part}")).await
        };
        let (plans, subscribed, used) = futures::join!(ask("plans"), ask("subscription"), ask("usage"));
        let subscribed = reading::subscribed(&subscribed?)?;
        let used = reading::used(&used?)?;
        Ok(Billing {
            plans: reading::plans(&plans?)?,
            tier: subscribed.tier,
            subscription: subscribed.subscription,
            usage: used.lines,
            period_from: used.from,
            period_to: used.to,
            trouble: None,
        })
    }

    /// The page on which a person goes on, if there is one.
    pub(crate) async fn change_billing(
        &self,
        context: &CallContext,
        act: &BillingAct,
    ) -> Result<Option<String>, Error> {
        judge::billing(act)?;
        match act {
            BillingAct::Checkout { price } => {
                let body = json!({ "priceId": price.trim() });
                reading::page(&self.pay(context, "checkout", &body, "this price").await?).map(Some)
            }
            BillingAct::Portal => {
                reading::page(&self.pay(context, "portal", &json!({}), SUBSCRIPTION).await?).map(Some)
            }
            BillingAct::Cancel { at_once } => {
                let body = json!({ "immediately": at_once });
                reading::settled(&self.pay(context, "cancel", &body, SUBSCRIPTION).await?).map(|()| None)
            }
            BillingAct::Resume => {
                reading::settled(&self.pay(context, "resume", &json!({}), SUBSCRIPTION).await?).map(|()| None)
            }
        }
    }

    async fn pay(&self, context: &CallContext, part: &str, body: &Value, subject: &str) -> Result<Answer, Error> {
        self.wire.try_asking(context, Call::post(&["billing", part]).json(body)?, subject).await
    }
}
