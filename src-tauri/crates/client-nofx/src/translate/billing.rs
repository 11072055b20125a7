//! Plans, the subscription and usage. Numeric columns arrive as text, and -1 stands for as much as one likes.

use crate::translate::row::Row;
use client_http::plain;
use domain::{BillingPlan, Subscription, Timestamp, UsageLimit, UsageLine};
use serde_json::Value;

/// Most things whose usage is told.
const MOST_LINES: usize = 200;

/// What is subscribed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subscribed {
    pub(crate) tier: Option<String>,
    pub(crate) subscription: Option<Subscription>,
}

/// What was used in a period.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Used {
    pub(crate) lines: Vec<UsageLine>,
    pub(crate) from: Option<Timestamp>,
    pub(crate) to: Option<Timestamp>,
}

/// Every price of every plan that is still sold; none if this is no list of plans.
pub(crate) fn plans(answer: &Value) -> Option<Vec<BillingPlan>> {
    let rows = Row::of(answer)?.value("plans").filter(|plans| plans.is_array()).map(Row::each)?;
    let is_sold = |row: &Row<'_>| row.value("active") != Some(&Value::Bool(false));
    let of_product = |product: Row<'_>| {
        let prices: Vec<_> = product.rows("prices").into_iter().filter(is_sold).collect();
        prices.into_iter().filter_map(|row| price(product, row)).collect::<Vec<_>>()
    };
    Some(rows.into_iter().filter(is_sold).flat_map(of_product).collect())
}

fn price(product: Row<'_>, row: Row<'_>) -> Option<BillingPlan> {
    let id = row.word("id")?;
    Some(BillingPlan {
        price: id.to_owned(),
        name: plain(product.word("name").unwrap_or(id)),
        amount: row.count("unit_amount"),
        currency: row.word("currency").map(plain),
        interval: row.word("interval").map(plain),
    })
}

/// What is subscribed to; none if the answer says nothing of that.
pub(crate) fn subscribed(answer: &Value) -> Option<Subscribed> {
    let whole = Row::of(answer)?;
    whole.fields().get("subscription")?;
    let subscription = whole.row("subscription").map(|row| Subscription {
        status: plain(row.word("status").unwrap_or("unknown")),
        ends_at: row.moment("current_period_end"),
        is_cancelled: row.is_true("cancel_at_period_end"),
    });
    Some(Subscribed { tier: whole.word("tier").map(plain), subscription })
}

/// What was used; none if the answer says nothing of that. What was not used at all is only among the limits.
pub(crate) fn used(answer: &Value) -> Option<Used> {
    let whole = Row::of(answer)?;
    let (usage, limits, period) = (whole.row("usage")?, whole.row("limits"), whole.row("period"));
    let limited = limits.map(Row::fields).into_iter().flat_map(serde_json::Map::keys);
    let rest = usage.fields().keys().filter(|name| limits.is_none_or(|limits| !limits.fields().contains_key(*name)));
    let line = |name: &String| {
        let used = match usage.value(name) {
            None => 0.0,
            Some(_) => usage.amount(name)?,
        };
        let limit = limits.map_or(UsageLimit::NotTold, |limits| limit(limits.amount(name)));
        Some(UsageLine { metric: plain(name), used, limit })
    };
    let lines = limited.filter(|name| !name.is_empty()).chain(rest).filter_map(line).take(MOST_LINES).collect();
    let moment = |name| period.and_then(|period| period.moment(name));
    Some(Used { lines, from: moment("start"), to: moment("end") })
}

fn limit(amount: Option<f64>) -> UsageLimit {
    match amount {
        Some(amount) if amount >= 0.0 => UsageLimit::AtMost { amount },
        Some(-1.0) => UsageLimit::Unlimited,
        _ => UsageLimit::NotTold,
    }
}

#[cfg(test)]
mod tests {
    use super::used;
    use domain::UsageLimit::{self, AtMost, NotTold, Unlimited};
    use serde_json::json;

    #[test]
    fn what_is_allowed_is_a_number_no_limit_or_not_told() {
        let answer = json!({
            "usage": { "runs": "12", "api_calls": 7.5, "storage": 3, "odd": "many" },
            "limits": { "runs": 100, "api_calls": "1000", "minutes": -1, "seats": -2, "storage": null, "odd": 1 },
        });
        let told = used(&answer).expect("this is usage");
        let mut lines: Vec<(&str, f64, UsageLimit)> =
            told.lines.iter().map(|line| (line.metric.as_str(), line.used, line.limit)).collect();
        lines.sort_by_key(|line| line.0);
        let expected = [
            ("api_calls", 7.5, AtMost { amount: 1000.0 }),
            ("minutes", 0.0, Unlimited),
            ("runs", 12.0, AtMost { amount: 100.0 }),
            ("seats", 0.0, NotTold),
            ("storage", 3.0, NotTold),
        ];
        assert_eq!(lines, expected, "texts are numbers, -1 is no limit, and what is no number is not told");
    }
}
