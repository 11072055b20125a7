//! Where a browser may be led back to: a listener on this machine, by its address (RFC 8252, sections 7.3 and 8.3).
//!
//! A name such as `localhost` is refused, since it can be made to mean another machine.

use crate::tools::fault;
use domain::Fault;
use reqwest::Url;

/// Longest address, in bytes.
const LONGEST: usize = 500;

/// The fault of an address that is not `http://127.0.0.1:PORT/PATH` or `http://[::1]:PORT/PATH`.
pub(super) fn check(redirect_uri: &str) -> Result<(), Fault> {
    if is_good(redirect_uri) {
        return Ok(());
    }
    Err(fault(
        "redirect_uri",
        "not_loopback",
        "The address to come back to is not a plain address of a listener on this machine.",
        "Write http://127.0.0.1:PORT/PATH or http://[::1]:PORT/PATH, with nothing after the path.",
    ))
}

fn is_good(text: &str) -> bool {
    let after_host = ["http://127.0.0.1:", "http://[::1]:"].iter().find_map(|beginning| text.strip_prefix(beginning));
    let Some((port, path)) = after_host.and_then(|rest| rest.split_once('/')) else { return false };
    let is_port = port.parse::<u16>().is_ok_and(|number| number > 0 && number.to_string() == port);
    let is_path = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte));
    // What the parser would write differently, such as `/../`, is not the address that the provider compares.
    is_port
        && is_path
        && text.len() <= LONGEST
        && (port == "80" || text.parse::<Url>().is_ok_and(|url| url.as_str() == text))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn only_a_listener_on_this_machine_is_led_back_to() {
        for good in ["http://127.0.0.1:49152/callback", "http://[::1]:8080/", "http://127.0.0.1:80/sign-in/done"] {
            assert!(check(good).is_ok(), "{good} is a listener on this machine");
        }
        for bad in [
            "",
            "callback",
            "https://127.0.0.1:4000/callback",
            "http://localhost:4000/callback",
            "http://127.0.0.1/callback",
            "http://127.0.0.1:4000",
            "http://127.0.0.1:0/callback",
            "http://127.0.0.1:+400/callback",
            "http://127.0.0.1:65536/callback",
            "http://127.0.0.2:4000/callback",
            "http://2130706433:4000/callback",
            "http://0.0.0.0:4000/callback",
            "http://[::ffff:127.0.0.1]:4000/callback",
            "http://127.0.0.1:4000/callback?next=1",
            "http://127.0.0.1:4000/callback#part",
            "http://127.0.0.1:4000/../callback",
            "http://127.0.0.1:4000@evil.example/callback",
            "http://user@127.0.0.1:4000/callback",
            "http://127.0.0.1:4000\\@evil.example/callback",
            "http://127.0.0.1.evil.example:4000/callback",
            "http://evil.example:4000/callback",
            "http://127.0.0.1:4000/call back",
            "http://127.0.0.1:4000/call\nback",
            "breakwater://callback",
        ] {
            let fault = check(bad).expect_err("it is no listener on this machine");
            assert_eq!((fault.path.as_str(), fault.rule.as_str()), ("redirect_uri", "not_loopback"), "{bad:?}");
        }
    }
}
