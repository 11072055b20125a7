//! Reading of JSON objects that people wrote: typed values out, every fault at once.
//!
//! Each reader is asked for a field by name, answers `None` when it is absent or faulty, and remembers the fault. A field
//! that nobody asked for is a fault too, so a misspelt option never goes unnoticed. Values themselves are never quoted in
//! a fault, since any of them may be a secret; names are.

use super::duration;
use domain::Fault;
use serde_json::{Map, Value};
use std::{ops::RangeInclusive, time::Duration};

/// Makes a fault.
pub(crate) fn fault(
    path: impl Into<String>,
    rule: &str,
    message: impl Into<String>,
    remedy: impl Into<String>,
) -> Fault {
    Fault { path: path.into(), rule: rule.to_owned(), message: message.into(), remedy: remedy.into() }
}

/// The fault of a secret that stands in a plan for all to read.
pub(crate) fn secret_in_plan(path: impl Into<String>, name: &str) -> Fault {
    let message = format!("{} holds a secret, and a plan is stored and shown to everybody.", clip(name, 100));
    let remedy = "Write {\"from_env\": \"NAME\"} or {\"from_keychain\": \"name\"} instead of the value, and replace the secret: it has been seen.";
    fault(path, "secret_in_plan", message, remedy)
}

/// The path of a field below `parent`, quoted where the name is not a plain word.
pub(crate) fn child(parent: &str, name: &str) -> String {
    let plain = !name.is_empty()
        && name.len() <= 100
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    match (plain, parent.is_empty()) {
        (true, true) => name.to_owned(),
        (true, false) => format!("{parent}.{name}"),
        (false, _) => format!("{parent}[{}]", Value::from(clip(name, 100))),
    }
}

/// The path of an element of the list at `parent`.
pub(crate) fn element(parent: &str, index: usize) -> String {
    format!("{parent}[{index}]")
}

/// At most `limit` characters of a text, for messages.
pub(crate) fn clip(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What a value is, in plain words.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Whether a character could hide or forge what a person reads: control characters and those that turn text round.
pub fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// One object while it is being read.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    object: &'a Map<String, Value>,
    path: String,
    asked: Vec<&'static str>,
    faults: Vec<Fault>,
}

impl<'a> Fields<'a> {
    /// Starts to read the object at `path`.
    pub(crate) fn new(object: &'a Map<String, Value>, path: impl Into<String>) -> Self {
        Self { object, path: path.into(), asked: Vec::new(), faults: Vec::new() }
    }

    /// The path of one of its fields.
    pub(crate) fn path(&self, name: &str) -> String {
        child(&self.path, name)
    }

    /// Remembers a fault of the field.
    pub(crate) fn refuse(&mut self, name: &str, rule: &str, message: impl Into<String>, remedy: impl Into<String>) {
        let path = self.path(name);
        self.faults.push(fault(path, rule, message, remedy));
    }

    /// Takes over faults that were found further down.
    pub(crate) fn adopt(&mut self, faults: impl IntoIterator<Item = Fault>) {
        self.faults.extend(faults);
    }

