//! Carries out ready steps, never more at once than there are slots.
//!
//! A slot is taken before work is taken from the queue and given back after the result is durable, so no load can
//! overshoot. Steps that wait for a person or for time hold no slot: their due times are in the store, and one loop watches
//! the nearest. Deliberately absent: any state that a crash could lose.

mod attempt;
mod signals;

pub(crate) use attempt::patiently;
pub(crate) use signals::{Published, Signals};

use crate::{
    engine::EngineConfig,
    logs::LogKeeper,
    store::{Queue, Store},
    tools::Registry,
};
use domain::Clock;
use parking_lot::Mutex;
use rand::rngs::SmallRng;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{sync::Semaphore, time::Instant};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How often the loops show that they move, and how late a turned clock is noticed at most.
const BEAT: Duration = Duration::from_millis(200);

/// What all attempts share.
#[derive(Debug)]
pub(crate) struct Scheduler {
    pub(crate) config: EngineConfig,
    pub(crate) registry: Registry,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) signals: Arc<Signals>,
    pub(crate) logs: Arc<LogKeeper>,
    pub(crate) marker_prefix: String,
    pub(crate) random: Mutex<SmallRng>,
    /// Cancelled when no more work is taken.
    pub(crate) stopping: CancellationToken,
    /// Cancelled when everything ends at once.
    pub(crate) over: CancellationToken,
    pub(crate) tasks: TaskTracker,
    pub(crate) tally: Tally,
    began: Instant,
    beat_ms: AtomicU64,
}

/// How attempts ended since the plane began to stop.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) finished: AtomicU64,
    pub(crate) parked: AtomicU64,
    pub(crate) interrupted: AtomicU64,
}

/// What a scheduler is made of.
pub(crate) struct Parts {
    pub(crate) config: EngineConfig,
    pub(crate) registry: Registry,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) signals: Arc<Signals>,
    pub(crate) marker_prefix: String,
    pub(crate) random: SmallRng,
}

impl Scheduler {
    pub(crate) fn new(parts: Parts) -> Arc<Self> {
        let logs = LogKeeper::new(Arc::clone(&parts.store), Arc::clone(&parts.clock), parts.config.log_cap_bytes);
        Arc::new(Self {
            config: parts.config,
            registry: parts.registry,
            clock: parts.clock,
            store: parts.store,
            queue: parts.queue,
            signals: parts.signals,
            logs,
            marker_prefix: parts.marker_prefix,
            random: Mutex::new(parts.random),
            stopping: CancellationToken::new(),
            over: CancellationToken::new(),
            tasks: TaskTracker::new(),
            tally: Tally::default(),
            began: Instant::now(),
            beat_ms: AtomicU64::new(0),
        })
    }

    /// Starts the loops.
    pub(crate) fn start(self: &Arc<Self>) {
        let work = Arc::clone(self);
        self.spawn(async move { work.take_work().await });
        let time = Arc::clone(self);
        self.spawn(async move { time.watch_time().await });
        let logs = Arc::clone(&self.logs);
        self.spawn(async move { logs.serve().await });
    }

    /// Runs something until it ends or everything ends at once.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let over = self.over.clone();
        self.tasks.spawn(async move { over.run_until_cancelled(task).await });
    }

    /// How long ago the loop that takes work last moved.
    pub(crate) fn last_moved(&self) -> Duration {
        self.began.elapsed().saturating_sub(Duration::from_millis(self.beat_ms.load(Ordering::Acquire)))
    }

    fn moved(&self) {
        self.beat_ms.store(u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX), Ordering::Release);
    }

    async fn take_work(self: Arc<Self>) {
        let slots = Arc::new(Semaphore::new(self.config.slots.get()));
        let mut beat = tokio::time::interval(BEAT);
        let mut slot = None;
        loop {
            tokio::select! {
                biased;
                () = self.stopping.cancelled() => return,
                _ = beat.tick() => self.moved(),
                Ok(free) = Arc::clone(&slots).acquire_owned(), if slot.is_none() => slot = Some(free),
                work = self.queue.pop(), if slot.is_some() => {
                    self.moved();
                    // Known from here on: whoever stops the plane either sees this attempt and waits for it, or is seen.
                    let halt = self.signals.register(&work.step);
                    if self.stopping.is_cancelled() {
                        self.signals.forget(&work.step, &halt);
                        return;
                    }
                    let (scheduler, slot) = (Arc::clone(&self), slot.take());
                    self.spawn(async move {
                        attempt::carry_out(&scheduler, &work, &halt).await;
                        drop(slot);
                    });
                }
            }
        }
    }

    async fn watch_time(self: Arc<Self>) {
        loop {
            let pause = self.signals.until_due(self.clock.now()).map_or(BEAT, Duration::from_millis).min(BEAT);
            tokio::select! {
                biased;
                () = self.stopping.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
                () = self.signals.due_moved() => {}
            }
            if self.signals.take_due(self.clock.now()) {
                // The change itself announces the next due time; should it fail for good, the next start does.
                patiently(&self.stopping, || self.store.pass_time()).await;
            }
        }
    }
}
