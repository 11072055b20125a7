//! What names, addresses and permissions may be. Everything that is wrong is said at once.

use crate::{Error, tools};
use domain::{Fault, Permission};

/// Most characters of a name.
const LONGEST_NAME: usize = 100;
/// Most characters of an e-mail address (RFC 5321, 4.5.3.1.3, without the angle brackets).
const LONGEST_EMAIL: usize = 254;

/// One fault.
pub(crate) fn fault(path: &str, rule: &str, message: &str, remedy: &str) -> Fault {
    Fault { path: path.to_owned(), rule: rule.to_owned(), message: message.to_owned(), remedy: remedy.to_owned() }
}

/// Collects what is wrong with an input.
#[derive(Debug, Default)]
pub(crate) struct Judge(Vec<Fault>);

impl Judge {
    /// Notes a fault.
    pub(crate) fn note(&mut self, fault: Option<Fault>) {
        self.0.extend(fault);
    }

    /// A name of 1 to 100 characters, trimmed.
    pub(crate) fn name(&mut self, path: &str, name: &str) -> String {
        let name = name.trim();
        let count = name.chars().count();
        if count == 0 || count > LONGEST_NAME {
            let message = format!("A name has 1 to {LONGEST_NAME} characters.");
            self.0.push(fault(path, "length", &message, "Say in a few words what it is."));
        } else if name.chars().any(tools::is_deceptive) {
            let message = "The name contains control characters or characters that turn text round.";
            self.0.push(fault(path, "control_character", message, "Remove them."));
        } else if !name.chars().any(char::is_alphanumeric) {
            self.0.push(fault(path, "empty", "A name has at least one letter or digit.", "Add one."));
        }
        name.to_owned()
    }

    /// An e-mail address, in small letters.
    pub(crate) fn email(&mut self, path: &str, email: &str) -> String {
        let email = email.trim().to_lowercase();
        if !is_email(&email) {
            let message = "This is not an e-mail address.";
            self.0.push(fault(path, "email", message, "Write it as name@example.org."));
        }
        email
    }

    /// At least one permission, in their order and each once.
    pub(crate) fn permissions(&mut self, path: &str, given: &[Permission]) -> Vec<Permission> {
        if given.is_empty() {
            let message = "At least one permission is needed.";
            self.0.push(fault(path, "required", message, "Name some of read, write, delete, admin."));
        }
        Permission::ALL.iter().copied().filter(|permission| given.contains(permission)).collect()
    }

    /// Everything that was wrong, if anything was.
    pub(crate) fn verdict(self) -> Result<(), Error> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid { faults: self.0 }) }
    }
}

/// One `@`, a name before it, a host with a dot after it, and nothing that a header could break at.
fn is_email(email: &str) -> bool {
    let Some((name, host)) = email.rsplit_once('@') else { return false };
    let plain = |c: char| !c.is_whitespace() && !tools::is_deceptive(c) && !"@,;:<>()[]\"\\".contains(c);
    let label = |label: &str| {
        !label.is_empty()
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    email.len() <= LONGEST_EMAIL
        && (1..=64).contains(&name.len())
        && name.chars().all(plain)
        && host.contains('.')
        && host.split('.').all(label)
}

/// A name as it stands in addresses: small letters and digits of ASCII with hyphens between; never empty.
pub(crate) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    let slug: String = slug.trim_matches('-').chars().take(60).collect();
    let slug = slug.trim_matches('-');
    if slug.is_empty() { "team".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{Judge, is_email, slug};
    use crate::Error;

    #[test]
    fn addresses_that_are_none_are_refused() {
        for good in ["ana@example.org", "a.b+c@sub.example.org", "ünal@münchen.example"] {
            assert!(is_email(good), "{good} is one");
        }
        let long = format!("{}@example.org", "a".repeat(65));
        for bad in
            ["", "ana", "@example.org", "ana@", "ana@host", "a na@b.c", "a@b@c.d", "a@-b.c", "a@b..c", "a\n@b.c", &long]
        {
            assert!(!is_email(bad), "{bad:?} is none");
        }
    }

    #[test]
    fn a_slug_is_never_empty_and_always_plain() {
        for (name, expected) in
            [("Storefront EU", "storefront-eu"), ("  ---  ", "team"), ("数据", "team"), ("A/B\u{202e}C", "a-b-c")]
        {
            assert_eq!(slug(name), expected, "{name:?}");
        }
        assert!(slug(&"a ".repeat(80)).len() <= 60, "it is short enough for an address");
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let mut judge = Judge::default();
        judge.name("name", "\u{202e}x");
        judge.email("email", "nobody");
        judge.permissions("permissions", &[]);
        let Err(Error::Invalid { faults }) = judge.verdict() else { panic!("all three are wrong") };
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(paths, ["name", "email", "permissions"], "none is kept back");
    }
}
