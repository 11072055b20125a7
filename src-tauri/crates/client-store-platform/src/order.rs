//! A new store, judged before it is sent.
//!
//! The platform accepts names that Kubernetes then refuses, and answers some mistakes as if they were its own.

use control_plane::Error;
use domain::Fault;
use serde_json::{Value, json};

/// A namespace is `store-`, the name and nine more characters, of 63 at most.
const LONGEST_NAME: usize = 48;
const ENGINES: [&str; 2] = ["woocommerce", "medusa"];

/// What is sent to create a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) name: String,
    pub(crate) engine: String,
}

impl Order {
    /// Reads a plan of the form `{"name": .., "engine": ..}`, or that below `store`.
    pub(crate) fn read(plan: &Value) -> Result<Self, Error> {
        let (store, prefix) = plan.get("store").map_or((plan, ""), |store| (store, "store."));
        let mut faults = Vec::new();
        let mut blame = |field: &str, rule: &str, message: &str, remedy: &str| {
            faults.push(Fault {
                path: format!("{prefix}{field}"),
                rule: rule.to_owned(),
                message: message.to_owned(),
                remedy: remedy.to_owned(),
            });
        };
        let name = store.get("name").and_then(Value::as_str).map(str::trim);
        let is_plain =
            |name: &str| name.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, ' ' | '-' | '_'));
        match name {
            None => blame("name", "required", "a store needs a name", "Give it a name as text."),
            Some("") => blame("name", "required", "a store needs a name", "Write 1 to 48 characters."),
            Some(name) if !is_plain(name) => blame(
                "name",
                "characters",
                "the name holds a character that the platform refuses",
                "Use letters, digits, spaces, hyphens and underscores only.",
            ),
            Some(name) if name.len() > LONGEST_NAME => blame(
                "name",
                "too_long",
                "the name is too long for a Kubernetes namespace; the platform would accept it and then fail",
                "Write 48 characters at most.",
            ),
            Some(name) if !name.contains(|one: char| one.is_ascii_alphanumeric()) => blame(
                "name",
                "characters",
                "the name holds neither letter nor digit; the platform would accept it and then fail",
                "Use at least one letter or digit.",
            ),
            Some(_) => {}
        }
        let engine = store.get("engine").and_then(Value::as_str);
        if !engine.is_some_and(|engine| ENGINES.contains(&engine)) {
            blame("engine", "unknown_engine", "there is no such engine", "Write `woocommerce` or `medusa`.");
        }
        match (name, engine) {
            (Some(name), Some(engine)) if faults.is_empty() => {
                Ok(Self { name: name.to_owned(), engine: engine.to_owned() })
            }
            _ => Err(Error::Invalid { message: "this is no store that the platform could make".to_owned(), faults }),
        }
    }

    pub(crate) fn body(&self) -> Value {
        json!({ "name": self.name, "engine": self.engine })
    }
}
