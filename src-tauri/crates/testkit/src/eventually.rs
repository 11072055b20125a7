//! Waiting for a condition with a deadline, for what happens on other tasks.

use std::{future::Future, time::Duration};

/// Polls `condition` until it answers `Some`, for at most ten seconds.
///
/// # Panics
/// When the time is up; `what` says what was waited for.
pub async fn eventually<T, F, Fut>(what: &str, mut condition: F) -> T
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Option<T>>,
{
    let waited = tokio::time::timeout(Duration::from_secs(10), async {
        loop {
            if let Some(value) = condition().await {
                return value;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    #[expect(clippy::panic, reason = "a test that waited in vain has failed")]
    waited.unwrap_or_else(|_| panic!("waited ten seconds in vain for: {what}"))
}
