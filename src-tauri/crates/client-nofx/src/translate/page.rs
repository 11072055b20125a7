//! The address of a page at which a person goes on, e.g. to pay.
//!
//! It is opened in a browser, so only what a browser and we read alike is taken: no name before the host, no backslash,
//! nothing but visible ASCII, and no way that others can listen to.

use crate::translate::row::Row;
use serde_json::Value;
use std::net::IpAddr;

/// Longest address that is taken, in bytes. Those of payment services have some hundred.
const LONGEST: usize = 4096;

/// The address; none if there is none, or none that it is safe to open.
pub(crate) fn page(answer: &Value) -> Option<String> {
    let address = Row::of(answer)?.word("url")?;
    is_safe(address).then(|| address.to_owned())
}

fn is_safe(address: &str) -> bool {
    let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if address.len() > LONGEST || !is_plain {
        return false;
    }
    let Some((scheme, rest)) = address.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host(authority);
    if host.is_empty() || authority.contains('@') {
        return false;
    }
    match scheme.to_ascii_lowercase().as_str() {
        "https" => true,
        "http" => is_loopback(host),
        _ => false,
    }
}

/// The host without its port.
fn host(authority: &str) -> &str {
    match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, _)) => host,
        None => authority.split(':').next().unwrap_or_default(),
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_safe;

    #[test]
    fn only_a_safe_page_is_one_to_go_on_at() {
        for good in [
            "https://pay.example.test/c/cs_1#fid",
            "HTTPS://pay.example.test:8443",
            "http://127.0.0.1:3000/pay",
            "http://localhost/pay",
            "http://[::1]:3000/pay",
        ] {
            assert!(is_safe(good), "{good} is opened");
        }
        for bad in [
            "",
            "pay.example.test",
            "http://pay.example.test",
            "http://127.0.0.1.example.test/",
            "http://localhost.example.test",
            "javascript:alert(1)",
            "javascript://pay.example.test/%0Aalert(1)",
            "file:///etc/passwd",
            "https://",
            "https:///pay",
            "https://:443/",
            "https://pay.example.test@evil.test/",
            "http://127.0.0.1@evil.test/",
            "https://evil.test\\@pay.example.test/",
            "https://pay.example.test/ ?a",
            "https://pay.example.test/\n",
            "https://p\u{430}y.example.test/",
        ] {
            assert!(!is_safe(bad), "{bad:?} is not");
        }
        let long = format!("https://pay.example.test/{}", "x".repeat(5000));
        assert!(!is_safe(&long), "an address without end is not");
    }
}
