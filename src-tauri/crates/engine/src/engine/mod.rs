//! The façade: everything that can be asked of the built-in control plane.

mod act;
mod acts;
mod api_keys;
mod audit;
mod billing;
mod breakers;
mod lock;
mod outside;
mod reads;
mod sessions;
mod standing;
mod teams;

pub use act::{
    Act, Created, DeadLetter, EngineConfig, Health, Keeping, NewRun, QueueFacts, RunQuery, ShutdownReport, TeamBounds,
    ToolInfo,
};
pub(crate) use billing::not_configured;
pub use sessions::Introduction;

use crate::{
    Error, OpenError,
    accounts::password::Passwords,
    billing::Account,
    breaker_history::Recorder,
    recovery,
    refusals::Refusals,
    scheduler::{Parts, Scheduler, Signals},
    store::{
        Queue, Store, accounts::Accounts, breaker_history::BreakerHistory, ledger::Ledger, memory_queue::MemoryQueue,
        sqlite::SqliteStore,
    },
    tools::Registry,
};
use domain::Clock;
use lock::DataLock;
use rand::{SeedableRng, rngs::SmallRng};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The built-in control plane. Clones share it.
///
/// It ends in order when [`Engine::shutdown`] has returned. When the last clone is dropped without that, everything stops
/// at once, as if the process had died; the next [`Engine::open`] then settles what was left.
#[derive(Clone)]
pub struct Engine {
    house: Arc<House>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("config", &self.scheduler().config).finish_non_exhaustive()
    }
}

/// What dies with the last clone of the façade.
struct House {
    scheduler: Arc<Scheduler>,
    accounts: Arc<dyn Accounts>,
    ledger: Arc<dyn Ledger>,
    breaker_history: Arc<dyn BreakerHistory>,
    /// The account at Stripe, if there is one.
    billing: Option<Account>,
    passwords: Passwords,
    refusals: Arc<Refusals>,
    /// Counts changes of people, teams, keys and sessions.
    changes: watch::Sender<u64>,
    started: AtomicBool,
    lock: Arc<DataLock>,
    /// Ends the writer of the database at once; after an orderly end there is none left.
    dead: CancellationToken,
}

impl Drop for House {
    fn drop(&mut self) {
        self.scheduler.over.cancel();
        self.dead.cancel();
    }
}

impl Engine {
    /// Opens the data directory: takes its lock, brings the database to the present schema, ends orphaned processes of
    /// an earlier life and settles what that life left, unless the configuration says otherwise. Nothing executes before
    /// [`Engine::start`].
    pub async fn open(config: EngineConfig, registry: Registry, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let lock = Arc::new(DataLock::take(&config.data_dir)?);
        let queue: Arc<dyn Queue> = Arc::new(MemoryQueue::default());
        let signals = Arc::new(Signals::new(Arc::clone(&queue)));
        let path = config.data_dir.join(crate::backup::DATABASE);
        let marker = format!("bw-{}", uuid::Uuid::new_v4().simple());
        let (dead, told) = (CancellationToken::new(), Arc::<Signals>::clone(&signals));
        // The lock is held as long as anything of this engine can still write.
        let held = (dead.clone(), Arc::<DataLock>::clone(&lock) as Arc<_>);
        let store = SqliteStore::open(&path, &marker, Arc::clone(&clock), told, held).await?;
        let store = Arc::new(store);
        let accounts = Arc::<SqliteStore>::clone(&store) as Arc<dyn Accounts>;
        let ledger = Arc::<SqliteStore>::clone(&store) as Arc<dyn Ledger>;
        let breaker_history = Arc::<SqliteStore>::clone(&store) as Arc<dyn BreakerHistory>;
        let store: Arc<dyn Store> = store;
        let breakers = registry.breakers();
        let happenings = breakers.happenings();
        let billing = config.billing.as_ref().map(|settings| Account::new(settings, Arc::clone(breakers)));

        let unreadable = |error: Error| OpenError::Unreadable { path: path.clone(), detail: error.to_string() };
        if config.takes_up {
            recovery::recover(&*store).await.map_err(unreadable)?;
        }
        // Recovery has announced some of the ready steps already; the store knows them all, and in their order.
        queue.replace(store.ready().await.map_err(unreadable)?);
        let marker = store.marker().await.map_err(unreadable)?;
        let random = config.jitter_seed.map_or_else(SmallRng::from_os_rng, SmallRng::seed_from_u64);
        // The first look at the clock settles what became due meanwhile.
        crate::store::Consequences::due(&*signals, clock.now());
        let scheduler = Scheduler::new(Parts {
            config,
            registry,
            clock,
            store,
            queue,
            signals,
            marker_prefix: recovery::marker_prefix(&marker),
            random,
        });
        let refusals = Refusals::new(Arc::clone(&accounts));
        let (recorder, over) = (Arc::clone(&refusals), scheduler.over.clone());
        scheduler.tasks.spawn(async move { over.run_until_cancelled(recorder.serve()).await });
        if let Some(happenings) = happenings {
            let recorder = Recorder::new(Arc::clone(&breaker_history), happenings, Arc::clone(&scheduler.signals));
            scheduler.tasks.spawn(recorder.serve(scheduler.over.clone()));
        }
        let (changes, started) = (watch::Sender::new(0), AtomicBool::new(false));
        let passwords = Passwords::default();
        let house = House {
            scheduler,
            accounts,
            ledger,
            breaker_history,
            billing,
            passwords,
            refusals,
            changes,
            started,
            lock,
            dead,
        };
        Ok(Self { house: Arc::new(house) })
    }

    /// Starts to carry out work; a second call does nothing, nor does one on an engine that has taken nothing up.
    pub fn start(&self) {
        if self.scheduler().config.takes_up && !self.house.started.swap(true, Ordering::AcqRel) {
            self.house.scheduler.start();
        }
    }

    /// Takes no more work, lets running steps end within `grace`, stops and parks the others, and returns when nothing
    /// runs and everything is on disk. At most the last 5 s of `grace`, and not more than half of it, are for stopping.
    pub async fn shutdown(&self, grace: Duration) -> ShutdownReport {
        let scheduler = &self.house.scheduler;
        let stopping = scheduler.config.stop_grace.min(grace / 2);
        scheduler.stopping.cancel();
        if tokio::time::timeout(grace.saturating_sub(stopping), scheduler.signals.idle()).await.is_err() {
            scheduler.signals.park_all();
            // The tools get the time to stop, their results a moment more to be written.
            let patience = stopping + Duration::from_secs(1);
            if tokio::time::timeout(patience, scheduler.signals.idle()).await.is_err() {
                tracing::error!("some attempts could not be settled in time; the next start settles them");
            }
        }
        if let Err(error) = scheduler.logs.flush().await {
            tracing::error!(%error, "the last log lines could not be written");
        }
        self.house.refusals.flush().await;
        scheduler.over.cancel();
        scheduler.tasks.close();
        scheduler.tasks.wait().await;
        scheduler.store.close().await;
        self.house.lock.release();
        let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        ShutdownReport {
            finished: count(&scheduler.tally.finished),
            parked: count(&scheduler.tally.parked),
            interrupted: count(&scheduler.tally.interrupted),
        }
    }

    fn scheduler(&self) -> &Scheduler {
        &self.house.scheduler
    }

    fn store(&self) -> &dyn Store {
        &*self.house.scheduler.store
    }

    fn accounts(&self) -> &dyn Accounts {
        &*self.house.accounts
    }
}
