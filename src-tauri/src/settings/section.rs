//! One table of the file, read key by key. What is missing, of another type or against its rule becomes a fault, and
//! reading goes on, so that all faults come together.

use super::outside::Outside;
use domain::Fault;
use std::ops::RangeInclusive;
use toml::{Table, Value};

/// Most characters of a key that a fault repeats.
const LONGEST_KEY: usize = 40;

/// A rule that a value breaks: its stable name, what is wrong, and what to write instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) rule: &'static str,
    pub(super) message: &'static str,
    pub(super) remedy: &'static str,
}

impl Broken {
    /// The fault of whatever is at a place.
    pub(super) fn at(self, path: String) -> Fault {
        Fault { path, rule: self.rule.to_owned(), message: self.message.to_owned(), remedy: self.remedy.to_owned() }
    }
}

/// One table of the file.
#[derive(Debug)]
pub(super) struct Section<'a> {
    place: String,
    table: Table,
    known: Vec<&'static str>,
    pub(super) outside: &'a Outside<'a>,
    faults: &'a mut Vec<Fault>,
}

impl<'a> Section<'a> {
    /// The whole file.
    pub(super) fn root(table: Table, outside: &'a Outside<'a>, faults: &'a mut Vec<Fault>) -> Self {
        Self { place: String::new(), table, known: Vec::new(), outside, faults }
    }

    /// A table in this one, if it is there.
    pub(super) fn section(&mut self, key: &'static str) -> Option<Section<'_>> {
        match self.take(key)? {
            Value::Table(table) => Some(Section {
                place: self.path(key),
                table,
                known: Vec::new(),
                outside: self.outside,
                faults: self.faults,
            }),
            other => {
                self.wrong_type(key, &other, "a section", "Write it as a section, e.g. [listen].");
                None
            }
        }
    }

    /// How many faults there are so far, here and elsewhere.
    pub(super) const fn faults(&self) -> usize {
        self.faults.len()
    }

    /// Whether the key is there, good or not. Only keys that were not read yet are.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// A text, if it is there and keeps its rule.
    pub(super) fn text<T>(&mut self, key: &'static str, judge: impl FnOnce(&str) -> Result<T, Broken>) -> Option<T> {
        match self.take(key)? {
            Value::String(text) => judge(&text).map_err(|broken| self.broken(key, broken)).ok(),
            other => {
                self.wrong_type(key, &other, "text", "Write the value in double quotes.");
                None
            }
        }
    }

    /// A text that must be there.
    pub(super) fn required_text<T>(
        &mut self,
        key: &'static str,
        judge: impl FnOnce(&str) -> Result<T, Broken>,
    ) -> Option<T> {
        if !self.has(key) {
            self.missing(key);
        }
        self.text(key, judge)
    }

    /// A list of texts, each under the same rule; empty if it is not there.
    pub(super) fn texts(&mut self, key: &'static str, judge: impl Fn(&str) -> Result<(), Broken>) -> Vec<String> {
        let remedy = "Write a list of texts, e.g. [\"plane.example.org\"].";
        let items = match self.take(key) {
            None => return Vec::new(),
            Some(Value::Array(items)) => items,
            Some(other) => {
                self.wrong_type(key, &other, "a list", remedy);
                return Vec::new();
            }
        };
        let mut texts = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            let at = format!("{key}[{index}]");
            match item {
                Value::String(text) => match judge(&text) {
                    Ok(()) => texts.push(text),
                    Err(broken) => self.broken(&at, broken),
                },
                other => self.wrong_type(&at, &other, "text", remedy),
            }
        }
        texts
    }

    /// A whole number within bounds; the usual one if it is not there or faulty.
    pub(super) fn number(&mut self, key: &'static str, bounds: &RangeInclusive<u32>, usual: usize) -> usize {
        let number = match self.take(key) {
            None => return usual,
            Some(Value::Integer(number)) => u32::try_from(number).ok().filter(|number| bounds.contains(number)),
            Some(other) => {
                self.wrong_type(key, &other, "a whole number", "Write digits without quotes.");
                return usual;
            }
        };
        number.and_then(|number| usize::try_from(number).ok()).unwrap_or_else(|| {
            let message = format!("The number is not within {} to {}.", bounds.start(), bounds.end());
            self.fault(key, "range", message, format!("Write a number within these bounds, e.g. {usual}."));
            usual
        })
    }

    /// A value of any type, taken out.
    pub(super) fn take(&mut self, key: &'static str) -> Option<Value> {
        self.known.push(key);
        self.table.remove(key)
    }

    /// Says that a key must be there.
    pub(super) fn missing(&mut self, key: &str) {
        let message = "This setting is missing, and others here mean nothing without it.".to_owned();
        self.fault(key, "required", message, "Add it, or remove those that need it.".to_owned());
    }

    /// Says that a value breaks a rule.
    pub(super) fn broken(&mut self, key: &str, broken: Broken) {
        self.faults.push(broken.at(self.path(key)));
    }

    /// Takes over a fault that was found elsewhere, whose path is a key of this section.
    pub(super) fn adopt(&mut self, fault: Fault) {
        self.faults.push(Fault { path: self.path(&fault.path), ..fault });
    }

    /// Nothing more is read: whatever is left is not known here.
    pub(super) fn end(mut self) {
        let known = self.known.join(", ");
        for key in self.table.keys().cloned().collect::<Vec<_>>() {
            let short: String = key.chars().take(LONGEST_KEY).filter(|letter| !letter.is_control()).collect();
            let message = "There is no such setting.".to_owned();
            self.fault(&short, "unknown_key", message, format!("Remove it, or write one of: {known}."));
        }
    }

    fn wrong_type(&mut self, key: &str, found: &Value, wanted: &str, remedy: &str) {
        let message = format!("This is of type {}, and {wanted} is needed.", found.type_str());
        self.fault(key, "type", message, remedy.to_owned());
    }

    fn fault(&mut self, key: &str, rule: &str, message: String, remedy: String) {
        self.faults.push(Fault { path: self.path(key), rule: rule.to_owned(), message, remedy });
    }

    fn path(&self, key: &str) -> String {
        if self.place.is_empty() { key.to_owned() } else { format!("{}.{key}", self.place) }
    }
}
