//! What an operator may enter for a connection. Every fault is named at once, each with its remedy.

use crate::error::fault;
use domain::{Environment, Fault};
use std::net::IpAddr;

/// Most characters of a name.
const NAME_MAX: usize = 60;
/// Most characters of an address.
const ADDRESS_MAX: usize = 2_048;
/// Most characters of an e-mail address.
const EMAIL_MAX: usize = 254;
/// Most characters of a token.
const TOKEN_MAX: usize = 4_096;

/// Judges a name against the names that are taken.
pub(crate) fn judge_name(name: &str, taken: &[String], faults: &mut Vec<Fault>) {
    let length = name.chars().count();
    if name.trim().is_empty() || length > NAME_MAX {
        faults.push(fault("name", "length", "a name has 1 to 60 characters", "Write a short name, e.g. staging."));
    } else if name.trim() != name || name.chars().any(char::is_control) {
        faults.push(fault(
            "name",
            "characters",
            "a name neither begins nor ends with a space and holds no control characters",
            "Remove them.",
        ));
    }
    if taken.iter().any(|other| other.eq_ignore_ascii_case(name)) {
        faults.push(fault("name", "unique", "another connection has this name", "Choose another name."));
    }
}

/// Judges an address. Plain HTTP would show the token to everyone on the way, so it is for this machine only, unless
/// the operator says that the environment is local.
pub(crate) fn judge_address(address: &str, environment: Option<Environment>, faults: &mut Vec<Fault>) {
    let mut add = |rule: &str, message: &str, remedy: &str| faults.push(fault("base_url", rule, message, remedy));
    if address.chars().count() > ADDRESS_MAX || address.chars().any(|c| c.is_whitespace() || c.is_control()) {
        add("characters", "an address has at most 2048 characters and no spaces", "Check what was pasted.");
        return;
    }
    let (plain, rest) = if let Some(rest) = strip_scheme(address, "https://") {
        (false, rest)
    } else if let Some(rest) = strip_scheme(address, "http://") {
        (true, rest)
    } else {
        add("scheme", "an address begins with https:// or http://", "Write e.g. https://plane.example.com.");
        return;
    };
    let (authority, tail) = rest.find(['/', '?', '#']).map_or((rest, ""), |at| rest.split_at(at));
    if authority.contains('@') {
        add("userinfo", "an address holds no user name or password", "Remove it; enter the token in its own field.");
    }
    if tail.contains('?') {
        add("query", "an address has no query", "Remove everything from the question mark on.");
    }
    if tail.contains('#') {
        add("fragment", "an address has no fragment", "Remove everything from the number sign on.");
    }
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let Some(host) = host_of(host_and_port) else {
        add(
            "host",
            "an address names a host and at most one port from 1 to 65535",
            "Write e.g. https://plane.example.com:8443.",
        );
        return;
    };
    if plain && environment != Some(Environment::Local) && !is_loopback(host) {
        add(
            "https",
            "plain http:// would show the token to everyone on the way",
            "Use https://, or set the environment to local.",
        );
    }
}

/// Judges how often a plane is to be asked.
pub(crate) fn judge_interval(millis: u32, faults: &mut Vec<Fault>) {
    if !(1_000..=600_000).contains(&millis) {
        let rule = "a control plane is asked every 1 s to every 10 min";
        faults.push(fault("poll_every_ms", "range", rule, "Give 1000 to 600000, or 0 to leave it to the console."));
    }
}

/// Judges a token without ever repeating it.
pub(crate) fn judge_token(token: &str, faults: &mut Vec<Fault>) {
    if token.is_empty() || token.len() > TOKEN_MAX {
        faults.push(fault(
            "token",
            "length",
            "a token has 1 to 4096 characters",
            "Paste the whole token, and only it.",
        ));
    } else if token.chars().any(char::is_control) || token.trim() != token {
        faults.push(fault(
            "token",
            "characters",
            "a token has no control characters, and no space at its ends",
            "Paste it again without quotes and line ends.",
        ));
    }
}

/// Judges an e-mail address, as far as that can be done without sending anything to it.
pub(crate) fn judge_email(email: &str, faults: &mut Vec<Fault>) {
    let is_usable = email.chars().count() <= EMAIL_MAX && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    let is_one = email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
    if !is_usable || !is_one {
        let rule = "an e-mail address has a name, an @, a host, and at most 254 characters";
        faults.push(fault("email", "address", rule, "Write the address that you were invited with."));
    }
}

/// Judges a password without ever repeating it. What makes a good one is for the plane to say.
pub(crate) fn judge_password(password: &str, faults: &mut Vec<Fault>) {
    if password.is_empty() || password.len() > TOKEN_MAX {
        faults.push(fault("password", "length", "a password has 1 to 4096 characters", "Write the whole password."));
    }
}

