//! What happened to breakers on its way to the disk.
//!
//! The breakers hand it over and go on. What cannot be written is kept and tried again, up to a bound; what is lost beyond it
//! is said in the log, since a history with a silent gap would be believed.

use crate::{scheduler::Signals, store::breaker_history::BreakerHistory, tools::breakers::Happenings};
use domain::BreakerEvent;
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Most that is written at once.
const BATCH: usize = 256;
/// Most that waits for a disk that refuses.
const KEPT: usize = 4_096;
/// How long a disk that refuses is left alone.
const AGAIN: Duration = Duration::from_secs(1);

/// Writes what happened to breakers.
pub(crate) struct Recorder {
    history: Arc<dyn BreakerHistory>,
    happenings: Happenings,
    signals: Arc<Signals>,
    waiting: Vec<BreakerEvent>,
}

impl Recorder {
    pub(crate) const fn new(history: Arc<dyn BreakerHistory>, happenings: Happenings, signals: Arc<Signals>) -> Self {
        Self { history, happenings, signals, waiting: Vec::new() }
    }

    /// Writes until it is over, and then what is left, once. A writing that has begun is waited for: cut, it might be made
    /// all the same and then made again.
    pub(crate) async fn serve(mut self, over: CancellationToken) {
        while let Some(next) = over.run_until_cancelled(self.happenings.next(BATCH)).await {
            if next.is_empty() {
                return;
            }
            let mut written = self.take(next).await;
            while !written && over.run_until_cancelled(tokio::time::sleep(AGAIN)).await.is_some() {
                let more = self.happenings.rest();
                written = self.take(more).await;
            }
        }
        self.waiting.extend(self.happenings.rest());
        self.write().await;
    }

    /// Writes these and what waits, and tells of these. Whoever hears of it reads the history, so the writing comes first;
    /// but a disk that refuses keeps nobody waiting. Says whether nothing waits any more.
    async fn take(&mut self, events: Vec<BreakerEvent>) -> bool {
        let breakers: BTreeSet<String> = events.iter().map(|event| event.breaker.clone()).collect();
        self.waiting.extend(events);
        let written = self.write().await;
        for breaker in &breakers {
            self.signals.tell_of_breaker(breaker);
        }
        written
    }

    /// Whether nothing waits any more.
    async fn write(&mut self) -> bool {
        let too_many = self.waiting.len().saturating_sub(KEPT);
        self.waiting.drain(..too_many);
        let lost = self.happenings.lost().saturating_add(u64::try_from(too_many).unwrap_or(u64::MAX));
        if lost > 0 {
            tracing::error!(lost, "some of what happened to breakers is not in their history");
        }
        if self.waiting.is_empty() {
            return true;
        }
        match self.history.keep(self.waiting.clone()).await {
            Ok(()) => self.waiting.clear(),
            Err(error) => tracing::warn!(%error, "what happened to breakers could not be kept; it is tried again"),
        }
        self.waiting.is_empty()
    }
}
