//! What fuzz targets share: the recorded exchanges, of which input names one, and what input is made of.
//!
//! Input for an answer is the number of an exchange in two bytes, little end first, and a body that takes the place of the
//! recorded one; so libFuzzer begins with everything that was recorded and changes both. Deliberately absent: judging what
//! a parser makes of it. A parser may refuse whatever it likes, as long as it neither panics nor hangs nor eats the memory.

use std::{fs, io, path::Path, sync::LazyLock};
use testkit::Exchange;

/// Exchanges of one kind of plane, in the order of their names.
pub struct Exchanges(LazyLock<Vec<Exchange>>);

/// Of the store platform.
pub static STORE_PLATFORM: Exchanges = Exchanges(LazyLock::new(|| of("store-platform")));
/// Of NOFX.
pub static NOFX: Exchanges = Exchanges(LazyLock::new(|| of("nofx")));
/// Of FuzzyLlama.
pub static FUZZYLLAMA: Exchanges = Exchanges(LazyLock::new(|| of("fuzzyllama")));

fn of(kind: &str) -> Vec<Exchange> {
    testkit::recordings(kind).iter().filter_map(testkit::Recording::exchange).collect()
}

impl Exchanges {
    /// The exchange that input names, and the body that it brings.
    pub fn named<'a>(&self, input: &'a [u8]) -> Option<(&Exchange, &'a [u8])> {
        let ([low, high], body) = input.split_first_chunk::<2>()?;
        let number = usize::from(u16::from_le_bytes([*low, *high]));
        let exchange = self.0.get(number % self.0.len().max(1))?;
        Some((exchange, body))
    }

    /// Writes every recorded exchange as input into this folder.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn sow(&self, folder: &Path) -> io::Result<usize> {
        for (number, exchange) in self.0.iter().enumerate() {
            let number = u16::try_from(number).unwrap_or(u16::MAX);
            let input = [number.to_le_bytes().as_slice(), &exchange.body].concat();
            fs::write(folder.join(format!("recorded-{number}")), input)?;
        }
        Ok(self.0.len())
    }
}

/// What separates the parts of input that has several: no JSON holds it.
pub const BETWEEN: u8 = 0xFF;

/// Runs of NOFX, each with its timeline and its gates as far as they were recorded, as input into this folder.
///
/// # Errors
/// If the folder cannot be written.
pub fn sow_histories(folder: &Path) -> io::Result<usize> {
    let ending =
        |part: &'static str| NOFX.0.iter().filter(move |exchange| is_about(exchange, part)).map(|found| &found.body);
    let empty = Vec::new();
    let mut count = 0;
    for run in ending("") {
        for timeline in ending("/timeline").take(8).chain([&empty]) {
            let gates = ending("/gates").nth(count % 7).unwrap_or(&empty);
            let input = [run.as_slice(), timeline, gates].join(&BETWEEN);
            fs::write(folder.join(format!("recorded-{count}")), input)?;
            count += 1;
        }
    }
    Ok(count)
}

/// Whether it is about one run, or about this part of one.
fn is_about(exchange: &Exchange, part: &str) -> bool {
    let path = exchange.path.split('?').next().unwrap_or_default();
    let path = path.strip_prefix("/api").unwrap_or(path);
    let Some(rest) = path.strip_prefix("/runs/").and_then(|rest| rest.strip_suffix(part)) else { return false };
    exchange.status == 200 && exchange.method == "GET" && !rest.is_empty() && !rest.contains('/')
}

/// Events of the socket of FuzzyLlama, as input into this folder: a JSON list of the event and its arguments.
///
/// # Errors
/// If the folder cannot be written.
pub fn sow_news(folder: &Path) -> io::Result<usize> {
    let mut count = 0;
    for recording in testkit::recordings("fuzzyllama").iter().filter(|recording| recording.name.starts_with("ws.")) {
        let Some(serde_json::Value::Array(items)) = recording.json() else { continue };
        for item in items {
            let heard = match &item {
                serde_json::Value::Array(pair) => serde_json::json!([pair.first(), pair.get(1)]),
                item => serde_json::json!([item.get("event"), item.get("args")]),
            };
            fs::write(folder.join(format!("recorded-{count}")), heard.to_string())?;
            count += 1;
        }
    }
    Ok(count)
}