    /// The field as it is; `null` counts as absent.
    pub(crate) fn any(&mut self, name: &'static str) -> Option<&'a Value> {
        self.asked.push(name);
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// Remembers that a field is missing.
    pub(crate) fn missing(&mut self, name: &str, remedy: impl Into<String>) {
        self.refuse(name, "required", format!("{name} is missing."), remedy);
    }

    fn wrong_type(&mut self, name: &str, found: &Value, expected: &str) {
        let message = format!("{name} is {} where {expected} is expected.", kind(found));
        self.refuse(name, "wrong_type", message, format!("Write {expected}."));
    }

    /// An optional text of so many characters.
    pub(crate) fn text(&mut self, name: &'static str, length: RangeInclusive<usize>) -> Option<&'a str> {
        let value = self.any(name)?;
        let Some(text) = value.as_str() else {
            self.wrong_type(name, value, "text");
            return None;
        };
        if *length.start() > 0 && text.trim().is_empty() {
            self.refuse(
                name,
                "empty",
                format!("{name} is empty."),
                format!("Write at least {} character.", length.start()),
            );
            return None;
        }
        if text.len() > *length.end() && text.chars().count() > *length.end() {
            let message = format!("{name} is longer than {} characters.", length.end());
            self.refuse(name, "too_long", message, format!("Write at most {} characters.", length.end()));
            return None;
        }
        if text.contains('\0') {
            self.refuse(name, "control_character", format!("{name} contains a NUL character."), "Remove it.");
            return None;
        }
        Some(text)
    }

    /// A text of so many characters that must be there.
    pub(crate) fn required_text(&mut self, name: &'static str, length: RangeInclusive<usize>) -> Option<&'a str> {
        if self.any(name).is_none() {
            self.missing(name, format!("Write {} to {} characters of text.", length.start(), length.end()));
            return None;
        }
        self.asked.pop();
        self.text(name, length)
    }

    /// One of a few words.
    pub(crate) fn choice(&mut self, name: &'static str, words: &[&str]) -> Option<&'a str> {
        let text = self.text(name, 1..=100)?;
        if words.contains(&text) {
            return Some(text);
        }
        let remedy = format!("Write one of {}.", words.join(", "));
        self.refuse(name, "not_a_choice", format!("{name} has a value that it cannot have."), remedy);
        None
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&mut self, name: &'static str) -> Option<bool> {
        let value = self.any(name)?;
        let answer = value.as_bool();
        if answer.is_none() {
            self.wrong_type(name, value, "true or false");
        }
        answer
    }

    /// A whole number within a range.
    pub(crate) fn integer(&mut self, name: &'static str, range: RangeInclusive<u64>) -> Option<u64> {
        let value = self.any(name)?;
        if !value.is_number() {
            self.wrong_type(name, value, "a whole number");
            return None;
        }
        let number = value.as_u64().filter(|number| range.contains(number));
        if number.is_none() {
            let message = format!("{name} is not a whole number from {} to {}.", range.start(), range.end());
            self.refuse(
                name,
                "out_of_range",
                message,
                format!("Write a number from {} to {}.", range.start(), range.end()),
            );
        }
        number
    }

    /// A duration within a range; see [`duration::FORMS`].
    pub(crate) fn duration(&mut self, name: &'static str, range: RangeInclusive<Duration>) -> Option<Duration> {
        let value = self.any(name)?;
        let Some(read) = duration::read(value) else {
            self.refuse(name, "not_a_duration", format!("{name} is not a duration."), duration::FORMS);
            return None;
        };
        self.in_range(name, read, &range)
    }

    /// A duration that may be given as `name` or, in milliseconds, as `name_ms`; both at once is a fault.
    pub(crate) fn duration_or_millis(
        &mut self,
        name: &'static str,
        name_ms: &'static str,
        range: RangeInclusive<Duration>,
    ) -> Option<Duration> {
        let (millis, both) = (self.any(name_ms), self.object.get(name).is_some_and(|value| !value.is_null()));
        let Some(millis) = millis else { return self.duration(name, range) };
        if both {
            self.asked.push(name);
            self.refuse(
                name,
                "conflict",
                format!("{name} and {name_ms} are both given."),
                format!("Keep one of {name} and {name_ms}."),
            );
            return None;
        }
        let Some(read) = millis.as_u64().map(Duration::from_millis) else {
            self.wrong_type(name_ms, millis, "a whole number of milliseconds");
            return None;
        };
        self.asked.push(name);
        self.in_range(name_ms, read, &range)
    }

    fn in_range(&mut self, name: &'static str, read: Duration, range: &RangeInclusive<Duration>) -> Option<Duration> {
        if range.contains(&read) {
            return Some(read);
        }
        let (low, high) = (duration::spell(*range.start()), duration::spell(*range.end()));
        self.refuse(
            name,
            "out_of_range",
            format!("{name} is not from {low} to {high}."),
            format!("Write a duration from {low} to {high}."),
        );
        None
    }

    /// An object.
    pub(crate) fn object(&mut self, name: &'static str) -> Option<&'a Map<String, Value>> {
        let value = self.any(name)?;
        let object = value.as_object();
        if object.is_none() {
            self.wrong_type(name, value, "an object");
        }
        object
    }

    /// A list.
    pub(crate) fn list(&mut self, name: &'static str) -> Option<&'a Vec<Value>> {
        let value = self.any(name)?;
        let list = value.as_array();
        if list.is_none() {
            self.wrong_type(name, value, "a list");
        }
        list
    }

    /// A list of texts, each of so many characters; `None` if any of them is faulty.
    pub(crate) fn texts(&mut self, name: &'static str, length: RangeInclusive<usize>) -> Option<Vec<&'a str>> {
        self.elements(name, &length, text_element)
    }

    /// A list of words as a command is given them: texts, and numbers, true and false as their text.
    pub(crate) fn words(&mut self, name: &'static str, length: RangeInclusive<usize>) -> Option<Vec<String>> {
        self.elements(name, &length, |value, length| match scalar_text(value) {
            Some(text) => Ok(text),
            None => text_element(value, length).map(str::to_owned),
        })
    }

    fn elements<T>(
        &mut self,
        name: &'static str,
        length: &RangeInclusive<usize>,
        read: impl Fn(&'a Value, &RangeInclusive<usize>) -> Result<T, (&'static str, String)>,
    ) -> Option<Vec<T>> {
        let list = self.list(name)?;
        let mut texts = Vec::with_capacity(list.len());
        for (index, value) in list.iter().enumerate() {
            match read(value, length) {
                Ok(text) => texts.push(text),
                Err((rule, message)) => {
                    let path = element(&self.path(name), index);
                    self.faults.push(fault(
                        path,
                        rule,
                        message,
                        format!("Write {} to {} characters of text.", length.start(), length.end()),
                    ));
                }
            }
        }
        (texts.len() == list.len()).then_some(texts)
    }

    /// Ends the reading: fields that nobody asked for are faults as well.
    pub(crate) fn finish(mut self) -> Vec<Fault> {
        let mut unknown = Vec::new();
        for name in self.object.keys() {
            if self.asked.contains(&name.as_str()) {
                continue;
            }
            let message = format!("{} is not known here.", Value::from(clip(name, 60)));
            unknown.push(fault(child(&self.path, name), "unknown_field", message, self.known()));
        }
        self.faults.append(&mut unknown);
        self.faults
    }

    fn known(&self) -> String {
        // Some are asked for twice, once for each of their forms.
        let mut known: Vec<&str> = Vec::with_capacity(self.asked.len());
        for name in &self.asked {
            if !known.contains(name) {
                known.push(name);
            }
        }
        format!("Remove it; known here: {}.", known.join(", "))
    }
}

/// A number, true or false as its text; other values have none.
pub(crate) fn scalar_text(value: &Value) -> Option<String> {
    matches!(value, Value::Number(_) | Value::Bool(_)).then(|| value.to_string())
}

fn text_element<'a>(value: &'a Value, length: &RangeInclusive<usize>) -> Result<&'a str, (&'static str, String)> {
    let Some(text) = value.as_str() else {
        return Err(("wrong_type", format!("This is {} where text is expected.", kind(value))));
    };
    if *length.start() > 0 && text.is_empty() {
        return Err(("empty", "This is empty.".to_owned()));
    }
    if text.len() > *length.end() && text.chars().count() > *length.end() {
        return Err(("too_long", format!("This is longer than {} characters.", length.end())));
    }
    if text.contains('\0') {
        return Err(("control_character", "This contains a NUL character.".to_owned()));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::{Fields, child};
    use serde_json::json;

    #[test]
    fn every_fault_is_found_at_once_and_none_quotes_a_value() {
        let document = json!({"name": 7, "text": "", "n": 99, "odd key": "hunter2", "list": ["a", 1, ""]});
        let mut fields = Fields::new(document.as_object().unwrap(), "inputs");
        assert_eq!(fields.text("name", 1..=5), None, "a number is no text");
        assert_eq!(fields.text("text", 1..=5), None, "empty text is refused");
        assert_eq!(fields.integer("n", 1..=20), None, "99 is out of range");
        assert_eq!(fields.texts("list", 1..=5), None, "one bad element spoils the list");
        assert_eq!(fields.required_text("gone", 1..=5), None, "it is not there");
        let faults = fields.finish();
        let found: Vec<_> = faults.iter().map(|fault| (fault.path.as_str(), fault.rule.as_str())).collect();
        assert_eq!(
            found,
            [
                ("inputs.name", "wrong_type"),
                ("inputs.text", "empty"),
                ("inputs.n", "out_of_range"),
                ("inputs.list[1]", "wrong_type"),
                ("inputs.list[2]", "empty"),
                ("inputs.gone", "required"),
                ("inputs[\"odd key\"]", "unknown_field"),
            ],
            "all faults, each with its path"
        );
        assert!(faults.iter().all(|fault| !fault.message.contains("hunter2")), "values are not quoted");
        assert!(faults.iter().all(|fault| !fault.remedy.is_empty()), "each says what to do");
    }

    #[test]
    fn paths_of_odd_names_are_quoted() {
        assert_eq!(child("", "goal"), "goal", "a field of the document itself has no dot");
        assert_eq!(child("a", "X-Key"), "a.X-Key", "header names stay readable");
        assert_eq!(child("a", "b.c"), "a[\"b.c\"]", "a dot would be ambiguous");
    }
}
