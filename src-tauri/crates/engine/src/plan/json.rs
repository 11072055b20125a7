//! JSON read strictly: an object that names a field twice is refused, at any level, since whoever reads it next might take the
//! other one.
//!
//! Refused as well are names that the parser keeps for itself: an object with one of them would be another document when it
//! is read back, or none. Deliberately absent: any judgement of what a document means.

use crate::tools::{child, clip, element, fault, is_deceptive};
use domain::Fault;
use serde::de::{Deserialize as _, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value, error::Category};
use std::{cell::RefCell, fmt};

/// What names of the parser's own begin with.
const RESERVED: &str = "$serde_json::private::";
/// Most faults that are told; the first ones show what is meant.
const MOST: usize = 20;

/// Why a text is not taken as a JSON document.
#[derive(Debug)]
pub enum JsonError {
    /// It is no JSON at all, or is nested deeper than 128 levels; what is wrong, and where.
    Syntax(String),
    /// It is JSON, and names fields that it may not.
    Faults(Vec<Fault>),
}

/// Reads a JSON document. Nothing but white space may follow it.
pub fn parse_json(text: &[u8]) -> Result<Value, JsonError> {
    let faults = RefCell::default();
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let read = Strict { path: String::new(), faults: &faults }.deserialize(&mut deserializer);
    let value = read.and_then(|value| deserializer.end().map(|()| value));
    let syntax = |error: serde_json::Error| JsonError::Syntax(clip(&error.to_string(), 300));
    match (value, faults.into_inner()) {
        (Err(error), faults) if faults.is_empty() || error.classify() != Category::Data => Err(syntax(error)),
        (Ok(value), faults) if faults.is_empty() => Ok(value),
        (_, faults) => Err(JsonError::Faults(faults)),
    }
}

/// Whether the parser keeps a name for itself.
pub(crate) fn is_reserved(name: &str) -> bool {
    name.starts_with(RESERVED)
}

/// Whether an object somewhere in a value has a name that the parser keeps for itself. The value is not deeper than a plan
/// may be.
pub(crate) fn has_reserved_name(value: &Value) -> bool {
    match value {
        Value::Array(list) => list.iter().any(has_reserved_name),
        Value::Object(object) => object.iter().any(|(name, value)| is_reserved(name) || has_reserved_name(value)),
        _ => false,
    }
}

/// Reads one value at a place.
struct Strict<'a> {
    path: String,
    faults: &'a RefCell<Vec<Fault>>,
}

impl Strict<'_> {
    fn at(&self, path: String) -> Strict<'_> {
        Strict { path, faults: self.faults }
    }

    /// Notes a fault; an error when there are enough of them.
    fn note<E: serde::de::Error>(&self, path: &str, rule: &str, message: &str, remedy: &str) -> Result<(), E> {
        let mut faults = self.faults.borrow_mut();
        faults.push(fault(path, rule, message, remedy));
        if faults.len() < MOST { Ok(()) } else { Err(E::custom("too many faults")) }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self.at(element(&self.path, items.len())))? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = object.next_key_seed(Name)? {
            let path = child(&self.path, &clip(&name, 100).replace(is_deceptive, "\u{fffd}"));
            if is_reserved(&name) {
                self.note(&path, "reserved_name", "A field cannot have this name.", "Give it another name.")?;
            }
            if fields.contains_key(&name) {
                let message = "This field is named more than once in the same object.";
                self.note(&path, "duplicate_field", message, "Name it once.")?;
            }
            let value = object.next_value_seed(self.at(path))?;
            fields.insert(name, value);
        }
        Ok(Value::Object(fields))
    }
}

/// Reads a name as text and nothing else.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        String::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::{JsonError, has_reserved_name, parse_json};
    use serde_json::{Value, json};

    fn places(text: &str) -> Vec<(String, String)> {
        match parse_json(text.as_bytes()) {
            Err(JsonError::Faults(faults)) => faults.into_iter().map(|fault| (fault.rule, fault.path)).collect(),
            other => panic!("{text} has faults: {other:?}"),
        }
    }

    #[test]
    fn what_is_no_trick_is_read_as_it_is() {
        let text = r#"{"a": [1, -2, 1.5, null, true, "x", 18446744073709551615], "b": {"a": {}}}"#;
        let expected: Value = serde_json::from_str(text).expect("it is JSON");
        assert_eq!(parse_json(text.as_bytes()).ok(), Some(expected), "nothing is lost");
    }

    #[test]
    fn a_field_that_is_named_twice_is_found_at_any_level() {
        let duplicate = |path: &str| ("duplicate_field".to_owned(), path.to_owned());
        assert_eq!(places(r#"{"a": 1, "a": 1}"#), [duplicate("a")], "also with the same value");
        assert_eq!(places(r#"{"a": 1, "\u0061": 2}"#), [duplicate("a")], "however it is spelled");
        let deep = r#"{"steps": [{}, {"inputs": {"x": {"k": 1, "k": 2}}}], "goal": "", "goal": ""}"#;
        assert_eq!(places(deep), [duplicate("steps[1].inputs.x.k"), duplicate("goal")], "every one is named");
        let many: Vec<_> = (0..1_000).map(|_| r#""a": 1"#).collect();
        assert_eq!(places(&format!("{{{}}}", many.join(","))).len(), super::MOST, "but not without end");
    }

    #[test]
    fn a_name_of_the_parser_is_nobody_elses() {
        let name = "$serde_json::private::RawValue";
        let text = format!(r#"{{"a": {{"a": 1, "{name}": "no JSON"}}}}"#);
        assert_eq!(places(&text)[0].0, "reserved_name", "it would not be readable afterwards");
        assert!(has_reserved_name(&json!([{ "a": { name: 1 } }])), "it is found in a value as well");
        assert!(!has_reserved_name(&json!({ "serde": [name] })), "as text it does no harm");
    }

    #[test]
    fn what_is_no_json_is_none() {
        let deep = [b"[".repeat(10_000), b"]".repeat(10_000)].concat();
        let cases: [&[u8]; 9] =
            [b"", b" ", b"{", b"{} {}", b"{}x", b"1e999", b"\"\\ud800\"", b"\"\xff\"", b"\"a\x00b\""];
        for text in cases.into_iter().chain([deep.as_slice()]) {
            assert!(
                matches!(parse_json(text), Err(JsonError::Syntax(_))),
                "{:?}",
                String::from_utf8_lossy(&text[..text.len().min(20)])
            );
        }
    }
}
