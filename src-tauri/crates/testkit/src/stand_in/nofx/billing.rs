//! Plans, subscriptions and usage. What the payment service would do, a test does.

use super::{answers::error, people::Person, state::State};
use crate::{Asked, Said};
use serde_json::{Value, json};

/// What there is to buy, and who has bought.
#[derive(Debug, Default)]
pub(crate) struct Billing {
    pub(super) plans: Vec<Value>,
    /// Who has an active subscription, and what is told of it.
    pub(super) subscriptions: Vec<(String, Value)>,
    /// Where the payment service sends people, in place of where it would.
    pub(super) sends_to: Option<String>,
}

/// Two plans as they stand in the tables of the payment service, where numeric columns come as texts.
pub(super) fn plans() -> Vec<Value> {
    let price = |id: &str, product: &str, amount: &str| {
        json!({
            "id": id, "product_id": product, "active": true, "unit_amount": amount, "currency": "usd",
            "type": "recurring", "interval": "month", "interval_count": 1,
        })
    };
    let product = |id: &str, name: &str, price: Value| json!({ "id": id, "active": true, "name": name, "description": null, "metadata": {}, "prices": [price] });
    vec![
        product("prod_starter", "Starter", price("price_starter", "prod_starter", "2900")),
        product("prod_pro", "Pro", price("price_pro", "prod_pro", "9900")),
    ]
}

/// A subscription that has just begun.
pub(super) fn subscription(price: &str) -> Value {
    json!({
        "id": "sub_1", "status": "active", "price_id": price, "cancel_at_period_end": false,
        "current_period_start": "2026-11-01T00:00:00.000Z", "current_period_end": "2026-12-01T00:00:00.000Z",
    })
}

/// The one part that everybody may ask for.
pub(super) fn offered(state: &State) -> Said {
    if state.knows_nobody {
        return error(500, "Service unavailable");
    }
    Said::json(200, &json!({ "plans": state.billing.plans }))
}

pub(super) fn answer(state: &mut State, asked: &Asked, who: Person, below: &[&str]) -> Option<Said> {
    let body = asked.json().unwrap_or_default();
    let said = match (asked.method.as_str(), below) {
        ("GET", ["subscription"]) => Said::json(200, &subscribed(state, who)),
        ("GET", ["usage"]) => Said::json(200, &usage(state, who)),
        ("POST", ["checkout"]) if body["priceId"].as_str().is_none_or(str::is_empty) => error(400, "Price ID required"),
        ("POST", ["checkout"]) => sent_to(state, "https://pay.example.test/checkout/cs_1"),
        ("POST", ["portal"]) if own(state, who).is_none() => error(404, "No active subscription found"),
        ("POST", ["portal"]) => sent_to(state, "https://pay.example.test/portal/bps_1"),
        ("POST", ["cancel"]) => cancel(state, &body, who),
        ("POST", ["resume"]) => resume(state, who),
        _ => return None,
    };
    Some(said)
}

fn own(state: &mut State, who: Person) -> Option<&mut Value> {
    state.billing.subscriptions.iter_mut().find(|(id, _)| id == who.id).map(|(_, subscription)| subscription)
}

fn tier(state: &mut State, who: Person) -> &'static str {
    if own(state, who).is_some() { "pro" } else { "free" }
}

fn sent_to(state: &State, usual: &str) -> Said {
    Said::json(200, &json!({ "url": state.billing.sends_to.as_deref().unwrap_or(usual) }))
}

fn subscribed(state: &mut State, who: Person) -> Value {
    let tier = tier(state, who);
    let own = own(state, who);
    json!({ "hasActiveSubscription": own.is_some(), "subscription": own, "tier": tier })
}

fn usage(state: &mut State, who: Person) -> Value {
    let tier = tier(state, who);
    let limits = if tier == "free" {
        json!({ "runs": 10, "api_calls": 100, "compute_minutes": 60 })
    } else {
        json!({ "runs": 1000, "api_calls": "10000", "compute_minutes": -1 })
    };
    let used = state.runs.len();
    let usage = if used == 0 { json!({}) } else { json!({ "runs": used }) };
    let period = json!({ "start": "2026-11-01T00:00:00.000Z", "end": "2026-11-30T00:00:00.000Z" });
    json!({ "usage": usage, "limits": limits, "period": period, "tier": tier })
}

fn cancel(state: &mut State, body: &Value, who: Person) -> Said {
    let Some(own) = own(state, who) else { return error(404, "No active subscription found") };
    if body["immediately"] == true {
        state.billing.subscriptions.retain(|(id, _)| id != who.id);
    } else {
        own["cancel_at_period_end"] = true.into();
    }
    Said::json(200, &json!({ "message": "Subscription cancelled successfully" }))
}

fn resume(state: &mut State, who: Person) -> Said {
    let Some(own) = own(state, who) else { return error(404, "No active subscription found") };
    own["cancel_at_period_end"] = false.into();
    Said::json(200, &json!({ "message": "Subscription resumed successfully" }))
}
