//! What the socket of FuzzyLlama says: packets as they come, and the events in them.
#![no_main]

use client_fuzzyllama::parse::{news, packets};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|input: &[u8]| {
    let _ = packets(input);
    let Ok(Value::Array(heard)) = serde_json::from_slice::<Value>(input) else { return };
    let Some((Value::String(event), arguments)) = heard.split_first() else { return };
    let _ = news(event, arguments);
});
