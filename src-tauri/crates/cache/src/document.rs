//! How nouns and numbers lie in columns.

use crate::error::Error;
use serde::{Serialize, de::DeserializeOwned};

/// A noun as JSON.
pub(crate) fn written<T: Serialize + ?Sized>(noun: &'static str, value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(Error::unreadable(noun))
}

/// A noun from JSON.
pub(crate) fn read<T: DeserializeOwned>(noun: &'static str, text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(Error::unreadable(noun))
}

/// A word such as `half_open`, without the quotes of JSON.
pub(crate) fn word<T: Serialize>(noun: &'static str, value: &T) -> Result<String, Error> {
    match serde_json::to_value(value).map_err(Error::unreadable(noun))? {
        serde_json::Value::String(word) => Ok(word),
        other => Ok(other.to_string()),
    }
}

/// What a word stands for.
pub(crate) fn meaning<T: DeserializeOwned>(noun: &'static str, word: String) -> Result<T, Error> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(Error::unreadable(noun))
}

/// A count or sequence number as SQLite keeps it. None of ours comes near its limit.
pub(crate) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A count or sequence number as SQLite kept it.
pub(crate) fn counted(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
