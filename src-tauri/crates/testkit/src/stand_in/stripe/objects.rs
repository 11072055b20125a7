//! What there is in the account, in the shapes that Stripe gives it, and what becomes of it.

use super::events::Events;
use serde_json::{Value, json};

/// A month, as it is counted here, in seconds.
const MONTH: i64 = 30 * 24 * 3600;

/// Everything in the account. The newest is last.
#[derive(Debug, Default)]
pub(super) struct Objects {
    pub(super) customers: Vec<Value>,
    pub(super) prices: Vec<Value>,
    pub(super) products: Vec<Value>,
    pub(super) sessions: Vec<Value>,
    pub(super) subscriptions: Vec<Value>,
    pub(super) events: Events,
    made: u32,
}

/// The one with this id.
pub(super) fn by_id<'a>(all: &'a [Value], id: &str) -> Option<&'a Value> {
    all.iter().find(|one| one["id"] == id)
}

impl Objects {
    pub(super) fn fresh(&mut self, prefix: &str) -> String {
        self.made += 1;
        format!("{prefix}_{:08}", self.made)
    }

    pub(super) fn offer(&mut self, product: &str, amount: i64, currency: &str, now: i64) -> String {
        let (product_id, price) = (self.fresh("prod"), self.fresh("price"));
        self.products.push(json!({
            "id": product_id, "object": "product", "active": true, "name": product, "description": null, "metadata": {},
            "default_price": price, "created": now, "updated": now, "livemode": false, "type": "service",
        }));
        self.prices.push(json!({
            "id": price, "object": "price", "active": true, "billing_scheme": "per_unit", "created": now,
            "currency": currency, "livemode": false, "lookup_key": null, "metadata": {}, "nickname": null,
            "product": product_id, "tax_behavior": "unspecified", "tiers_mode": null, "type": "recurring",
            "unit_amount": amount, "unit_amount_decimal": amount.to_string(),
            "recurring": {"interval": "month", "interval_count": 1, "meter": null, "trial_period_days": null, "usage_type": "licensed"},
        }));
        price
    }

    pub(super) fn withdraw(&mut self, price: &str) {
        let price = self.prices.iter_mut().find(|one| one["id"] == price).expect("the price was offered");
        price["active"] = false.into();
    }

    pub(super) const fn counts(&self) -> (usize, usize, usize) {
        (self.customers.len(), self.sessions.len(), self.subscriptions.len())
    }

    pub(super) fn customer(&self, id: &str) -> Option<&Value> {
        by_id(&self.customers, id)
    }

    pub(super) fn pay(&mut self, session: &str, now: i64) -> String {
        let open = by_id(&self.sessions, session).filter(|one| one["status"] == "open").expect("the session is open");
        let (customer, price) = (open["customer"].clone(), open["test_price"].clone());
        let id = self.fresh("sub");
        let price = price.as_str().and_then(|price| by_id(&self.prices, price)).expect("the price is there").clone();
        let subscription = subscribed(&id, &self.fresh("si"), &customer, &price, now);
        let paid = self.sessions.iter_mut().find(|one| one["id"] == session).expect("it is there");
        paid["status"] = "complete".into();
        paid["payment_status"] = "paid".into();
        paid["subscription"] = id.clone().into();
        let paid = told(paid);
        let invoice = invoice(&self.fresh("in"), &customer, &id, "paid", now);
        // In no order that could be relied on, says Stripe.
        self.events.add("invoice.paid", &invoice, now);
        self.events.add("checkout.session.completed", &paid, now);
        self.events.add("customer.subscription.created", &subscription, now);
        self.subscriptions.push(subscription);
        id
    }

    pub(super) fn cancel_on_portal(&mut self, subscription: &str, now: i64) {
        self.change(subscription, "customer.subscription.updated", now, |one| {
            one["cancel_at"] = one["items"]["data"][0]["current_period_end"].clone();
            one["canceled_at"] = now.into();
        });
    }

    pub(super) fn fail_payment(&mut self, subscription: &str, now: i64) {
        let changed =
            self.change(subscription, "customer.subscription.updated", now, |one| one["status"] = "past_due".into());
        let invoice = invoice(&self.fresh("in"), &changed["customer"], subscription, "open", now);
        self.events.add("invoice.payment_failed", &invoice, now);
    }

    /// Changes a subscription, and lets an event of this kind tell so.
    pub(super) fn change(&mut self, id: &str, kind: &str, now: i64, change: impl FnOnce(&mut Value)) -> Value {
        let one = self.subscriptions.iter_mut().find(|one| one["id"] == id).expect("the subscription is there");
        change(one);
        let changed = one.clone();
        self.events.add(kind, &changed, now);
        changed
    }
}

/// A session as it is told: without what is only remembered of it here.
pub(super) fn told(session: &Value) -> Value {
    let mut told = session.clone();
    if let Some(fields) = told.as_object_mut() {
        fields.remove("test_price");
    }
    told
}

fn subscribed(id: &str, item: &str, customer: &Value, price: &Value, now: i64) -> Value {
    json!({
        "id": id, "object": "subscription", "billing_cycle_anchor": now, "billing_mode": {"type": "classic"},
        "cancel_at": null, "cancel_at_period_end": false, "canceled_at": null, "collection_method": "charge_automatically",
        "created": now, "currency": price["currency"], "customer": customer, "ended_at": null, "latest_invoice": null,
        "livemode": false, "metadata": {}, "start_date": now, "status": "active", "trial_end": null,
        "items": {"object": "list", "has_more": false, "total_count": 1, "url": format!("/v1/subscription_items?subscription={id}"), "data": [{
            "id": item, "object": "subscription_item", "created": now, "current_period_start": now,
            "current_period_end": now + MONTH, "metadata": {}, "price": price, "quantity": 1, "subscription": id,
        }]},
    })
}

fn invoice(id: &str, customer: &Value, subscription: &str, status: &str, now: i64) -> Value {
    json!({
        "id": id, "object": "invoice", "created": now, "customer": customer, "status": status, "livemode": false,
        "customer_email": "jenny.canary@example.test",
        "parent": {"type": "subscription_details", "quote_details": null, "subscription_details": {"metadata": {}, "subscription": subscription}},
    })
}
