//! What may be said back: answers and the audit quote what was asked for, and that may hold anything.

use engine::tools::is_deceptive;

/// Most characters of a text of ours that quotes something.
const LONGEST: usize = 2_000;

/// A text without characters that could hide or forge what a person reads, cut to a length that anybody can show.
pub(crate) fn plain(text: &str) -> String {
    cut(text, LONGEST)
}

/// The same, cut to so many characters.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let shown = |c: char| if is_deceptive(c) { '\u{fffd}' } else { c };
    let mut plain: String = text.chars().take(most).map(shown).collect();
    if text.chars().nth(most).is_some() {
        plain.push('…');
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn nothing_that_hides_is_said_back() {
        assert_eq!(
            cut("run_1\0\u{202e}\n", 100),
            "run_1\u{fffd}\u{fffd}\u{fffd}",
            "it is seen that something was there"
        );
        assert_eq!(cut("überlang", 4), "über…", "characters are counted, and the cut is seen");
        assert_eq!(cut("kurz", 4), "kurz", "what fits stays");
    }
}
