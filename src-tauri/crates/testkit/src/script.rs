//! What a test tells the fake control plane to do wrong.

use control_plane::Error;
use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

/// A way into the port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Route {
    /// Who it is.
    Identity,
    /// Health and queue.
    Facts,
    /// A page of runs.
    ListRuns,
    /// One run.
    Run,
    /// Events of a run.
    Events,
    /// Log lines of a run.
    Logs,
    /// The live feed.
    Feed,
    /// Hints.
    Hints,
    /// Judging a plan.
    Preview,
    /// Starting a run.
    Create,
    /// Stopping a run.
    Cancel,
    /// Trying a step again.
    Retry,
    /// Deciding a gate.
    Decide,
    /// What waits in the queue.
    Queue,
    /// Templates, breakers, tools, dead letters.
    Other,
}

/// What goes wrong, and what has been asked so far.
#[derive(Debug, Default)]
pub(crate) struct Script {
    pub(crate) unreachable: bool,
    pub(crate) hanging: bool,
    pub(crate) duplicating: bool,
    pub(crate) reordering: bool,
    pub(crate) silent: bool,
    pub(crate) hinting: bool,
    pub(crate) reading_gap: Option<Duration>,
    pub(crate) swallow_events: u32,
    pub(crate) next: HashMap<Route, VecDeque<Error>>,
    pub(crate) calls: HashMap<Route, u32>,
    pub(crate) correlation_ids: Vec<(Route, String)>,
}

impl Script {
    /// Counts the call and says whether it fails.
    pub(crate) fn judge(&mut self, route: Route, correlation_id: &str) -> Result<(), Error> {
        *self.calls.entry(route).or_default() += 1;
        self.correlation_ids.push((route, correlation_id.to_owned()));
        if self.unreachable {
            return Err(Error::Unreachable { detail: "connection refused".to_owned() });
        }
        match self.next.get_mut(&route).and_then(VecDeque::pop_front) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}
