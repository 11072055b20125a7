//! The search for canaries: each in every form in which it could have been written down.

use crate::house::files;
use std::{fmt::Write as _, fs, path::Path};

/// A secret that must be found nowhere.
#[derive(Debug, Clone)]
pub(crate) struct Canary {
    /// What it was, e.g. `password`.
    pub(crate) what: &'static str,
    /// Lower case.
    forms: Vec<(&'static str, String)>,
}

impl Canary {
    /// A secret, and the part of it that occurs in no other text.
    pub(crate) fn new(what: &'static str, secret: &str, unique: &str) -> Self {
        let mut forms = Vec::new();
        for text in [secret, unique] {
            forms.push(("plain", text.to_owned()));
            forms.push(("percent-encoded", percent(text, false)));
            forms.push(("percent-encoded throughout", percent(text, true)));
            forms.push(("hex", hex(text.as_bytes())));
            // What stands before it in the same run of bytes decides how it looks in base64.
            forms.extend((0..3).map(|before| ("base64", base64_inside(text.as_bytes(), before))));
        }
        let base64 = forms.iter().filter(|(form, _)| *form == "base64");
        let url_safe = base64.map(|(_, text)| ("base64 for URLs", text.replace('+', "-").replace('/', "_")));
        let url_safe: Vec<_> = url_safe.collect();
        forms.extend(url_safe);
        for (_, text) in &mut forms {
            text.make_ascii_lowercase();
        }
        Self { what, forms }
    }

    /// A secret that was made for this.
    pub(crate) fn whole(what: &'static str, secret: &str) -> Self {
        Self::new(what, secret, secret)
    }

    /// Every form of it, each as a text that it could stand in.
    pub(crate) fn planted(&self) -> impl Iterator<Item = (&'static str, String)> + '_ {
        self.forms.iter().map(|(form, text)| (*form, format!("{{\"x\":\"{}\"}}", text.to_ascii_uppercase())))
    }
}

/// What is found of these canaries, each with its place and its form.
pub(crate) fn found(canaries: &[Canary], place: &str, bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let hits = canaries.iter().filter_map(|canary| {
        let (form, needle) = canary.forms.iter().find(|(_, needle)| text.contains(needle.as_str()))?;
        let at = text.find(needle.as_str()).unwrap_or_default();
        let before: String = text[..at].chars().rev().take(120).collect();
        let before: String = before.chars().rev().collect();
        Some(format!("{place}: {} in {form}, after {before:?}", canary.what))
    });
    hits.collect()
}

/// The same in every file of a folder.
pub(crate) fn found_below(canaries: &[Canary], folder: &Path) -> Vec<String> {
    let search = |path: &Path| {
        let bytes = fs::read(path).unwrap_or_default();
        found(canaries, &path.display().to_string(), &bytes)
    };
    files(folder).iter().flat_map(|path| search(path)).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn percent(text: &str, throughout: bool) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() && !throughout {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02x}");
        }
        encoded
    })
}

/// The part of the base64 of a text that is the same whatever stands behind it, and `before` bytes before it.
fn base64_inside(bytes: &[u8], before: usize) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let padded: Vec<_> = std::iter::repeat_n(0, before).chain(bytes.iter().copied()).collect();
    let bits: Vec<_> = padded.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let digits: String = bits
        .chunks_exact(6)
        .map(|six| six.iter().fold(0_usize, |value, bit| value * 2 + usize::from(*bit)))
        .map(|value| char::from(DIGITS[value]))
        .collect();
    digits[(before * 8).div_ceil(6)..].to_owned()
}

#[test]
fn the_search_knows_every_form() {
    let canary = Canary::new("a token", "Cn+token/00c0ffee00", "00c0ffee00");
    for (place, text) in [
        ("plain", "x Cn+token/00c0ffee00 y"),
        ("only the part that is unique", "X 00C0FFEE00"),
        ("percent", "?t=Cn%2Btoken%2F00c0ffee00"),
        ("hex", "436E2B746F6B656E2F30306330666665653030"),
        ("base64", "Q24rdG9rZW4vMDBjMGZmZWUwMA=="),
        ("base64 of ana:TOKEN", "YW5hOkNuK3Rva2VuLzAwYzBmZmVlMDA="),
        ("base64 of ab:TOKEN", "YWI6Q24rdG9rZW4vMDBjMGZmZWUwMA=="),
    ] {
        assert_eq!(found(std::slice::from_ref(&canary), place, text.as_bytes()).len(), 1, "{place} is found");
    }
    for (form, text) in canary.planted() {
        assert_eq!(found(std::slice::from_ref(&canary), form, text.as_bytes()).len(), 1, "{form} is found: {text}");
    }
    let other = Canary::new("another", "Cn+token/00c0ffee11", "00c0ffee11");
    assert_eq!(found(&[other], "plain", b"x Cn+token/00c0ffee00 y"), Vec::<String>::new(), "and only what is there");
}
