//! One JSON object of an answer, read leniently: what is missing, null or of another type is simply not there.

use crate::translate::moment::moment;
use domain::Timestamp;
use serde_json::{Map, Value};

/// One JSON object of an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a>(&'a Map<String, Value>);

impl<'a> Row<'a> {
    pub(crate) fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    /// Every object of a list.
    pub(crate) fn each(value: &'a Value) -> Vec<Self> {
        value.as_array().into_iter().flatten().filter_map(Self::of).collect()
    }

    pub(crate) const fn fields(self) -> &'a Map<String, Value> {
        self.0
    }

    pub(crate) fn value(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn text(self, name: &str) -> Option<&'a str> {
        self.value(name)?.as_str()
    }

    /// A text with something in it.
    pub(crate) fn word(self, name: &str) -> Option<&'a str> {
        self.text(name).map(str::trim).filter(|text| !text.is_empty())
    }

    pub(crate) fn row(self, name: &str) -> Option<Self> {
        self.value(name).and_then(Self::of)
    }

    pub(crate) fn rows(self, name: &str) -> Vec<Self> {
        self.value(name).map(Self::each).unwrap_or_default()
    }

    /// A whole number. Numeric columns of the database arrive as text.
    pub(crate) fn number(self, name: &str) -> Option<i64> {
        match self.value(name)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// An amount, which may have a fraction.
    pub(crate) fn amount(self, name: &str) -> Option<f64> {
        let amount = match self.value(name)? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        amount.filter(|amount: &f64| amount.is_finite())
    }

    /// An amount of whole things, or of milliseconds of which a fraction does not matter.
    pub(crate) fn count(self, name: &str) -> Option<u64> {
        self.amount(name).and_then(whole)
    }

    pub(crate) fn is_true(self, name: &str) -> bool {
        self.value(name) == Some(&Value::Bool(true))
    }

    pub(crate) fn moment(self, name: &str) -> Option<Timestamp> {
        self.value(name).and_then(moment)
    }

    /// The texts of a list.
    pub(crate) fn words(self, name: &str) -> Vec<String> {
        let items = self.value(name).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_str).map(ToOwned::to_owned).collect()
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "both are looked at before")]
fn whole(amount: f64) -> Option<u64> {
    (0.0..1e15).contains(&amount).then_some(amount as u64)
}