/// The address in the one form in which it is kept: without a slash at its end.
pub(crate) fn tidy(address: &str) -> String {
    address.trim_end_matches('/').to_owned()
}

/// Scheme, host and port of an address: where a token that was entered for it may be sent.
fn origin(address: &str) -> Option<(bool, String, u16)> {
    let encrypted = strip_scheme(address, "https://");
    let rest = encrypted.or_else(|| strip_scheme(address, "http://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = host_of(authority)?;
    let usual = if encrypted.is_some() { 443 } else { 80 };
    let after = authority.rsplit_once(']').map_or(authority, |(_, after)| after);
    let port = after.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(usual);
    Some((encrypted.is_some(), host.to_ascii_lowercase(), port))
}

/// Whether a token that was entered for one address may be sent to the other.
pub(crate) fn is_same_origin(one: &str, other: &str) -> bool {
    one == other || origin(one).is_some_and(|one| origin(other) == Some(one))
}

fn strip_scheme<'a>(address: &'a str, scheme: &str) -> Option<&'a str> {
    let head = address.get(..scheme.len())?;
    head.eq_ignore_ascii_case(scheme).then(|| &address[scheme.len()..])
}

fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = if let Some(rest) = authority.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        host.parse::<std::net::Ipv6Addr>().ok()?;
        (host, after.strip_prefix(':').or_else(|| after.is_empty().then_some("1"))?)
    } else {
        authority.split_once(':').unwrap_or((authority, "1"))
    };
    let port_is_good = port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0);
    let host_is_good = !host.is_empty() && host.chars().all(|c| c.is_alphanumeric() || "-._:".contains(c));
    (port_is_good && host_is_good).then_some(host)
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{is_same_origin, judge_address, judge_name, judge_token};
    use domain::Environment;

    fn rules(address: &str, environment: Option<Environment>) -> Vec<String> {
        let mut faults = Vec::new();
        judge_address(address, environment, &mut faults);
        faults.into_iter().map(|fault| fault.rule).collect()
    }

    #[test]
    fn every_fault_of_an_address_is_named_at_once() {
        assert_eq!(
            rules("http://me:secret@plane.example.com/x?y#z", None),
            ["userinfo", "query", "fragment", "https"],
            "one look shows all that is wrong"
        );
        for good in ["https://plane.example.com", "http://127.0.0.1:8080/api", "http://[::1]:80", "HTTP://localhost/"] {
            assert!(rules(good, None).is_empty(), "{good} is accepted");
        }
        for bad in [
            "",
            "ftp://x",
            "https://",
            "https://:80",
            "https://h:0",
            "https://h:99999",
            "https://h:1:2",
            "https://[zz]",
        ] {
            assert!(!rules(bad, None).is_empty(), "{bad:?} is refused");
        }
    }

    #[test]
    fn plain_http_leaves_this_machine_only_in_a_local_environment() {
        assert_eq!(
            rules("http://10.0.0.8", Some(Environment::Staging)),
            ["https"],
            "a token would be readable on the way"
        );
        assert!(rules("http://10.0.0.8", Some(Environment::Local)).is_empty(), "the operator vouches for the way");
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for same in ["https://plane.example.com/base", "HTTPS://PLANE.example.com:443"] {
            assert!(is_same_origin("https://plane.example.com", same), "{same} is the same place");
        }
        for other in ["http://plane.example.com", "https://plane.example.com:8443", "https://plane.example.com.evil"] {
            assert!(!is_same_origin("https://plane.example.com", other), "{other} is another place");
        }
        assert!(!is_same_origin("http://[::1]:1", "http://[::1]:2"), "the port of an IPv6 address counts");
        assert!(is_same_origin("http://[::1]", "http://[::1]:80/"), "and has a default");
        assert!(!is_same_origin("nonsense", "rubbish"), "what has no origin shares none");
    }

    #[test]
    fn names_are_short_and_unique() {
        let judge = |name: &str| {
            let mut faults = Vec::new();
            judge_name(name, &["Local".to_owned()], &mut faults);
            faults.len()
        };
        assert_eq!(judge("staging"), 0, "an ordinary name is accepted");
        for bad in ["", "   ", "local", " x", "a\nb", &"x".repeat(61)] {
            assert_eq!(judge(bad), 1, "{bad:?} is refused with one reason");
        }
    }

    #[test]
    fn a_refused_token_is_not_repeated() {
        let mut faults = Vec::new();
        for bad in ["hunter2\nhunter2", " hunter2", "hunter2\u{7f}"] {
            faults.clear();
            judge_token(bad, &mut faults);
            assert_eq!(faults.len(), 1, "what a paste leaves behind is refused");
            assert!(!format!("{faults:?}").contains("hunter2"), "the token is in no message");
        }
        let mut none = Vec::new();
        judge_token("ops@planes.example:two words", &mut none);
        assert_eq!(none, [], "a password may hold a space");
    }
}
