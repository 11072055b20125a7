//! What is asked, and the answer to it.

use super::{
    form::Form,
    objects::{Objects, by_id, told},
    refusal,
};
use crate::{Asked, Said};
use serde_json::{Map, Value, json};

/// Answers a request that was found fit to be begun.
pub(super) fn answer(objects: &mut Objects, asked: &Asked, form: &Form, now: i64) -> Said {
    let pieces: Vec<_> = asked.path.split('/').filter(|piece| !piece.is_empty()).collect();
    let said = match (asked.method.as_str(), pieces.as_slice()) {
        ("POST", ["v1", "customers"]) => create_customer(objects, form, now),
        ("GET", ["v1", "prices"]) => list_prices(objects, form),
        ("POST", ["v1", "checkout", "sessions"]) => create_session(objects, form, now),
        ("POST", ["v1", "billing_portal", "sessions"]) => create_portal(objects, form, now),
        ("GET", ["v1", "subscriptions"]) => list_subscriptions(objects, form),
        ("GET", ["v1", "subscriptions", id]) => read_subscription(objects, form, id),
        ("POST", ["v1", "subscriptions", id]) => update_subscription(objects, form, id, now),
        ("DELETE", ["v1", "subscriptions", id]) => cancel_subscription(objects, form, id, now),
        _ => Err(refusal::unrouted(&asked.method, &asked.path)),
    };
    said.map_or_else(|refused| refused, |body| Said::json(200, &body))
}

type Answer = Result<Value, Said>;

fn create_customer(objects: &mut Objects, form: &Form, now: i64) -> Answer {
    form.check(&[], &["name", "email", "description", "metadata["])?;
    let metadata: Map<_, _> = form.below("metadata").map(|(name, value)| (name.to_owned(), value.into())).collect();
    let customer = json!({
        "id": objects.fresh("cus"), "object": "customer", "created": now, "email": form.get("email"),
        "name": form.get("name"), "description": form.get("description"), "metadata": metadata, "livemode": false,
        "delinquent": false, "currency": null,
    });
    objects.customers.push(customer.clone());
    Ok(customer)
}

fn list_prices(objects: &Objects, form: &Form) -> Answer {
    form.check(&[], &["active", "type", "limit", "starting_after", "expand[]"])?;
    let active = form.flag("active")?;
    let wanted = |price: &&Value| {
        active.is_none_or(|active| price["active"] == active)
            && form.get("type").is_none_or(|kind| price["type"] == kind)
    };
    let expand = match form.get("expand[]") {
        None => false,
        Some("data.product") => true,
        Some(other) => return Err(refusal::without_code(&format!("This property cannot be expanded ({other})."))),
    };
    let whole = |price: &Value| {
        let mut price = price.clone();
        if expand {
            let product = price["product"].as_str().and_then(|id| by_id(&objects.products, id));
            price["product"] = product.expect("every price has a product").clone();
        }
        price
    };
    page(objects.prices.iter().rev().filter(wanted).map(whole).collect(), form, "price", "/v1/prices")
}

fn create_session(objects: &mut Objects, form: &Form, now: i64) -> Answer {
    let required = ["mode", "customer", "line_items[0][price]", "line_items[0][quantity]", "success_url"];
    form.check(&required, &["cancel_url", "client_reference_id", "metadata["])?;
    if form.get("mode") != Some("subscription") {
        return Err(refusal::of_param("parameter_invalid_string", "mode", "Invalid mode."));
    }
    let customer = known(&objects.customers, "customer", form, "customer")?;
    let price = known(&objects.prices, "price", form, "line_items[0][price]")?;
    for url in ["success_url", "cancel_url"] {
        if form.get(url).is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
            return Err(refusal::of_param("url_invalid", url, "Not a valid URL"));
        }
    }
    let id = objects.fresh("cs_test");
    let session = json!({
        "id": id, "object": "checkout.session", "created": now, "expires_at": now + 86_400, "customer": customer,
        "mode": "subscription", "status": "open", "payment_status": "unpaid", "subscription": null, "livemode": false,
        "success_url": form.get("success_url"), "cancel_url": form.get("cancel_url"), "metadata": {},
        "url": format!("https://checkout.stripe.com/c/pay/{id}"), "test_price": price,
    });
    objects.sessions.push(session.clone());
    Ok(told(&session))
}

