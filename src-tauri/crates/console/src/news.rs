//! From what was written into the cache to what a face should read again.
//!
//! Everything that happens to be announced at the same time becomes one event: a burst of changes is one reading for a
//! face and not a hundred.

use crate::{
    connections,
    core::Core,
    view::{ConsoleEvent, Tag},
};
use cache::{Change, Noun};
use std::{sync::Arc, time::Duration};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

/// How often to look whether another process has written into the cache.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Looks at which connections are read again in any case: a comparison needs a first look that no write was in the way of.
const FIRST_LOOKS: u32 = 3;
/// Tags of one event at most; more say as much as reading everything again.
const TAGS_MAX: usize = 200;

/// Starts telling faces of what is written.
pub(crate) fn spawn(core: &Arc<Core>) {
    let core = Arc::clone(core);
    let mut changes = core.cache.changes();
    core.tasks.clone().spawn(async move {
        let mut look = tokio::time::interval(LOOK_EVERY);
        let mut first_looks = FIRST_LOOKS;
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let first = tokio::select! {
                first = changes.recv() => first,
                _ = look.tick() => {
                    // A write of our own may be under way; the next look finds what this one missed.
                    let _ = core.cache.notice_other_processes().await;
                    if first_looks > 0 {
                        first_looks -= 1;
                        connections::reload(&core).await;
                    }
                    continue;
                }
                () = core.stop.cancelled() => return,
            };
            let mut news = News::default();
            match first {
                Ok(change) => news.add(&change),
                Err(RecvError::Lagged(_)) => news.everything = true,
                Err(RecvError::Closed) => return,
            }
            loop {
                match changes.try_recv() {
                    Ok(change) => news.add(&change),
                    Err(TryRecvError::Lagged(_)) => news.everything = true,
                    Err(TryRecvError::Empty | TryRecvError::Closed) => break,
                }
            }
            if news.everything || news.tags.contains(&Tag::App) {
                connections::reload(&core).await;
            }
            count_runs(&core, &news).await;
            news.announce(&core);
        }
    });
}

/// Keeps the number of cached runs at hand, which every list of connections shows.
async fn count_runs(core: &Core, news: &News) {
    if !(news.everything || news.tags.contains(&Tag::Runs)) {
        return;
    }
    for link in core.links() {
        if let Ok(count) = core.read.run_count(&link.id).await {
            link.set_cached_runs(count);
        }
    }
}

#[derive(Debug, Default)]
struct News {
    tags: Vec<Tag>,
    everything: bool,
}

impl News {
    fn tag(&mut self, tag: Tag) {
        if !self.tags.contains(&tag) {
            self.tags.push(tag);
        }
    }

    fn add(&mut self, change: &Change) {
        match change {
            Change::Connections => {
                self.tag(Tag::Connections);
                self.tag(Tag::App);
            }
            // Where a breaker of a plane stands is unknown as long as the plane is not heard.
            Change::ConnectionStatus { .. } => {
                self.tag(Tag::Connections);
                self.tag(Tag::Breakers);
            }
            Change::Runs { connection, ids } => {
                self.tag(Tag::Runs);
                for run in ids {
                    self.tag(Tag::Run { connection: connection.clone(), run: run.clone() });
                }
            }
            Change::Events { connection, run } | Change::Logs { connection, run } => {
                self.tag(Tag::Run { connection: connection.clone(), run: run.clone() });
            }
            Change::FeedPosition { .. } => {}
            Change::Coverage { .. } => self.tag(Tag::Coverage),
            Change::Breakers { .. } => self.tag(Tag::Breakers),
            Change::Checks => self.tag(Tag::Readiness),
            Change::Templates { .. } => self.tag(Tag::Templates),
            Change::Told { noun, .. } => self.tag(match noun {
                Noun::ProjectWork => Tag::Projects,
                Noun::BreakerEvents => Tag::Breakers,
                Noun::Teams | Noun::TeamPeople => Tag::Teams,
                Noun::ApiKeys => Tag::ApiKeys,
                Noun::Audit => Tag::Audit,
                Noun::Queue => Tag::Queues,
                Noun::Billing => Tag::Billing,
                Noun::Identity => Tag::Connections,
            }),
            Change::Acts => self.tag(Tag::Acts),
            Change::Drills => self.tag(Tag::Drill),
            Change::Notices => self.tag(Tag::Notices),
            Change::Preferences { .. } => self.tag(Tag::Preferences),
            Change::Everything => self.everything = true,
        }
        self.everything |= self.tags.len() > TAGS_MAX;
    }

    fn announce(self, core: &Core) {
        if self.everything {
            core.announcer.announce(ConsoleEvent::Resync);
        } else {
            core.announcer.stale(self.tags);
        }
    }
}
