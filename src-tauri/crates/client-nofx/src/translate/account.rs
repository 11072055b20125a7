//! Whom NOFX takes us for, and the API keys that it accepts from us.

use crate::translate::row::Row;
use client_http::plain;
use domain::{ApiKey, MadeApiKey, Permission, Secret};
use serde_json::Value;

/// Longest text that is taken for a key. Those of NOFX have 69 characters.
const LONGEST_KEY: usize = 500;

/// Whom the credential makes us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Us {
    /// The id of the user, by which memberships name us.
    pub(crate) id: Option<String>,
    /// The e-mail address, or else the id.
    pub(crate) name: String,
}

pub(crate) fn us(answer: &Value) -> Option<Us> {
    let user = Row::of(answer)?.row("user")?;
    let id = user.word("id");
    Some(Us { id: id.map(ToOwned::to_owned), name: plain(user.word("email").or(id)?) })
}

/// Says that something was done, in any of the ways of NOFX.
pub(crate) fn done(answer: &Value) -> Option<()> {
    let said = Row::of(answer)?;
    let is_done = said.is_true("success") || said.word("message").is_some() || said.row("member").is_some();
    is_done.then_some(())
}

/// The keys that are in use; none if this is no list of them.
pub(crate) fn api_keys(answer: &Value) -> Option<Vec<ApiKey>> {
    let rows = Row::of(answer)?.value("apiKeys").filter(|keys| keys.is_array()).map(Row::each)?;
    let in_use = rows.into_iter().filter(|row| row.value("is_active") != Some(&Value::Bool(false)));
    Some(in_use.filter_map(api_key).collect())
}

fn api_key(row: Row<'_>) -> Option<ApiKey> {
    let id = row.word("id")?;
    Some(ApiKey {
        id: id.to_owned(),
        name: plain(row.word("name").unwrap_or(id)),
        team: None,
        prefix: None,
        permissions: row.words("permissions").iter().filter_map(|word| permission(word)).collect(),
        created_at: row.moment("created_at"),
        last_used_at: row.moment("last_used_at"),
        expires_at: None,
    })
}

/// A key that was made just now.
pub(crate) fn made_key(answer: &Value) -> Option<MadeApiKey> {
    let row = Row::of(answer)?.row("apiKey")?;
    let text = row.word("key").filter(|text| text.len() <= LONGEST_KEY && !text.contains(char::is_control))?;
    Some(MadeApiKey { key: api_key(row)?, secret: Secret::new(text) })
}

fn permission(word: &str) -> Option<Permission> {
    match word {
        "read" => Some(Permission::Read),
        "write" => Some(Permission::Write),
        "delete" => Some(Permission::Delete),
        "admin" => Some(Permission::Admin),
        _ => None,
    }
}
