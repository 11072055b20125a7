//! Idempotency keys: the first answer to a key is the answer to it, whatever it was.

use super::refusal;
use crate::{Asked, Said};
use std::collections::HashMap;

/// The first request with each key, and the answer to it.
#[derive(Debug, Default)]
pub(super) struct Answers(HashMap<String, (Asked, Said)>);

impl Answers {
    /// The answer to a request: what `begin` says the first time, and the same ever after. A refusal before anything was
    /// begun is not remembered; parameters that are wrong are such a case.
    pub(super) fn once(&mut self, key: &str, asked: &Asked, begin: impl FnOnce() -> Said) -> Said {
        let original = |said: Said| said.header("idempotency-key", key);
        if let Some((first, said)) = self.0.get(key) {
            if first.path != asked.path || first.body != asked.body {
                return refusal::other_request(key);
            }
            return original(said.clone()).header("idempotent-replayed", "true");
        }
        let said = begin();
        if !matches!(said.status, 400 | 404) {
            self.0.insert(key.to_owned(), (asked.clone(), said.clone()));
        }
        original(said)
    }
}
