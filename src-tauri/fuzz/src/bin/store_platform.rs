//! Answers of the store platform.
#![no_main]

use client_http::{
    Answer,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use client_store_platform::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((exchange, body)) = fuzz::STORE_PLATFORM.named(input) else { return };
    let mut headers = HeaderMap::new();
    for (name, value) in &exchange.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.as_str())) {
            headers.insert(name, value);
        }
    }
    let answer = Answer { status: exchange.status, headers, body: body.to_vec() };
    let _ = parse::answer(&exchange.method, &exchange.path, &answer);
});
