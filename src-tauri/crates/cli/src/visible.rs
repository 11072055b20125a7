//! Makes text from elsewhere safe to print: a step can print, and a plan can be called, anything at all.
//!
//! Control characters could move the cursor, change the title of the terminal or hide what follows; direction marks
//! could make a line read as another. They become visible instead of being dropped, so that nothing disappears.

use std::{borrow::Cow, fmt::Write as _};

/// Whether a terminal might act on this character instead of showing it.
const fn is_active(character: char) -> bool {
    matches!(
        character,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
    )
}

/// Text for one cell or one line, tabs as blanks.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_active) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars()
            .map(|character| match character {
                '\t' => ' ',
                '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}'),
                '\u{7f}' => '\u{2421}',
                character if is_active(character) => '\u{fffd}',
                character => character,
            })
            .collect(),
    )
}

/// JSON, with everything escaped that a terminal might act on. Outside of its strings JSON has no such characters but
/// the line feeds that it is laid out with.
pub(crate) fn visible_json(json: &str) -> Cow<'_, str> {
    if !json.contains(|character| character != '\n' && is_active(character)) {
        return Cow::Borrowed(json);
    }
    let mut text = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if character != '\n' && is_active(character) {
            let _ = write!(text, "\\u{:04x}", u32::from(character));
        } else {
            text.push(character);
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::{is_active, visible, visible_json};

    #[test]
    fn nothing_that_a_terminal_acts_on_is_printed() {
        let hostile = "\u{1b}]0;owned\u{7}\u{9b}2J\r\u{202e}txt.exe\u{7f}\n";
        assert!(!visible(hostile).contains(is_active), "escape, bell, C1, direction marks and line ends are shown");
        assert!(visible(hostile).starts_with('\u{241b}'), "what was there can be seen");
        assert_eq!(visible("plain ü 漢 🙂"), "plain ü 漢 🙂", "ordinary text of any script is left alone");
    }

    #[test]
    fn json_stays_the_same_document() {
        let hostile = serde_json::json!({"text": "\u{9b}2J\u{1b}[2J\u{202e}"});
        let printed = visible_json(&hostile.to_string()).into_owned();
        assert!(!printed.contains(is_active), "no active character is printed");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&printed).ok(), Some(hostile), "it reads back unchanged");
    }
}
