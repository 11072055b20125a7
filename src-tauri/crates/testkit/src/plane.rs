//! A control plane in memory that lives the runs that a test tells it to, and fails the way a test tells it to.
//!
//! It never executes anything: a test moves steps by hand. What it keeps obeys the rules of the port (event numbers
//! without gaps, newest run first), so whatever a reader gets wrong is the reader's fault, unless the test scripted it.

mod life;
mod port;

use crate::script::{Route, Script};
use control_plane::Error;
use domain::{Breaker, Clock, Event, FeedItem, LogLine, Run, RunId, Timestamp};
use parking_lot::Mutex;
use std::{sync::Arc, time::Duration};
use tokio::sync::{broadcast, watch};

/// One run and everything that was ever said of it.
#[derive(Debug)]
struct Story {
    run: Run,
    events: Vec<Event>,
    logs: Vec<LogLine>,
    idempotency_key: Option<String>,
}

#[derive(Debug, Default)]
struct State {
    stories: Vec<Story>,
    /// Every event by feed position, which counts from 1.
    feed: Vec<Event>,
    breakers: Vec<Breaker>,
    /// Who it says that its caller is.
    principal: Option<String>,
    script: Script,
}

/// A control plane that does what the test says. Clones are the same plane.
#[derive(Debug, Clone)]
pub struct FakeControlPlane {
    state: Arc<Mutex<State>>,
    live: broadcast::Sender<FeedItem>,
    /// Counts up whenever every open feed is to end.
    cut: Arc<watch::Sender<u32>>,
    clock: Arc<dyn Clock>,
}

impl FakeControlPlane {
    /// An empty plane whose times come from this clock.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { state: Arc::default(), live: broadcast::channel(1024).0, cut: Arc::new(watch::channel(0).0), clock }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The next calls of this route end with these errors, one each.
    pub fn fail_next(&self, route: Route, errors: impl IntoIterator<Item = Error>) {
        self.state.lock().script.next.entry(route).or_default().extend(errors);
    }

    /// From now on it says that its caller is this one.
    pub fn know_caller_as(&self, who: &str) {
        self.state.lock().principal = Some(who.to_owned());
    }

    /// Nothing reaches it any more, and open feeds end.
    pub fn go_away(&self) {
        self.state.lock().script.unreachable = true;
        self.drop_feeds();
    }

    /// It can be reached again.
    pub fn come_back(&self) {
        self.state.lock().script.unreachable = false;
    }

    /// While set, every call is accepted and never answered.
    pub fn hang(&self, hanging: bool) {
        self.state.lock().script.hanging = hanging;
    }

    /// While set, the feed says everything twice.
    pub fn say_everything_twice(&self, duplicating: bool) {
        self.state.lock().script.duplicating = duplicating;
    }

    /// While set, items on a page of runs come in the wrong order.
    pub fn reorder_pages(&self, reordering: bool) {
        self.state.lock().script.reordering = reordering;
    }

    /// From now on it tells nothing by itself: no feed, no timeline, no logs.
    pub fn fall_silent(&self) {
        self.state.lock().script.silent = true;
    }

    /// From now on it hints that something has changed whenever [`hint`](Self::hint) is called. Falls silent besides.
    pub fn hint_only(&self) {
        let mut state = self.state.lock();
        state.script.silent = true;
        state.script.hinting = true;
    }

    /// Every open stream of hints says that something has changed.
    pub fn hint(&self) {
        let _ = self.live.send(FeedItem::Resync);
    }

    /// It bears one reading of a run in so much time.
    pub fn bear_one_reading_in(&self, gap: Duration) {
        self.state.lock().script.reading_gap = Some(gap);
    }

    /// The feed does not mention the next `count` events.
    pub fn swallow_events(&self, count: u32) {
        self.state.lock().script.swallow_events = count;
    }

    /// Every open feed ends.
    pub fn drop_feeds(&self) {
        self.cut.send_modify(|count| *count += 1);
    }

    /// Every open feed says that it lost items.
    pub fn lose_items(&self) {
        let _ = self.live.send(FeedItem::Resync);
    }

    /// Every open feed says that it is alive.
    pub fn heartbeat(&self) {
        let _ = self.live.send(FeedItem::Heartbeat);
    }

    /// Calls of this route so far.
    pub fn calls(&self, route: Route) -> u32 {
        self.state.lock().script.calls.get(&route).copied().unwrap_or(0)
    }

    /// Correlation ids of the calls of this route so far.
    pub fn correlation_ids(&self, route: Route) -> Vec<String> {
        let state = self.state.lock();
        state.script.correlation_ids.iter().filter(|(called, _)| *called == route).map(|(_, id)| id.clone()).collect()
    }

    /// Feeds that are open now.
    pub fn open_feeds(&self) -> usize {
        self.live.receiver_count()
    }

    /// The breakers that it shows.
    pub fn show_breakers(&self, breakers: Vec<Breaker>) {
        self.state.lock().breakers = breakers;
    }

    /// The run as the plane has it.
    pub fn truth(&self, run: &RunId) -> Option<Run> {
        self.state.lock().stories.iter().find(|story| story.run.summary.id == *run).map(|story| story.run.clone())
    }

    /// Its events as the plane has them.
    pub fn true_events(&self, run: &RunId) -> Vec<Event> {
        let state = self.state.lock();
        state
            .stories
            .iter()
            .find(|story| story.run.summary.id == *run)
            .map_or_else(Vec::new, |story| story.events.clone())
    }
}
