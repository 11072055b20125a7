//! The port to storage: load, and replace what has not changed.

use super::{key::Scope, state::Record};

/// Keeps one record per scope. Both operations are atomic, and what was replaced stays replaced after a crash.
pub trait Store<R>: Send + Sync {
    /// Why the store could not be asked.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The record of `scope`, if there is one.
    ///
    /// # Errors
    /// The store could not be asked.
    fn load(&self, scope: &Scope) -> impl Future<Output = Result<Option<Record<R>>, Self::Error>> + Send;

    /// Puts `record` (or nothing) in the place of the record with token `expected` (or of no record). False if something
    /// else is there by now; then nothing was changed.
    ///
    /// # Errors
    /// The store could not be asked; whether it has replaced anything is not known.
    fn replace(
        &self,
        scope: &Scope,
        expected: Option<u64>,
        record: Option<Record<R>>,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;
}
