//! What a provider writes about a person, cut and cleaned before anybody keeps or shows it.

use crate::tools::is_deceptive;

/// Longest subject, in bytes, by the rules of OpenID Connect.
const LONGEST_SUBJECT: usize = 255;
/// Longest address that mail can be sent to, in bytes.
const LONGEST_EMAIL: usize = 254;
/// Longest name, in characters.
const LONGEST_NAME: usize = 200;

/// Whether this names somebody. It is compared, so it is never changed: a part of it would name somebody else.
pub(super) fn is_subject(text: &str) -> bool {
    (1..=LONGEST_SUBJECT).contains(&text.len()) && !text.chars().any(is_deceptive)
}

/// An address that can be shown and compared, or none: a part of it would belong to somebody else.
pub(super) fn email(text: &str) -> Option<String> {
    let is_visible = !text.chars().any(|character| is_deceptive(character) || character.is_whitespace());
    let has_two_parts = text.split_once('@').is_some_and(|(person, host)| !person.is_empty() && !host.is_empty());
    (text.len() <= LONGEST_EMAIL && is_visible && has_two_parts).then(|| text.to_owned())
}

/// A name as far as it can be shown.
pub(super) fn name(text: &str) -> Option<String> {
    let visible: String = text.chars().filter(|character| !is_deceptive(*character)).take(LONGEST_NAME).collect();
    let name = visible.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{email, is_subject, name};

    #[test]
    fn what_is_compared_is_whole_or_absent_and_what_is_shown_is_clean() {
        assert!(is_subject("248289761001") && is_subject(&"x".repeat(255)), "as providers write it");
        assert!(!is_subject("") && !is_subject(&"x".repeat(256)) && !is_subject("a\u{202e}b"), "nobody can be kept so");
        assert_eq!(email("ada@example.org").as_deref(), Some("ada@example.org"), "an address stays as it is");
        for bad in ["", "ada", "@example.org", "ada@", "ada@exa mple.org", "ada@example.org\u{0}", &"a@b".repeat(100)] {
            assert_eq!(email(bad), None, "{bad:?} is no address of anybody");
        }
        assert_eq!(
            name(" Ada\u{1b}[31m\u{202e} L. ").as_deref(),
            Some("Ada[31m L."),
            "what could forge a line is gone"
        );
        assert_eq!(name(&"n".repeat(900)).map(|name| name.len()), Some(200), "a name is bounded");
        assert_eq!(name("\u{7}"), None, "nothing is no name");
    }
}
