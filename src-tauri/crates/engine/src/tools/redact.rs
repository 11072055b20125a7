//! Takes secrets out of text before it is logged or kept: what a step was given must not come back in what it prints.
//!
//! Only exact occurrences are found. A secret that a program prints encoded, reversed or in pieces is not.

use domain::Secret;
use std::borrow::Cow;

/// What stands where a secret stood.
const MARK: &str = "[redacted]";
/// Shorter secrets are not searched for: they would blot out ordinary words.
const SHORTEST: usize = 4;
/// The same for what follows one word, which may be no scheme.
const SHORTEST_BARE: usize = 12;

/// The secrets of one attempt.
#[derive(Debug, Clone, Default)]
pub(crate) struct Redactor(Vec<Secret>);

impl Redactor {
    /// Hides this secret, and each line of it, from now on. Of `Bearer TOKEN` the token by itself, too: whoever refuses a
    /// credential often names it without its scheme.
    pub(crate) fn hide(&mut self, secret: &Secret) {
        let lines = secret.expose().lines().map(str::trim).filter(|line| line.len() >= SHORTEST);
        let bare = lines.clone().filter_map(|line| line.split_once(' ')).map(|(_, credential)| credential.trim_start());
        let bare = bare.filter(|credential| credential.len() >= SHORTEST_BARE && !credential.contains(' '));
        self.0.extend(lines.chain(bare).map(Secret::new));
        self.0.sort_by_key(|secret| std::cmp::Reverse(secret.expose().len()));
    }

    /// The text without them.
    pub(crate) fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut clean = Cow::Borrowed(text);
        for secret in &self.0 {
            if clean.contains(secret.expose()) {
                clean = Cow::Owned(clean.replace(secret.expose(), MARK));
            }
        }
        clean
    }
}

#[cfg(test)]
mod tests {
    use super::Redactor;
    use domain::Secret;

    #[test]
    fn a_secret_does_not_come_back() {
        let mut redactor = Redactor::default();
        redactor.hide(&Secret::new("s3cret-token\nsecond-line"));
        redactor.hide(&Secret::new("ab"));
        assert_eq!(redactor.clean("x s3cret-token y"), "x [redacted] y", "the first line of it is hidden");
        assert_eq!(redactor.clean("second-line"), "[redacted]", "and so is the second");
        assert_eq!(redactor.clean("cab"), "cab", "a two-letter value does not eat words");
        redactor.hide(&Secret::new("Bearer 0123456789ab"));
        redactor.hide(&Secret::new("hello world"));
        assert_eq!(redactor.clean("Bearer 0123456789ab"), "[redacted]", "the whole of a header is hidden");
        assert_eq!(redactor.clean("no such key: 0123456789ab"), "no such key: [redacted]", "and its credential alone");
        assert_eq!(redactor.clean("the world"), "the world", "two words are no credential");
    }
}
