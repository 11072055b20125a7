//! From text to a document: JSON or YAML, whichever it is.
//!
//! YAML has ways to make a small text into a huge document. Its limits here are far below what would hurt and far above
//! what a plan needs, and only `true` and `false` are booleans, so a step may be called `on` or `no`.

use super::{JsonError, MAX_DEPTH, parse_json};
use crate::tools::{clip, fault};
use domain::Fault;
use serde_json::Value;

/// Longest text that is read, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;

/// Reads JSON or YAML of at most 1 MiB into a document.
pub fn parse_text(text: &str) -> Result<Value, Vec<Fault>> {
    if text.len() > MAX_BYTES {
        let message = format!("The document is {} bytes long; at most {MAX_BYTES} are read.", text.len());
        return Err(vec![fault(
            "",
            "too_large",
            message,
            "Make it smaller: keep data in files and name them in the plan.",
        )]);
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(vec![fault("", "empty", "The document is empty.", "Write a goal and at least one step.")]);
    }
    if is_json(text) {
        return parse_json(text.as_bytes()).map_err(|error| match error {
            JsonError::Syntax(error) => syntax("JSON", &error),
            JsonError::Faults(faults) => faults,
        });
    }
    yaml(text).map_err(|error| syntax("YAML", &error))
}

/// Braces may begin either language; with a quoted key they mean JSON, whose errors are the clearer ones.
fn is_json(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with(['[', '"']) || text.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}']))
}

fn syntax(language: &str, error: &str) -> Vec<Fault> {
    let error = clip(error.lines().next().unwrap_or_default().trim(), 300);
    vec![fault("", "syntax", format!("The document is not valid {language}: {error}."), "Correct it at that place.")]
}

fn yaml(text: &str) -> Result<Value, String> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            max_documents: 1,
            max_nodes: 100_000,
            max_events: 250_000,
            max_aliases: 1_000,
            max_anchors: 1_000,
            // Copies of these are what an alias multiplies.
            max_recorded_anchor_bytes: 64 * 1024,
            max_recorded_anchor_events: 10_000,
            max_merge_keys: 1_000,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 20_000,
            max_replay_stack_depth: 16,
        },
        strict_booleans: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| error.to_string())
}
