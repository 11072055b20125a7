//! Fingerprints of requests: equal for bodies that mean the same JSON, whatever the order of their keys.

use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// SHA-256 of the canonical JSON of a body, in hex.
pub(crate) fn fingerprint(body: &Value) -> String {
    let mut canonical = String::new();
    write_canonical(body, &mut canonical);
    hex(&Sha256::digest(canonical))
}

/// Bytes as lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| *key);
            out.push('{');
            for (index, (key, item)) in fields.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write_canonical(item, out);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::fingerprint;
    use serde_json::json;

    #[test]
    fn the_order_of_keys_means_nothing_and_everything_else_does() {
        let plan = json!({"goal": "g", "steps": [{"name": "a", "tool": "echo"}]});
        let same = serde_json::from_str(r#"{"steps":[{"tool":"echo","name":"a"}],"goal":"g"}"#).expect("valid JSON");
        assert_eq!(fingerprint(&plan), fingerprint(&same), "only the order of keys differs");
        let other = json!({"goal": "g", "steps": [{"name": "a", "tool": "echo", "inputs": {}}]});
        assert_ne!(fingerprint(&plan), fingerprint(&other), "a further key is another request");
        assert_ne!(fingerprint(&json!([1, 2])), fingerprint(&json!([2, 1])), "the order of a list has meaning");
    }
}
