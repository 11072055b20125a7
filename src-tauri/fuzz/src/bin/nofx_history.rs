//! A run of NOFX, which is put together of three answers.
#![no_main]

use client_nofx::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(3, |byte| *byte == fuzz::BETWEEN);
    let mut part = || parts.next().unwrap_or_default();
    let _ = parse::history(part(), part(), part());
});
