//! What can be subscribed to: prices of Stripe with the names of their products.

use crate::tools::{clip, is_deceptive};
use domain::BillingPlan;
use serde::Deserialize;

/// Longest name of a product that is shown, in characters.
const LONGEST_NAME: usize = 200;
/// Currencies whose amounts are counted whole. The Ugandan shilling and the Icelandic króna have no hundredths either, but
/// Stripe counts in them all the same.
const WHOLE: &[&str] =
    &["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"];
/// Currencies whose amounts are counted in thousandths; Stripe allows only whole tens of them.
const THOUSANDTHS: &[&str] = &["bhd", "jod", "kwd", "omr", "tnd"];

/// A price, as far as it is read.
#[derive(Deserialize)]
pub(super) struct Price {
    pub(super) id: String,
    /// None where the price has tiers or parts of the smallest coin.
    unit_amount: Option<i64>,
    currency: String,
    recurring: Option<Recurring>,
    product: Product,
}

#[derive(Deserialize)]
struct Recurring {
    interval: String,
    interval_count: u32,
}

/// A product. One that was deleted has nothing but its id.
#[derive(Deserialize)]
struct Product {
    name: Option<String>,
    #[serde(default)]
    active: bool,
}

impl Price {
    /// The plan; none if it cannot be subscribed to.
    pub(super) fn plan(self) -> Option<BillingPlan> {
        let Self { id, unit_amount, currency, recurring, product } = self;
        let recurring = recurring?;
        let name = product.name.filter(|_| product.active)?;
        let name: String = name.chars().filter(|&character| !is_deceptive(character)).collect();
        let amount = unit_amount.and_then(|amount| hundredths(u64::try_from(amount).ok()?, &currency));
        Some(BillingPlan {
            price: id,
            name: clip(&name, LONGEST_NAME),
            amount,
            currency: is_currency(&currency).then_some(currency),
            interval: interval(&recurring),
        })
    }
}

/// An amount in the smallest unit of its currency, as hundredths of the currency.
fn hundredths(amount: u64, currency: &str) -> Option<u64> {
    if WHOLE.contains(&currency) {
        return amount.checked_mul(100);
    }
    Some(if THOUSANDTHS.contains(&currency) { amount / 10 } else { amount })
}

fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// `month`, or `3 months`.
fn interval(Recurring { interval, interval_count }: &Recurring) -> Option<String> {
    let is_known = matches!(interval.as_str(), "day" | "week" | "month" | "year");
    let text = if *interval_count == 1 { interval.clone() } else { format!("{interval_count} {interval}s") };
    is_known.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::Price;
    use domain::BillingPlan;
    use serde_json::{Value, json};

    fn plan(changes: &Value) -> Option<BillingPlan> {
        let mut whole = json!({
            "id": "price_1", "unit_amount": 2900, "currency": "usd",
            "recurring": {"interval": "month", "interval_count": 1}, "product": {"name": "Pro", "active": true},
        });
        for (name, value) in changes.as_object().into_iter().flatten() {
            whole[name] = value.clone();
        }
        serde_json::from_value::<Price>(whole).expect("it is a price").plan()
    }

    #[test]
    fn amounts_are_hundredths_whatever_the_currency_counts_in() {
        let amount = |currency: &str, amount: i64| {
            plan(&json!({"currency": currency, "unit_amount": amount})).expect("it is a plan").amount
        };
        assert_eq!(amount("usd", 2900), Some(2900), "cents are hundredths");
        assert_eq!(amount("jpy", 2900), Some(290_000), "yen have none");
        assert_eq!(amount("kwd", 29_000), Some(2900), "dinars have thousandths");
        assert_eq!(amount("isk", 2900), Some(2900), "the króna is counted in hundredths here");
        assert_eq!(amount("usd", -1), None, "nobody is paid for subscribing");
        assert_eq!(amount("jpy", i64::MAX), None, "an amount that has no hundredths is not told");
        assert_eq!(plan(&json!({"unit_amount": null})).expect("it is a plan").amount, None, "tiers have no one amount");
    }

    #[test]
    fn what_cannot_be_subscribed_to_is_no_plan() {
        for bad in [
            json!({"recurring": null}),
            json!({"product": {"name": "Pro", "active": false}}),
            json!({"product": {"id": "prod_1", "deleted": true}}),
        ] {
            assert_eq!(plan(&bad), None, "{bad} is not offered");
        }
        let odd = json!({
            "product": {"name": "Pr\u{202e}o\n", "active": true}, "currency": "<b>",
            "recurring": {"interval": "month", "interval_count": 3},
        });
        let plan = plan(&odd).expect("it is a plan");
        assert_eq!(plan.name, "Pro", "a name is shown without what could forge it");
        assert_eq!((plan.currency, plan.interval.as_deref()), (None, Some("3 months")), "as far as it makes sense");
    }
}
