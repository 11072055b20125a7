//! What tokens cost. The table is dated, because prices change; a model that is not in it has no price, rather than a
//! guessed one. Discounts (batches, cached prompts) are not known here, so a cost is an upper bound.

use domain::Usage;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Prices by model, and the day on which they were true.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Prices {
    as_of: String,
    models: BTreeMap<String, Price>,
}

/// In millionths of a US dollar per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
struct Price {
    input: u64,
    output: u64,
}

impl Prices {
    /// The table that this program was built with.
    pub fn built_in() -> Self {
        // A test reads the file, so it cannot be broken in a program that passed its tests.
        Self::parse(include_str!("prices.json")).unwrap_or_default()
    }

    /// Reads a table: `{"as_of": "2025-11-25", "models": {"name": {"input": …, "output": …}}}`, prices in millionths of a
    /// US dollar per million tokens.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// The day on which the prices were true.
    pub fn as_of(&self) -> &str {
        &self.as_of
    }

    /// What so many tokens of a model cost, rounded up; no cost if the model is not known.
    pub(crate) fn usage(&self, model: &str, input_tokens: u64, output_tokens: u64) -> Usage {
        let cost_micro_usd = self.price(model).map(|price| {
            let total = u128::from(price.input) * u128::from(input_tokens)
                + u128::from(price.output) * u128::from(output_tokens);
            u64::try_from(total.div_ceil(1_000_000)).unwrap_or(u64::MAX)
        });
        Usage { input_tokens, output_tokens, cost_micro_usd }
    }

    /// The price of a model by its name, or by its name without the date that pins a version.
    fn price(&self, model: &str) -> Option<Price> {
        self.models.get(model).or_else(|| self.models.get(without_date(model)?)).copied()
    }
}

/// `claude-sonnet-4-5-20250929`, `gpt-4o-2024-08-06` and `…-latest` without their ends.
fn without_date(model: &str) -> Option<&str> {
    if let Some(name) = model.strip_suffix("-latest") {
        return Some(name);
    }
    let digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let (name, last) = model.rsplit_once('-')?;
    if digits(last, 8) {
        return Some(name);
    }
    let (name, month) = name.rsplit_once('-')?;
    let (name, year) = name.rsplit_once('-')?;
    (digits(last, 2) && digits(month, 2) && digits(year, 4)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::Prices;

    #[test]
    fn the_built_in_table_is_whole_and_dated() {
        let prices = Prices::parse(include_str!("prices.json")).expect("the file is a table");
        assert_eq!(prices.as_of().len(), 10, "it says of which day it is");
        let usage = prices.usage("claude-sonnet-4-5-20250929", 1_000, 100);
        assert_eq!(usage.cost_micro_usd, Some(3_000 + 1_500), "1,000 tokens in and 100 out of a dated model");
        assert_eq!(prices.usage("gpt-4o-2024-08-06", 3, 0).cost_micro_usd, Some(8), "7.5 millionths are rounded up");
    }

    #[test]
    fn an_unknown_model_has_no_price() {
        let prices = Prices::built_in();
        for model in ["", "my-own-model", "claude-sonnet-4-5-turbo", "gpt-4o-99"] {
            assert_eq!(
                prices.usage(model, 1, 1).cost_micro_usd,
                None,
                "{model:?} has no price, rather than a guessed one"
            );
        }
    }
}
