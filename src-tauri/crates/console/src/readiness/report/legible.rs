//! Text from elsewhere, so that it is shown and never obeyed.

use std::borrow::Cow;

/// Whether a reader might act on this character instead of showing it.
const fn is_active(character: char) -> bool {
    matches!(
        character,
        '\u{0}'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
    )
}

/// The text with everything replaced that could move, hide or turn round what stands beside it. Line ends and tabs stay.
pub(super) fn legible(text: &str) -> Cow<'_, str> {
    if text.contains(is_active) { Cow::Owned(text.replace(is_active, "\u{fffd}")) } else { Cow::Borrowed(text) }
}
