//! Writing down when we were really watching: up to the last sign of life, never beyond it.

use crate::{core::Core, link::Link};
use domain::{Span, Timestamp};
use std::time::Duration;

/// The span of one session.
#[derive(Debug)]
pub(super) struct Watch {
    from: Timestamp,
    heard_at: Timestamp,
    kept_to: Option<Timestamp>,
}

impl Watch {
    pub(super) const fn begin(now: Timestamp) -> Self {
        Self { from: now, heard_at: now, kept_to: None }
    }

    /// The plane gave a sign of life.
    pub(super) fn heard(&mut self, now: Timestamp) {
        self.heard_at = self.heard_at.max(now);
    }

    /// Writes down what has been added since the last time.
    pub(super) async fn keep(&mut self, core: &Core, link: &Link) {
        if self.kept_to == Some(self.heard_at) {
            return;
        }
        let span = Span { from: self.from, to: self.heard_at };
        match core.write.extend_coverage(&link.id, span, Duration::ZERO).await {
            Ok(()) => self.kept_to = Some(self.heard_at),
            Err(error) => tracing::warn!(connection = %link.id, %error, "coverage is not kept"),
        }
    }
}
