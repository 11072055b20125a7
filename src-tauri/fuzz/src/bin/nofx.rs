//! Answers of NOFX, either dialect.
#![no_main]

use client_nofx::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((exchange, body)) = fuzz::NOFX.named(input) else { return };
    let _ = parse::answer(&exchange.method, &exchange.path, exchange.status, &exchange.headers, body);
});
