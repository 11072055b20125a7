//! Refusals on their way to the audit. Whoever is refused must not wait for the disk, and whoever asks a thousand times a
//! second must not fill it: equal refusals that come before the last ones are written become one entry with a count.

use crate::{accounts::RefusedAct, store::accounts::Accounts};
use domain::CorrelationId;
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::sync::Notify;

/// How long refusals are collected.
const EVERY: Duration = Duration::from_millis(200);
/// Different refusals that are kept apart until the next writing; further ones are counted together.
const KINDS: usize = 500;

/// Refusals that are not written yet.
#[derive(Debug)]
pub(crate) struct Refusals {
    accounts: Arc<dyn Accounts>,
    waiting: Mutex<HashMap<RefusedAct, (u32, CorrelationId)>>,
    some: Notify,
    /// Held while writing, so that two writings keep the order.
    writing: tokio::sync::Mutex<()>,
}

impl Refusals {
    pub(crate) fn new(accounts: Arc<dyn Accounts>) -> Arc<Self> {
        let (waiting, some) = (Mutex::default(), Notify::new());
        Arc::new(Self { accounts, waiting, some, writing: tokio::sync::Mutex::default() })
    }

    /// Takes note of a refusal.
    pub(crate) fn note(&self, refused: RefusedAct, correlation_id: &CorrelationId) {
        let mut waiting = self.waiting.lock();
        let key = if waiting.len() < KINDS || waiting.contains_key(&refused) { refused } else { further() };
        let (times, _) = waiting.entry(key).or_insert_with(|| (0, correlation_id.clone()));
        *times = times.saturating_add(1);
        self.some.notify_one();
    }

    /// Writes for ever.
    pub(crate) async fn serve(&self) {
        loop {
            self.some.notified().await;
            tokio::time::sleep(EVERY).await;
            self.flush().await;
        }
    }

    /// Writes everything that waits. What cannot be written waits on.
    pub(crate) async fn flush(&self) {
        let _writing = self.writing.lock().await;
        let taken = std::mem::take(&mut *self.waiting.lock());
        if taken.is_empty() {
            return;
        }
        let mut rows: Vec<_> = taken.into_iter().map(|(refused, (times, id))| (refused, times, id)).collect();
        rows.sort_by(|a, b| a.2.as_str().cmp(b.2.as_str()));
        if let Err(error) = self.accounts.record_refusals(rows.clone()).await {
            tracing::warn!(%error, "refusals could not be recorded; they are kept and tried again");
            let mut waiting = self.waiting.lock();
            for (refused, times, id) in rows {
                let key = if waiting.len() < KINDS || waiting.contains_key(&refused) { refused } else { further() };
                let (more, _) = waiting.entry(key).or_insert_with(|| (0, id));
                *more = more.saturating_add(times);
            }
            self.some.notify_one();
        }
    }
}

/// What stands for refusals of too many kinds.
fn further() -> RefusedAct {
    RefusedAct {
        actor: "many".to_owned(),
        principal: "many".to_owned(),
        act: "many".to_owned(),
        target: None,
        team: None,
        code: "refused".to_owned(),
    }
}
