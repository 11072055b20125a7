//! Runs that have to be read again: changes gathered for a moment, those on screen first, a few at a time.

use domain::RunId;
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};
use tokio::time::Instant;

/// Runs off screen wait this many times longer, so that a busy plane does not crowd out what a person looks at.
const OFF_SCREEN: u32 = 5;

/// Runs that have to be read again.
#[derive(Debug)]
pub(super) struct Pending {
    gather: Duration,
    in_flight_max: usize,
    due: HashMap<RunId, Instant>,
    in_flight: HashSet<RunId>,
}

impl Pending {
    pub(super) fn new(gather: Duration, in_flight_max: usize) -> Self {
        Self { gather, in_flight_max: in_flight_max.max(1), due: HashMap::new(), in_flight: HashSet::new() }
    }

    /// Something about the run changed. Changes that follow before it is read are covered by the same reading.
    pub(super) fn changed(&mut self, run: &RunId, on_screen: bool, now: Instant) {
        let due = now + if on_screen { self.gather } else { self.gather * OFF_SCREEN };
        self.due.entry(run.clone()).and_modify(|known| *known = due.min(*known)).or_insert(due);
    }

    /// The run could not be read; it is tried again after a pause.
    pub(super) fn failed(&mut self, run: &RunId, again_at: Instant) {
        self.in_flight.remove(run);
        self.due.entry(run.clone()).or_insert(again_at);
    }

    /// The run has been read.
    pub(super) fn done(&mut self, run: &RunId) {
        self.in_flight.remove(run);
    }

    /// The run to be read now, if one is due and there is room.
    pub(super) fn take(&mut self, now: Instant, on_screen: impl Fn(&RunId) -> bool) -> Option<RunId> {
        if self.in_flight.len() >= self.in_flight_max {
            return None;
        }
        let ready = self.due.iter().filter(|(run, due)| **due <= now && !self.in_flight.contains(*run));
        let run = ready.min_by_key(|(run, due)| (!on_screen(run), **due)).map(|(run, _)| run.clone())?;
        self.due.remove(&run);
        self.in_flight.insert(run.clone());
        Some(run)
    }

    /// Whether nothing waits and nothing is being read.
    pub(super) fn is_idle(&self) -> bool {
        self.due.is_empty() && self.in_flight.is_empty()
    }

    /// When to look again; `None` when nothing waits or there is no room anyway.
    pub(super) fn next_due(&self) -> Option<Instant> {
        if self.in_flight.len() >= self.in_flight_max {
            return None;
        }
        self.due.iter().filter(|(run, _)| !self.in_flight.contains(*run)).map(|(_, due)| *due).min()
    }
}

#[cfg(test)]
mod tests {
    use super::Pending;
    use domain::RunId;
    use std::time::Duration;
    use tokio::time::Instant;

    #[test]
    fn many_changes_are_one_reading_and_the_screen_comes_first() {
        let gather = Duration::from_millis(50);
        let mut pending = Pending::new(gather, 1);
        let (seen, other) = (RunId::new("seen"), RunId::new("other"));
        let start = Instant::now();
        pending.changed(&other, false, start);
        for _ in 0..100 {
            pending.changed(&seen, true, start);
        }
        let on_screen = |run: &RunId| *run == RunId::new("seen");
        assert_eq!(pending.take(start, on_screen), None, "changes are gathered first");
        let later = start + gather * 10;
        assert_eq!(pending.take(later, on_screen), Some(seen.clone()), "what a person looks at comes first");
        assert_eq!(pending.take(later, on_screen), None, "no more are in flight than allowed");
        pending.changed(&seen, true, later);
        pending.done(&seen);
        assert_eq!(pending.take(later, on_screen), Some(other.clone()), "a hundred changes were one reading");
        pending.done(&other);
        assert_eq!(pending.take(later + gather, on_screen), Some(seen), "a change during the reading is not lost");
    }
}
