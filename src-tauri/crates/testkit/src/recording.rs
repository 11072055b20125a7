//! Exchanges recorded from control planes that others made, as they really answered.
//!
//! `recordings/<kind>/` holds one file per exchange, and some that are no exchange: what a plane had on its disk, a stream, a
//! count. Secrets in them are dummies. Deliberately absent: any opinion on what an answer means.
#![expect(clippy::expect_used, clippy::panic, reason = "a helper that cannot do its work ends the test")]

use serde_json::Value;
use std::{collections::BTreeSet, fs, path::PathBuf};

/// One file.
#[derive(Debug, Clone)]
pub struct Recording {
    /// Its name, with the ending.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

/// What was asked and what was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// HTTP method.
    pub method: String,
    /// Path with query.
    pub path: String,
    /// What was sent; null if nothing.
    pub sent: Value,
    /// HTTP status.
    pub status: u16,
    /// Headers of the answer; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The answer as bytes on the wire.
    pub body: Vec<u8>,
}

/// Every recording of a kind of plane (`nofx`, `store-platform`, `fuzzyllama`), by name.
///
/// # Panics
/// If there are none, which means that the files are not where they belong.
pub fn recordings(kind: &str) -> Vec<Recording> {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "recordings", kind].iter().collect();
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("a folder can be read").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Recording { name, content: fs::read(&path).expect("a recording can be read") }
        })
        .collect();
    assert!(!found.is_empty(), "{} has recordings", folder.display());
    found.sort_by(|one, next| one.name.cmp(&next.name));
    found
}

/// One recording by its name.
///
/// # Panics
/// If there is none of this name.
pub fn recording(kind: &str, name: &str) -> Recording {
    let found = recordings(kind).into_iter().find(|recording| recording.name == name);
    found.unwrap_or_else(|| panic!("there is a recording {kind}/{name}"))
}

impl Recording {
    /// The recording as JSON, if it is that.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.content).ok()
    }

    /// The exchange, if it is one. Each kind was recorded in a shape of its own.
    pub fn exchange(&self) -> Option<Exchange> {
        let whole = self.json()?;
        let request = whole.get("request")?;
        let text = |name: &str| request.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
        let (answer, body) = match whole.get("response") {
            Some(answer) if answer.get("status").is_some_and(Value::is_u64) && answer.get("headers").is_some() => {
                (answer, answer.get("body"))
            }
            Some(body) => (&whole, Some(body)),
            None => (&whole, whole.get("body")),
        };
        let status = answer.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok())?;
        let headers: Vec<_> = answer.get("headers").and_then(Value::as_object).into_iter().flatten().collect();
        let headers: Vec<_> = headers
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_ascii_lowercase(), value.as_str()?.to_owned())))
            .collect();
        let is_json = headers.iter().any(|(name, value)| name == "content-type" && value.contains("json"));
        let method = text("method").unwrap_or_else(|| "GET".to_owned());
        let body = match body {
            _ if method == "HEAD" => Vec::new(),
            None | Some(Value::Null) if !is_json => Vec::new(),
            Some(Value::String(text)) if !is_json => text.clone().into_bytes(),
            body => body.unwrap_or(&Value::Null).to_string().into_bytes(),
        };
        Some(Exchange {
            method,
            path: text("path")?,
            sent: request.get("body").cloned().unwrap_or(Value::Null),
            status,
            headers,
            body,
        })
    }
}

impl Exchange {
    /// A header of the answer.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The names of all fields in a JSON document, wherever they are, e.g. `.stores[].id`.
pub fn fields(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(document, "", &mut found);
    found
}

fn collect(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let path = format!("{path}.{name}");
                collect(value, &path, found);
                found.insert(path);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, &format!("{path}[]"), found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::recordings;

    #[test]
    fn nearly_every_recording_is_an_exchange() {
        for (kind, at_least) in [("nofx", 330), ("store-platform", 140), ("fuzzyllama", 270)] {
            let all = recordings(kind);
            let exchanges = all.iter().filter(|one| one.exchange().is_some()).count();
            assert!(exchanges >= at_least, "{kind}: {exchanges} of {} are exchanges", all.len());
        }
    }
}
