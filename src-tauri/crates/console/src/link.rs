//! One connection while the console runs: its guarded port, how well it is watched, which of its runs are on screen.

use crate::{
    connections::in_browser::InBrowser, core::Core, error::Error, guard::Guarded, parts::SyncMode, told::Topic,
    view::Freshness, view::FreshnessState, view::Who,
};
use control_plane::Credential;
use domain::{
    Action, Availability, Capabilities, Connection, ConnectionId, ConnectionState, ConnectionStatus, CredentialState,
    RunId, Timestamp,
};
use parking_lot::{Mutex, RwLock};
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// One connection while the console runs.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) id: ConnectionId,
    connection: RwLock<Connection>,
    /// Where its token was put, which is more than where it was found: a keychain may be out of reach for now.
    recorded: Mutex<CredentialState>,
    port: tokio::sync::Mutex<Option<Arc<Guarded>>>,
    /// The same port for those who only look at it and must not wait.
    made: RwLock<Option<Arc<Guarded>>>,
    status: Mutex<ConnectionStatus>,
    /// Who we are to the plane, as it told last.
    who: Mutex<Option<Who>>,
    /// A sign-in that goes on in the browser.
    in_browser: Mutex<Option<Arc<InBrowser>>>,
    /// Runs on screen, each with how many pages show it. A page that vanished without a word costs a log that is
    /// followed until the run ends.
    on_screen: Mutex<HashMap<RunId, u32>>,
    /// Runs whose log somebody has asked for without watching them.
    log_wanted: Mutex<HashSet<RunId>>,
    /// Topics that are being read anew.
    being_read: Mutex<HashSet<Topic>>,
    /// When somebody last did something to the plane from here.
    acted_at: Mutex<Option<Timestamp>>,
    /// Runs that somebody wants read again.
    pub(crate) wanted: Mutex<Vec<RunId>>,
    /// Something is wanted, or a reconnection is worth a try at once.
    pub(crate) nudge: Notify,
    cached_runs: AtomicUsize,
    /// How often it is asked for news, in milliseconds; 0 while it tells by itself.
    asks_every: AtomicU64,
    /// Whether every run that the cache keeps has been listed since the start.
    history_read: AtomicBool,
    /// Whether its settings or its credential became others since somebody last asked.
    is_replaced: AtomicBool,
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
            recorded: Mutex::new(connection.credential),
            connection: RwLock::new(connection),
            port: tokio::sync::Mutex::new(None),
            made: RwLock::new(None),
            status: Mutex::new(status),
            who: Mutex::default(),
            in_browser: Mutex::default(),
            on_screen: Mutex::default(),
            log_wanted: Mutex::default(),
            being_read: Mutex::default(),
            acted_at: Mutex::default(),
            wanted: Mutex::default(),
            nudge: Notify::new(),
            cached_runs: AtomicUsize::new(0),
            asks_every: AtomicU64::new(0),
            history_read: AtomicBool::new(false),
            is_replaced: AtomicBool::new(false),
            stop,
        }
    }

    pub(crate) fn connection(&self) -> Connection {
        self.connection.read().clone()
    }

    pub(crate) fn name(&self) -> String {
        self.connection.read().name.clone()
    }

    /// The connection with the place where its token was put in place of where it was found.
    pub(crate) fn recorded(&self) -> Connection {
        Connection { credential: *self.recorded.lock(), ..self.connection() }
    }

    /// Whether its token was put somewhere else since, e.g. by a terminal. Answers so once.
    pub(crate) fn is_recorded_anew(&self, credential: CredentialState) -> bool {
        let is_anew = std::mem::replace(&mut *self.recorded.lock(), credential) != credential;
        self.is_replaced.fetch_or(is_anew, Ordering::Relaxed);
        is_anew
    }

    /// Whether its settings or its credential became others since. Answers so once.
    pub(crate) fn take_replaced(&self) -> bool {
        self.is_replaced.swap(false, Ordering::Relaxed)
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

    pub(crate) fn in_browser(&self) -> Option<Arc<InBrowser>> {
        self.in_browser.lock().clone()
    }

    /// Whatever went on in the browser before is given up.
    pub(crate) fn signs_in_in_browser(&self, attempt: Option<InBrowser>) {
        *self.in_browser.lock() = attempt.map(Arc::new);
    }

    pub(crate) fn who(&self) -> Option<Who> {
        self.who.lock().clone()
    }

    /// Takes note of who we are to the plane; says whether that is news.
    pub(crate) fn note_who(&self, who: Option<&Who>) -> bool {
        let mut known = self.who.lock();
        let is_news = known.as_ref() != who;
        *known = who.cloned();
        is_news
    }

    /// The guarded port for a call, where one may be made.
    pub(crate) async fn port(&self, core: &Core) -> Result<Arc<Guarded>, Error> {
        core.may_contact(self)?;
        self.guarded(core).await
    }

    /// The guarded port, made on first use: reading a token may ask a person to unlock the keychain.
    pub(crate) async fn guarded(&self, core: &Core) -> Result<Arc<Guarded>, Error> {
        let mut held = self.port.lock().await;
        if let Some(port) = &*held {
            return Ok(Arc::clone(port));
        }
        let connection = self.recorded();
        let (credential, state) = core.credential_of(&connection).await?;
        self.connection.write().credential = state;
        let is_token = matches!(credential, Some(Credential::Token(_)));
        let port = core.connectors.connect(connection.kind, &connection.base_url, credential)?;
        let is_person = !is_token && port.capabilities().of(Action::SignIn) == Availability::Yes;
        let guarded = Guarded::new(port, &connection, &core.pace, Arc::clone(&core.clock)).for_a_person(is_person);
        let (announcer, diary, id) = (core.announcer.clone(), core.diary.clone(), self.id.clone());
        let occasions = Arc::clone(&core.occasions);
        guarded.on_change(move |event| {
            diary.put(&id, event);
            announcer.stale([crate::view::Tag::Breakers]);
            occasions.note(&id);
        });
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
        *self.recorded.lock() = connection.credential;
        *self.connection.write() = connection;
        *held = None;
        *self.made.write() = None;
        self.is_replaced.store(true, Ordering::Relaxed);
        self.nudge.notify_one();
    }

    /// Makes the next call read the token again: it was missing or not accepted, and may have been entered elsewhere.
    pub(crate) async fn forget_port(&self) {
        let mut held = self.port.lock().await;
        *held = None;
        *self.made.write() = None;
    }

    pub(crate) fn watch(&self, run: RunId, on_screen: bool) {
        let mut shown = self.on_screen.lock();
        if on_screen {
            let pages = shown.entry(run.clone()).or_default();
            *pages = pages.saturating_add(1);
            drop(shown);
            self.want(run);
        } else if let Some(pages) = shown.get_mut(&run) {
            *pages -= 1;
            if *pages == 0 {
                shown.remove(&run);
            }
        }
    }

    pub(crate) fn is_on_screen(&self, run: &RunId) -> bool {
        self.on_screen.lock().contains_key(run)
    }

    /// Asks for a run to be read again soon, with its log.
    pub(crate) fn want_log(&self, run: RunId) {
        self.log_wanted.lock().insert(run.clone());
        self.want(run);
    }

    pub(crate) fn take_log_wanted(&self, run: &RunId) -> bool {
        self.log_wanted.lock().remove(run)
    }

    /// Whether this topic is to be read anew by whoever asks, because nobody else is at it.
    pub(crate) fn begin_reading(&self, topic: &Topic) -> bool {
        self.being_read.lock().insert(topic.clone())
    }

    pub(crate) fn end_reading(&self, topic: &Topic) {
        self.being_read.lock().remove(topic);
    }

    /// Somebody did something to the plane, or tried to.
    pub(crate) fn acted(&self, at: Timestamp) {
        *self.acted_at.lock() = Some(at);
    }

    /// Whether that was after something was read, which may be otherwise since.
    pub(crate) fn has_acted_since(&self, read_at: Timestamp) -> bool {
        self.acted_at.lock().is_some_and(|at| at >= read_at)
    }

    /// Asks for a run to be read again soon.
    pub(crate) fn want(&self, run: RunId) {
        self.wanted.lock().push(run);
        self.nudge.notify_one();
    }

    pub(crate) fn is_history_read(&self) -> bool {
        self.history_read.load(Ordering::Relaxed)
    }

    pub(crate) fn set_history_read(&self) {
        self.history_read.store(true, Ordering::Relaxed);
    }

    /// How often it is asked for news, in milliseconds; `None` while it tells by itself.
    pub(crate) fn asks_every_ms(&self) -> Option<u64> {
        Some(self.asks_every.load(Ordering::Relaxed)).filter(|millis| *millis > 0)
    }

    pub(crate) fn set_asks_every(&self, pause: Option<Duration>) {
        let millis = pause.map_or(0, |pause| u64::try_from(pause.as_millis()).unwrap_or(u64::MAX));
        self.asks_every.store(millis, Ordering::Relaxed);
    }

    /// Takes over by what it was recognised; no call has to be made anew for that.
    pub(crate) fn note_recognition(&self, connection: &Connection) {
        self.connection.write().recognised_by.clone_from(&connection.recognised_by);
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
        Freshness { read_at: read_at.max(confirmed), state, obstacle: None }
    }
}