fn create_portal(objects: &mut Objects, form: &Form, now: i64) -> Answer {
    form.check(&["customer"], &["return_url", "configuration"])?;
    let customer = known(&objects.customers, "customer", form, "customer")?;
    let id = objects.fresh("bps");
    Ok(json!({
        "id": id, "object": "billing_portal.session", "created": now, "customer": customer, "livemode": false,
        "return_url": form.get("return_url"), "url": format!("https://billing.stripe.com/p/session/{id}"),
    }))
}

fn list_subscriptions(objects: &Objects, form: &Form) -> Answer {
    form.check(&[], &["customer", "price", "status", "limit", "starting_after"])?;
    let wanted = |one: &&Value| {
        let status = match form.get("status") {
            // Those that were cancelled are left out unless they are asked for.
            None => one["status"] != "canceled",
            Some("all") => true,
            Some(status) => one["status"] == status,
        };
        status && form.get("customer").is_none_or(|customer| one["customer"] == customer)
    };
    page(
        objects.subscriptions.iter().rev().filter(wanted).cloned().collect(),
        form,
        "subscription",
        "/v1/subscriptions",
    )
}

fn read_subscription(objects: &Objects, form: &Form, id: &str) -> Answer {
    form.check(&[], &[])?;
    by_id(&objects.subscriptions, id).cloned().ok_or_else(|| refusal::missing(404, "subscription", id, "id"))
}

fn update_subscription(objects: &mut Objects, form: &Form, id: &str, now: i64) -> Answer {
    form.check(&[], &["cancel_at_period_end", "cancel_at", "metadata["])?;
    let one = read_subscription(objects, &Form::read("").expect("nothing is a form"), id)?;
    if one["status"] == "canceled" {
        let only = "A canceled subscription can only update its cancellation_details and metadata.";
        return Err(refusal::without_code(only));
    }
    let mark = form.flag("cancel_at_period_end")?;
    let date = match form.get("cancel_at") {
        Some(_) if mark.is_some() => {
            return Err(refusal::without_code(
                "You may only specify one of these parameters: cancel_at, cancel_at_period_end.",
            ));
        }
        Some("") => Some(Value::Null),
        Some(date) => Some(date.parse::<i64>().map_err(|_| refusal::without_code("Invalid timestamp"))?.into()),
        None => None,
    };
    Ok(objects.change(id, "customer.subscription.updated", now, |one| {
        let was = one["cancel_at_period_end"] == true;
        if let Some(mark) = mark.filter(|mark| *mark || was) {
            one["cancel_at_period_end"] = mark.into();
            let end = one["items"]["data"][0]["current_period_end"].clone();
            one["cancel_at"] = if mark { end } else { Value::Null };
            one["canceled_at"] = if mark { now.into() } else { Value::Null };
        }
        if let Some(date) = date {
            one["canceled_at"] = if date.is_null() { Value::Null } else { now.into() };
            one["cancel_at"] = date;
        }
    }))
}

fn cancel_subscription(objects: &mut Objects, form: &Form, id: &str, now: i64) -> Answer {
    form.check(&[], &["invoice_now", "prorate"])?;
    let goes_on = by_id(&objects.subscriptions, id).is_some_and(|one| one["status"] != "canceled");
    if !goes_on {
        return Err(refusal::missing(404, "subscription", id, "id"));
    }
    Ok(objects.change(id, "customer.subscription.deleted", now, |one| {
        one["status"] = "canceled".into();
        one["canceled_at"] = now.into();
        one["ended_at"] = now.into();
    }))
}

/// The id that a parameter names, if there is such an object.
fn known(all: &[Value], kind: &str, form: &Form, param: &str) -> Result<String, Said> {
    let id = form.get(param).unwrap_or_default();
    by_id(all, id).map(|_| id.to_owned()).ok_or_else(|| refusal::missing(400, kind, id, param))
}

/// A page of a list whose newest is first.
fn page(all: Vec<Value>, form: &Form, kind: &str, url: &str) -> Answer {
    let limit = form.get("limit").map_or(Ok(10), |limit| limit.parse::<usize>().map_err(|_| ()));
    let limit = limit.ok().filter(|limit| (1..=100).contains(limit));
    let limit = limit.ok_or_else(|| refusal::of_param("parameter_invalid_integer", "limit", "Invalid limit"))?;
    let from = match form.get("starting_after") {
        None => 0,
        Some(last) => {
            let at = all.iter().position(|one| one["id"] == last);
            at.ok_or_else(|| refusal::missing(400, kind, last, "starting_after"))? + 1
        }
    };
    let has_more = all.len() > from + limit;
    let data: Vec<_> = all.into_iter().skip(from).take(limit).collect();
    Ok(json!({ "object": "list", "data": data, "has_more": has_more, "url": url }))
}
