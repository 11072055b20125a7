//! The keys that the provider signs with, read when one is wanted that is not known, and then at most once a minute.

use super::{
    Check, IdentityError, ProviderDocument,
    exchange::{Exchange, LATE, PATIENCE},
    is_over, signature,
};
use domain::{Clock, Timestamp};
use jsonwebtoken::{Header, jwk::Jwk};
use reqwest::Url;
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long a key that is not known stays unknown without anybody being asked.
const ASKED_AGAIN_AFTER: Duration = Duration::from_mins(1);

/// The keys of one provider.
#[derive(Debug)]
pub(super) struct Keys {
    url: Url,
    read: Mutex<Option<Read>>,
}

#[derive(Debug)]
struct Read {
    asked_at: Timestamp,
    keys: Vec<Jwk>,
}

/// Each key is read by itself, so that one of a new kind does not hide the others.
#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl Keys {
    /// None is read yet.
    pub(super) fn at(url: Url) -> Self {
        Self { url, read: Mutex::default() }
    }

    /// The one key that can have signed a token with this header.
    pub(super) async fn key(
        &self,
        header: &Header,
        exchange: &Exchange,
        clock: &dyn Clock,
    ) -> Result<Jwk, IdentityError> {
        let late = |_| IdentityError::Unreachable { document: ProviderDocument::Keys, detail: LATE };
        // Held while the keys are read, so that they are read once for all who wait for them.
        let mut read = tokio::time::timeout(PATIENCE, self.read.lock()).await.map_err(late)?;
        let now = clock.now();
        if let Some(read) = &mut *read {
            if let Some(key) = picked(&read.keys, header) {
                return Ok(key);
            }
            if !is_over(read.asked_at, ASKED_AGAIN_AFTER, now) {
                return Err(Check::Key.failed());
            }
            read.asked_at = now;
        }
        let told: Document = exchange.get(&self.url, ProviderDocument::Keys).await?;
        let keys: Vec<_> = told.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect();
        let key = picked(&keys, header);
        *read = Some(Read { asked_at: now, keys });
        key.ok_or(Check::Key.failed())
    }
}

/// The key that the header names. A header may name none where only one key can be meant.
fn picked(keys: &[Jwk], header: &Header) -> Option<Jwk> {
    let is_meant = |key: &&Jwk| header.kid.is_none() || key.common.key_id == header.kid;
    let mut fitting = keys.iter().filter(is_meant).filter(|key| signature::fits(key, header.alg));
    let first = fitting.next()?;
    fitting.next().is_none().then(|| first.clone())
}
