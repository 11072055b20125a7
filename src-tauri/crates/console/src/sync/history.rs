//! Taking over what is older than the newest runs: page by page, slowly, and only while nothing else is to be read.
//!
//! Once that is done it need not be done again while this process lives: the feed tells of every later change.

use crate::{core::Core, link::Link, pull::Listed, view::Tag};
use tokio::time::Instant;

/// How far one session has come.
#[derive(Debug)]
pub(super) struct History {
    after: Option<String>,
    seen: usize,
    due: Instant,
}

impl History {
    pub(super) fn new() -> Self {
        Self { after: None, seen: 0, due: Instant::now() }
    }

    /// Goes on after what was listed, unless that was all that the cache keeps.
    pub(super) fn go_on(&mut self, core: &Core, link: &Link, listed: &Listed) {
        self.seen += listed.seen;
        self.after.clone_from(&listed.next);
        self.due = Instant::now() + core.pace.history_every;
        let is_enough = self.seen >= usize::try_from(core.pace.keep_runs).unwrap_or(usize::MAX)
            || listed.oldest.is_some_and(|oldest| oldest < core.kept_from());
        if is_enough {
            self.after = None;
        }
        if self.after.is_none() && !link.is_history_read() {
            link.set_history_read();
            core.announcer.stale([Tag::Runs]);
        }
    }

    /// When the next page may be read; `None` when there is none, or it is being read.
    pub(super) fn next_due(&self, link: &Link) -> Option<Instant> {
        (self.after.is_some() && !link.is_history_read()).then_some(self.due)
    }

    /// Where the next page begins.
    pub(super) fn take(&mut self) -> Option<String> {
        self.after.take()
    }

    /// The page could not be read; it is tried again after a pause.
    pub(super) fn failed(&mut self, core: &Core, after: Option<String>) {
        self.after = after;
        self.due = Instant::now() + core.pace.history_every;
    }
}
