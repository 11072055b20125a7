//! One connection while the console runs: its guarded port, how well it is watched, which of its runs are on screen.

use crate::{core::Core, error::Error, guard::Guarded, parts::SyncMode, view::Freshness, view::FreshnessState};
use domain::{
    Capabilities, Connection, ConnectionId, ConnectionState, ConnectionStatus, CredentialState, RunId, Timestamp,
};
use parking_lot::{Mutex, RwLock};
use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// One connection while the console runs.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) id: ConnectionId,
    connection: RwLock<Connection>,
    port: tokio::sync::Mutex<Option<Arc<Guarded>>>,
    /// The same port for those who only look at it and must not wait.
    made: RwLock<Option<Arc<Guarded>>>,
    status: Mutex<ConnectionStatus>,
    on_screen: Mutex<HashSet<RunId>>,
    /// Runs whose log somebody has asked for without watching them.
    log_wanted: Mutex<HashSet<RunId>>,
    /// Runs that somebody wants read again.
    pub(crate) wanted: Mutex<Vec<RunId>>,
    /// Something is wanted, or a reconnection is worth a try at once.
    pub(crate) nudge: Notify,
    cached_runs: AtomicUsize,
    pub(crate) stop: CancellationToken,
}

impl Link {
    pub(crate) fn new(
        connection: Connection,
        known: Option<ConnectionStatus>,
        now: Timestamp,
        stop: CancellationToken,
    ) -> Self {
        let status = known.map_or_else(
            || ConnectionStatus {
                connection: connection.id.clone(),
                state: ConnectionState::Connecting,
                since: now,
                last_seen_at: None,
                latency_ms: None,
                server_version: None,
                clock_skew_ms: None,
                error: None,
                capabilities: Capabilities::default(),
            },
            // What an earlier start saw is history: only when, and what the plane could do, is still of use.
            |known| ConnectionStatus {
                state: ConnectionState::Connecting,
                since: now,
                latency_ms: None,
                clock_skew_ms: None,
                error: None,
                ..known
            },
        );
        Self {
            id: connection.id.clone(),
            connection: RwLock::new(connection),
            port: tokio::sync::Mutex::new(None),
            made: RwLock::new(None),
            status: Mutex::new(status),
            on_screen: Mutex::default(),
            log_wanted: Mutex::default(),
            wanted: Mutex::default(),
            nudge: Notify::new(),
            cached_runs: AtomicUsize::new(0),
            stop,
        }
    }

    pub(crate) fn connection(&self) -> Connection {
        self.connection.read().clone()
    }

    pub(crate) fn name(&self) -> String {
        self.connection.read().name.clone()
    }

    pub(crate) fn set_credential(&self, credential: CredentialState) {
        self.connection.write().credential = credential;
    }

    pub(crate) fn status(&self) -> ConnectionStatus {
        self.status.lock().clone()
    }

    /// Changes the status; says whether a face would show another state.
    pub(crate) fn change_status(&self, now: Timestamp, change: impl FnOnce(&mut ConnectionStatus)) -> bool {
        let mut status = self.status.lock();
        let before = (status.state, status.error.as_ref().map(|error| error.code.clone()));
        change(&mut status);
        let changed = before != (status.state, status.error.as_ref().map(|error| error.code.clone()));
        if before.0 != status.state {
            status.since = now;
        }
        changed
    }

    /// The guarded port, made on first use: reading a token may ask a person to unlock the keychain.
    pub(crate) async fn port(&self, core: &Core) -> Result<Arc<Guarded>, Error> {
        let mut held = self.port.lock().await;
        if let Some(port) = &*held {
            return Ok(Arc::clone(port));
        }
        let connection = self.connection();
        let (token, credential) = core.token_of(&connection).await;
        self.set_credential(credential);
        let port = core.connectors.connect(connection.kind, &connection.base_url, token)?;
        let guarded = Guarded::new(port, self.id.clone(), &connection.name, &core.pace, Arc::clone(&core.clock));
        let announcer = core.announcer.clone();
        guarded.on_change(move || announcer.stale([crate::view::Tag::Breakers]));
        let guarded = Arc::new(guarded);
        *self.made.write() = Some(Arc::clone(&guarded));
        *held = Some(Arc::clone(&guarded));
        Ok(guarded)
    }

    /// The guarded port if it has been made.
    pub(crate) fn made_port(&self) -> Option<Arc<Guarded>> {
        self.made.read().clone()
    }

    /// Takes other settings; the next call is made with them.
    pub(crate) async fn replace(&self, connection: Connection) {
        let mut held = self.port.lock().await;
        *self.connection.write() = connection;
        *held = None;
        *self.made.write() = None;
        self.nudge.notify_one();
    }

    pub(crate) fn watch(&self, run: RunId, on_screen: bool) {
        if on_screen {
            self.on_screen.lock().insert(run.clone());
            self.want(run);
        } else {
            self.on_screen.lock().remove(&run);
        }
    }

    pub(crate) fn is_on_screen(&self, run: &RunId) -> bool {
        self.on_screen.lock().contains(run)
    }

    /// Asks for a run to be read again soon, with its log.
    pub(crate) fn want_log(&self, run: RunId) {
        self.log_wanted.lock().insert(run.clone());
        self.want(run);
    }

    pub(crate) fn take_log_wanted(&self, run: &RunId) -> bool {
        self.log_wanted.lock().remove(run)
    }

    /// Asks for a run to be read again soon.
    pub(crate) fn want(&self, run: RunId) {
        self.wanted.lock().push(run);
        self.nudge.notify_one();
    }

    pub(crate) fn cached_runs(&self) -> u64 {
        self.cached_runs.load(Ordering::Relaxed) as u64
    }

    pub(crate) fn set_cached_runs(&self, count: u64) {
        self.cached_runs.store(usize::try_from(count).unwrap_or(usize::MAX), Ordering::Relaxed);
    }

    /// How old something is that was read then.
    pub(crate) fn freshness(&self, read_at: Option<Timestamp>, mode: SyncMode) -> Freshness {
        let status = self.status.lock();
        let state = match status.state {
            ConnectionState::Live | ConnectionState::Polled => FreshnessState::Live,
            ConnectionState::Late => FreshnessState::Stale,
            ConnectionState::Connecting if mode == SyncMode::Live => FreshnessState::Stale,
            _ => FreshnessState::Offline,
        };
        // A watched connection would have told of a change, so silence confirms what was read before.
        let confirmed =
            (mode == SyncMode::Live && status.state == ConnectionState::Live).then_some(status.last_seen_at).flatten();
        Freshness { read_at: read_at.max(confirmed), state }
    }
}
