//! Telling the faces: events numbered from 1, kept for a while so that a face that was away can catch up.
//!
//! A face that falls further behind than what is kept is told to read everything again. Deliberately absent: any
//! transport; the faces carry these to the page in their own way.

use crate::view::{ConsoleEvent, Tag};
use parking_lot::Mutex;
use std::{collections::VecDeque, sync::Arc};
use tokio::sync::Notify;

/// Events kept for a face that was away.
const KEPT: usize = 1024;

/// Numbers events and keeps the newest of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Announcer(Arc<Board>);

#[derive(Debug, Default)]
struct Board {
    kept: Mutex<Kept>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Kept {
    /// Id of the newest event; 0 before the first.
    newest: u64,
    events: VecDeque<ConsoleEvent>,
    closed: bool,
}

impl Announcer {
    pub(crate) fn announce(&self, event: ConsoleEvent) {
        let mut kept = self.0.kept.lock();
        kept.newest += 1;
        kept.events.push_back(event);
        if kept.events.len() > KEPT {
            kept.events.pop_front();
        }
        drop(kept);
        self.0.changed.notify_waiters();
    }

    /// Says that what was read under these tags is out of date.
    pub(crate) fn stale(&self, tags: impl IntoIterator<Item = Tag>) {
        let tags: Vec<Tag> = tags.into_iter().collect();
        if !tags.is_empty() {
            self.announce(ConsoleEvent::Stale { tags });
        }
    }

    /// Ends every subscription once it has seen what is kept.
    pub(crate) fn close(&self) {
        self.0.kept.lock().closed = true;
        self.0.changed.notify_waiters();
    }

    /// Everything from now on, or everything after the event with this id.
    pub(crate) fn subscribe(&self, after: Option<u64>) -> Subscription {
        let newest = self.0.kept.lock().newest;
        Subscription { board: Arc::clone(&self.0), seen: after.unwrap_or(newest) }
    }
}

/// Events of the console, one reader's place in them.
#[derive(Debug)]
pub struct Subscription {
    board: Arc<Board>,
    seen: u64,
}

impl Subscription {
    /// The next event and its id, or `None` once the console has shut down.
    ///
    /// A reader that fell too far behind, or whose id comes from another start of the console, gets
    /// [`ConsoleEvent::Resync`] with the id of the newest event and goes on from there. Safe to cancel.
    pub async fn next(&mut self) -> Option<(u64, ConsoleEvent)> {
        let board = Arc::clone(&self.board);
        loop {
            let changed = board.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let kept = board.kept.lock();
                let oldest = kept.newest - kept.events.len() as u64 + 1;
                if self.seen > kept.newest || self.seen + 1 < oldest {
                    self.seen = kept.newest;
                    return Some((kept.newest, ConsoleEvent::Resync));
                }
                if self.seen < kept.newest {
                    let index = usize::try_from(self.seen + 1 - oldest).ok()?;
                    let event = kept.events.get(index)?.clone();
                    self.seen += 1;
                    return Some((self.seen, event));
                }
                if kept.closed {
                    return None;
                }
            }
            changed.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Announcer, KEPT};
    use crate::view::{ConsoleEvent, Tag};

    fn stale(tag: Tag) -> ConsoleEvent {
        ConsoleEvent::Stale { tags: vec![tag] }
    }

    #[tokio::test]
    async fn a_reader_resumes_after_the_id_that_it_has_seen() {
        let announcer = Announcer::default();
        announcer.stale([Tag::Runs]);
        announcer.stale([Tag::Breakers]);
        let mut reader = announcer.subscribe(Some(1));
        assert_eq!(reader.next().await, Some((2, stale(Tag::Breakers))), "nothing is told twice, nothing is skipped");
        announcer.close();
        assert_eq!(reader.next().await, None, "a console that shut down ends its subscriptions");
    }

    #[tokio::test]
    async fn a_reader_that_fell_behind_is_told_to_read_everything_again() {
        let announcer = Announcer::default();
        let mut slow = announcer.subscribe(None);
        for _ in 0..=KEPT {
            announcer.stale([Tag::Runs]);
        }
        let newest = KEPT as u64 + 1;
        assert_eq!(slow.next().await, Some((newest, ConsoleEvent::Resync)), "what was lost is said to be lost");
        announcer.stale([Tag::Acts]);
        assert_eq!(slow.next().await, Some((newest + 1, stale(Tag::Acts))), "it goes on from there");
        let mut foreign = announcer.subscribe(Some(1_000_000));
        assert_eq!(
            foreign.next().await.map(|(_, event)| event),
            Some(ConsoleEvent::Resync),
            "an id from another start"
        );
    }
}
