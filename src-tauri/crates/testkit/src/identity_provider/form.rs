//! Pairs as forms and queries carry them.

use std::{collections::HashMap, fmt::Write as _};

/// Reads `a=1&b=2`. A name that occurs twice is not in it, so that nobody can mean two things at once.
pub(super) fn read(text: &str) -> HashMap<String, String> {
    let mut pairs = HashMap::new();
    let mut doubled = Vec::new();
    for (name, value) in text.split('&').filter_map(|pair| pair.split_once('=')) {
        let name = decoded(name);
        if pairs.insert(name.clone(), decoded(value)).is_some() {
            doubled.push(name);
        }
    }
    pairs.retain(|name, _| !doubled.contains(name));
    pairs
}

/// Percent signs and pluses turned back.
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits: Vec<_> = rest.by_ref().take(2).collect();
                let number = std::str::from_utf8(&digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok());
                number.expect("two digits follow a percent sign")
            }
            other => other,
        });
    }
    String::from_utf8(bytes).expect("a form is UTF-8")
}

/// Everything but letters and digits as percent signs.
pub(super) fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a string takes everything");
        }
        encoded
    })
}
