//! A subscription as Stripe tells of it, in an answer and in an event alike.

use domain::{Subscription, Timestamp};
use serde::Deserialize;

/// Longest id of Stripe, in bytes.
const LONGEST_ID: usize = 255;
/// Longest word of Stripe, such as a status or an error code, in bytes.
const LONGEST_WORD: usize = 64;

/// A subscription of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscribed {
    /// Its id, `sub_…`.
    pub id: String,
    /// Whose it is, `cus_…`.
    pub customer: String,
    /// What is paid for; none if nothing is.
    pub price: Option<String>,
    /// How it stands.
    pub subscription: Subscription,
    /// When the period began that is paid for now.
    pub period_from: Option<Timestamp>,
    /// When that period ends.
    pub period_to: Option<Timestamp>,
    /// When the subscription was made; whole seconds.
    pub made_at: Timestamp,
}

impl Subscribed {
    /// Whether it has ended for good. Such a one cannot be taken up again, only replaced.
    pub fn is_over(&self) -> bool {
        is_over(&self.subscription.status)
    }
}

/// The subscription that counts for a customer: the newest of those that go on, or else the newest of all.
pub fn current(all: &[Subscribed]) -> Option<&Subscribed> {
    all.iter().max_by_key(|one| (!one.is_over(), one.made_at))
}

/// Whether this is the status of a subscription that has ended for good.
pub(crate) fn is_over(status: &str) -> bool {
    matches!(status, "canceled" | "incomplete_expired")
}

/// What is told of a subscription, as far as it is read. The period has moved from the subscription to its items; an endpoint
/// of webhooks may still have a version of the API in which it had not.
#[derive(Deserialize)]
pub(crate) struct Told {
    id: String,
    customer: Reference,
    status: String,
    created: i64,
    #[serde(default)]
    cancel_at_period_end: bool,
    cancel_at: Option<i64>,
    ended_at: Option<i64>,
    current_period_start: Option<i64>,
    current_period_end: Option<i64>,
    items: Items,
}

#[derive(Deserialize)]
struct Items {
    data: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    current_period_start: Option<i64>,
    current_period_end: Option<i64>,
    price: Option<Reference>,
}

/// Another object, by its id or as a whole.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Reference {
    Id(String),
    Whole { id: String },
}

impl Reference {
    /// Its id, unless it is none.
    pub(crate) fn id(self) -> Option<String> {
        let (Self::Id(id) | Self::Whole { id }) = self;
        is_id(&id).then_some(id)
    }
}

impl Told {
    /// Its id, not judged yet.
    pub(crate) const fn id(&self) -> &String {
        &self.id
    }

    /// The subscription; none if its ids or its status are no such things.
    pub(crate) fn read(self) -> Option<Subscribed> {
        let Self { id, customer, status, created, items: Items { data: items }, .. } = self;
        let from = items.iter().filter_map(|item| item.current_period_start).min().or(self.current_period_start);
        let to = items.iter().filter_map(|item| item.current_period_end).max().or(self.current_period_end);
        // One that is cancelled on the portal may have a date and no mark, depending on how it is billed.
        let is_cancelled = self.cancel_at_period_end || self.cancel_at.is_some() || is_over(&status);
        let ends = self.ended_at.or(self.cancel_at).or(to);
        let price = items.into_iter().find_map(|item| item.price).and_then(Reference::id);
        (is_id(&id) && is_word(&status)).then_some(())?;
        Some(Subscribed {
            id,
            customer: customer.id()?,
            price,
            subscription: Subscription { status, ends_at: ends.map(moment), is_cancelled },
            period_from: from.map(moment),
            period_to: to.map(moment),
            made_at: moment(created),
        })
    }
}

/// A moment of Stripe, which counts in seconds.
pub(crate) const fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds.saturating_mul(1000))
}

/// Whether this could be an id of Stripe. Nothing else is put into a path, kept or shown as one.
pub(crate) fn is_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(allowed)
}

/// Whether this could be a word of Stripe: a status, the type of an event, the code of an error, the name of a parameter.
pub(crate) fn is_word(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.[]".contains(&byte);
    (1..=LONGEST_WORD).contains(&text.len()) && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::{Subscribed, Told, current, moment};
    use serde_json::{Value, json};

    fn told(changes: &Value) -> Option<Subscribed> {
        let mut whole = json!({
            "id": "sub_1", "customer": "cus_1", "status": "active", "created": 100, "cancel_at_period_end": false,
            "cancel_at": null, "ended_at": null,
            "items": {"data": [{"current_period_start": 100, "current_period_end": 200, "price": {"id": "price_1"}}]},
        });
        for (name, value) in changes.as_object().into_iter().flatten() {
            whole[name] = value.clone();
        }
        serde_json::from_value::<Told>(whole).ok()?.read()
    }

    #[test]
    fn what_ends_says_so_however_it_was_cancelled() {
        let ends = |changes: Value| {
            let subscription = told(&changes).expect("it is understood").subscription;
            (subscription.is_cancelled, subscription.ends_at.map(domain::Timestamp::as_millis))
        };
        assert_eq!(ends(json!({})), (false, Some(200_000)), "it goes on after this period");
        assert_eq!(ends(json!({"cancel_at_period_end": true})), (true, Some(200_000)), "it ends with this period");
        assert_eq!(ends(json!({"cancel_at": 150})), (true, Some(150_000)), "it ends at a date, without the mark");
        assert_eq!(ends(json!({"status": "canceled", "ended_at": 120})), (true, Some(120_000)), "it has ended");
    }

    #[test]
    fn a_period_is_found_where_older_versions_tell_it() {
        let old = json!({
            "current_period_start": 7, "current_period_end": 9, "items": {"data": [{"price": {"id": "price_1"}}]},
        });
        let read = told(&old).expect("it is understood");
        assert_eq!(
            (read.period_from, read.period_to),
            (Some(moment(7)), Some(moment(9))),
            "on the subscription itself"
        );
    }

    #[test]
    fn what_is_no_id_and_no_status_is_not_taken_for_one() {
        for bad in [
            json!({"id": "../customers"}),
            json!({"customer": "cus_1\n"}),
            json!({"customer": null}),
            json!({"status": "<b>"}),
            json!({"status": "x".repeat(65)}),
            json!({"created": "now"}),
        ] {
            assert_eq!(told(&bad), None, "{bad} is not understood");
        }
        assert!(
            told(&json!({"customer": {"id": "cus_1", "email": "a@b"}})).is_some(),
            "a whole customer has an id too"
        );
    }

    #[test]
    fn what_goes_on_counts_before_what_is_newer() {
        let one = |id: &str, status: &str, created: i64| {
            told(&json!({"id": id, "status": status, "created": created})).expect("it is understood")
        };
        let all = [one("sub_old", "past_due", 1), one("sub_new", "canceled", 9), one("sub_live", "active", 5)];
        assert_eq!(current(&all).map(|one| one.id.as_str()), Some("sub_live"), "the newest that goes on");
        assert_eq!(current(&all[1..2]).map(|one| one.id.as_str()), Some("sub_new"), "or the last one that there was");
        assert_eq!(current(&[]), None, "or none");
    }
}
