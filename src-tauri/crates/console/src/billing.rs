//! What planes charge, and the acts on a subscription.

use crate::{
    acts::{Deed, record},
    call::Call,
    core::Core,
    error::Error,
    guard::Guarded,
    runs::act::reason,
    told::{self, Topic},
    view::{ActOnBilling, BillRef, BillingActed, Told},
};
use cache::Noun;
use domain::{Action, Billing, BillingAct};
use futures::{FutureExt as _, future::BoxFuture};
use std::sync::Arc;

/// What a team is charged; without one, what our account is.
fn topic(team: Option<String>) -> Topic {
    Topic { noun: Noun::Billing, subject: team.unwrap_or_default(), needs: Action::Billing }
}

fn team(subject: String) -> Option<String> {
    (!subject.is_empty()).then_some(subject)
}

fn ask(port: Arc<Guarded>, call: Call, subject: String) -> BoxFuture<'static, Result<Billing, Error>> {
    async move { port.billing(call.context(), team(subject)).await }.boxed()
}

/// What a connection charges; of one that charges nothing, why not.
pub(crate) async fn get(core: &Arc<Core>, call: &Call, wanted: BillRef) -> Result<Told<Billing>, Error> {
    let link = core.link(&wanted.connection)?;
    told::look(core, call, &link, topic(wanted.team), ask).await
}

/// Does something about a subscription.
pub(crate) async fn act(core: &Arc<Core>, call: &Call, request: ActOnBilling) -> Result<BillingActed, Error> {
    let reason = reason(&request.reason)?;
    let link = core.link(&request.connection)?;
    let (name, target) = named(&request.act);
    let target = request.team.as_ref().map_or_else(|| target.clone(), |team| format!("{team}/{target}"));
    let because = call.because(&reason);
    let deed = Deed::new(name, &link, target, Some(reason));
    let page = record(core, call, &link, deed, async |_| {
        link.port(core).await?.act_on_billing(because.context(), request.team.clone(), &request.act).await
    })
    .await?;
    let billing = told::after_act(core, call, &link, topic(request.team), ask).await?;
    Ok(BillingActed { page, billing })
}

/// What an act is called in the record of acts, and to what it was done.
fn named(act: &BillingAct) -> (&'static str, String) {
    match act {
        BillingAct::Checkout { price } => ("open_checkout", price.chars().take(100).collect()),
        BillingAct::Portal => ("open_billing_portal", "subscription".to_owned()),
        BillingAct::Cancel { at_once: true } => ("cancel_subscription", "at once".to_owned()),
        BillingAct::Cancel { at_once: false } => ("cancel_subscription", "at the end of the period".to_owned()),
        BillingAct::Resume => ("resume_subscription", "subscription".to_owned()),
    }
}
