//! API keys: shown once, listed while they are active, deleted by being put out of use.

use super::{
    answers::error,
    people::Person,
    state::{Row, State, row},
};
use crate::{Asked, Said};
use serde_json::{Value, json};
use uuid::Uuid;

const PERMISSIONS: &[&str] = &["read", "write", "delete", "admin"];

/// What is kept of a key that the lists do not show.
const TEXT: &str = "text";

pub(super) fn answer(state: &mut State, asked: &Asked, who: Person, below: &[&str]) -> Option<Said> {
    match (asked.method.as_str(), below) {
        ("GET", []) => Some(Said::json(200, &json!({ "apiKeys": listed(state, who) }))),
        ("POST", []) => Some(create(state, &asked.json().unwrap_or_default(), who)),
        ("DELETE", [id]) => Some(delete(state, who, id)),
        _ => None,
    }
}

/// The id of whoever made this key, if it is active.
pub(super) fn used(state: &mut State, key: &str) -> Option<Value> {
    let now = state.now();
    let known = state.keys.iter_mut().find(|known| known[TEXT] == key && known["is_active"] == true)?;
    known.insert("last_used_at".to_owned(), now.into());
    Some(known["user_id"].clone())
}

fn is_of(key: &Row, who: Person) -> bool {
    key["user_id"] == who.id && key["is_active"] == true
}

fn listed(state: &State, who: Person) -> Vec<Row> {
    let mut keys: Vec<_> = state.keys.iter().rev().filter(|key| is_of(key, who)).cloned().collect();
    for key in &mut keys {
        key.remove(TEXT);
    }
    keys
}

fn create(state: &mut State, body: &Value, who: Person) -> Said {
    let (Some(name), Some(permissions)) = (body["name"].as_str(), body["permissions"].as_array()) else {
        return error(400, "Name and permissions array are required");
    };
    if name.is_empty() {
        return error(400, "Name and permissions array are required");
    }
    let unknown = permissions.iter().filter_map(Value::as_str).filter(|word| !PERMISSIONS.contains(word));
    let unknown: Vec<_> = unknown.collect();
    if !unknown.is_empty() {
        return error(500, &format!("Invalid permissions: {}", unknown.join(", ")));
    }
    if state.keys.iter().any(|key| is_of(key, who) && key["name"] == name) {
        return error(400, "API key with this name already exists");
    }
    let (id, now) = (Uuid::new_v4(), state.now());
    let text = format!("nofx_{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    state.keys.push(row(json!({
        "id": id, "created_at": now, "user_id": who.id, "name": name, "key_hash": "0".repeat(64),
        "permissions": permissions, "last_used_at": null, "is_active": true, TEXT: text,
    })));
    let shown = json!({ "id": id, "name": name, "key": text, "permissions": permissions, "created_at": now });
    Said::json(201, &json!({ "success": true, "message": "API key created successfully", "apiKey": shown }))
}

fn delete(state: &mut State, who: Person, id: &str) -> Said {
    let Some(key) = state.keys.iter_mut().find(|key| key["id"] == id && is_of(key, who)) else {
        return error(404, "API key not found");
    };
    key.insert("is_active".to_owned(), false.into());
    Said::json(200, &json!({ "success": true, "message": "API key deleted successfully" }))
}
