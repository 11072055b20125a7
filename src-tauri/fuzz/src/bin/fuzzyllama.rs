//! Answers of FuzzyLlama.
#![no_main]

use client_fuzzyllama::parse;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// The project whose events are read.
static PROJECT: LazyLock<Value> = LazyLock::new(|| {
    let at = "2026-11-20T10:00:00.000Z";
    json!({ "id": "p", "name": "n", "createdAt": at, "updatedAt": at })
});

fuzz_target!(|input: &[u8]| {
    let Some((exchange, body)) = fuzz::FUZZYLLAMA.named(input) else { return };
    let _ = parse::answer(&exchange.method, &exchange.path, exchange.status, &exchange.headers, body, &PROJECT);
});
