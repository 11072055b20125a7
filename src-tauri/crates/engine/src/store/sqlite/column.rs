//! How values of the domain lie in columns: words as text, documents as JSON text, times as milliseconds.

use crate::Error;
use serde::{
    Serialize,
    de::{DeserializeOwned, IntoDeserializer, value::Error as WordError},
};
use sqlx::{Decode, Sqlite, Type, error::BoxDynError, sqlite::SqliteTypeInfo, sqlite::SqliteValueRef};

/// A fieldless enum, stored as the word that it has on every wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word<T>(pub(crate) T);

/// A value stored as JSON text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Document<T>(pub(crate) T);

impl<T> Type<Sqlite> for Word<T> {
    fn type_info() -> SqliteTypeInfo {
        <str as Type<Sqlite>>::type_info()
    }
}

impl<T> Type<Sqlite> for Document<T> {
    fn type_info() -> SqliteTypeInfo {
        <str as Type<Sqlite>>::type_info()
    }
}

impl<'r, T: DeserializeOwned> Decode<'r, Sqlite> for Word<T> {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        let text = <&str as Decode<Sqlite>>::decode(value)?;
        let word = T::deserialize(IntoDeserializer::<WordError>::into_deserializer(text))?;
        Ok(Self(word))
    }
}

impl<'r, T: DeserializeOwned> Decode<'r, Sqlite> for Document<T> {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(serde_json::from_str(<&str as Decode<Sqlite>>::decode(value)?)?))
    }
}

/// The word that a fieldless enum has on every wire.
pub(crate) fn word<T: Serialize>(value: &T) -> Result<String, Error> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(_) => Err(Error::Storage { detail: "a value that is no word cannot be stored as one".to_owned() }),
        Err(error) => Err(Error::Storage { detail: error.to_string() }),
    }
}

/// A value as JSON text.
pub(crate) fn document<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Storage { detail: error.to_string() })
}

/// An optional value as JSON text.
pub(crate) fn optional_document<T: Serialize>(value: Option<&T>) -> Result<Option<String>, Error> {
    value.map(document).transpose()
}

/// A count as it is stored. Counts and durations stay far below 2^63; one that did not would be capped.
pub(crate) fn signed(value: impl TryInto<i64>) -> i64 {
    value.try_into().unwrap_or(i64::MAX)
}

/// A stored count, never below zero.
pub(crate) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// A stored small count, capped at both ends.
pub(crate) fn small(value: i64) -> u32 {
    u32::try_from(value.max(0)).unwrap_or(u32::MAX)
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Storage { detail: error.to_string() }
    }
}
