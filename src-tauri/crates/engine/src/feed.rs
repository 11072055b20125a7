//! The live feed: events from the database first, then as they are committed, with no gap and no duplicate between.
//!
//! A reader subscribes before it reads the database, so that whatever is committed meanwhile is in its channel; what it
//! has read already is dropped from the channel by position. A reader that is too slow for its channel is told to
//! `Resync`, since log lines are lost to it, and its events go on from the database without a gap.

use crate::{Error, accounts::Scope, scheduler::Published, store::Store};
use domain::{FeedItem, RunId};
use futures::stream::{BoxStream, StreamExt};
use std::{collections::VecDeque, sync::Arc};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio_util::sync::CancellationToken;

/// Events read from the database at once.
const CHUNK: u32 = 500;

struct OfTeams {
    store: Arc<dyn Store>,
    scope: Scope,
    live: Receiver<Published>,
    over: CancellationToken,
    position: Option<u64>,
    replaying: bool,
    ready: VecDeque<FeedItem>,
}

/// The feed of the runs of these teams after a position, or from now. It ends with the engine, and also when the database cannot be
/// read, so that the reader connects again and resumes.
pub(crate) fn of_teams(
    store: Arc<dyn Store>,
    scope: Scope,
    live: Receiver<Published>,
    over: CancellationToken,
    after: Option<u64>,
) -> BoxStream<'static, FeedItem> {
    let replaying = after.is_some();
    let reader = OfTeams { store, scope, live, over, position: after, replaying, ready: VecDeque::new() };
    futures::stream::unfold(reader, |mut reader| async { reader.next().await.map(|item| (item, reader)) }).boxed()
}

impl OfTeams {
    async fn next(&mut self) -> Option<FeedItem> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(item);
            }
            if self.replaying {
                self.replay().await.ok()?;
                continue;
            }
            let received = tokio::select! {
                biased;
                received = self.live.recv() => received,
                () = self.over.cancelled() => return None,
            };
            match received {
                Ok((_, FeedItem::Event { position, .. })) if self.position.is_some_and(|seen| position <= seen) => {}
                Ok((team, item)) => {
                    if let FeedItem::Event { position, .. } = &item {
                        self.position = Some(*position);
                    }
                    if team.is_none_or(|team| self.scope.reaches(&team)) {
                        return Some(item);
                    }
                }
                Err(RecvError::Lagged(_)) => {
                    self.replaying = self.position.is_some();
                    return Some(FeedItem::Resync);
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }

    async fn replay(&mut self) -> Result<(), Error> {
        let after = self.position.unwrap_or(0);
        let chunk = self.store.feed(&self.scope, after, CHUNK).await?;
        if let Some((last, _)) = chunk.last() {
            self.position = Some(*last);
        } else {
            self.replaying = false;
            // A position from another database says nothing about this one.
            let newest = self.store.last_position().await?;
            if newest < after {
                self.position = Some(newest);
                self.ready.push_back(FeedItem::Resync);
            }
        }
        self.ready.extend(chunk.into_iter().map(|(position, event)| FeedItem::Event { position, event }));
        Ok(())
    }
}

struct OneRun {
    store: Arc<dyn Store>,
    run: RunId,
    live: Receiver<Published>,
    over: CancellationToken,
    seq: u64,
    log_seq: u64,
    /// Whether the database may hold something that was not read yet.
    stale: bool,
    ended: bool,
    ready: VecDeque<FeedItem>,
}

/// Events and log lines of one run after these sequence numbers, then live; it ends after the event that ends the run.
pub(crate) fn of_run(
    store: Arc<dyn Store>,
    run: RunId,
    live: Receiver<Published>,
    over: CancellationToken,
    (seq, log_seq): (u64, u64),
) -> BoxStream<'static, FeedItem> {
    let reader = OneRun { store, run, live, over, seq, log_seq, stale: true, ended: false, ready: VecDeque::new() };
    futures::stream::unfold(reader, |mut reader| async { reader.next().await.map(|item| (item, reader)) }).boxed()
}

impl OneRun {
    async fn next(&mut self) -> Option<FeedItem> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(item);
            }
            if self.ended {
                return None;
            }
            if self.stale {
                self.replay().await.ok()?;
                continue;
            }
            let received = tokio::select! {
                biased;
                received = self.live.recv() => received,
                () = self.over.cancelled() => return None,
            };
            match received {
                Ok((_, item)) => self.take(item),
                Err(RecvError::Lagged(_)) => self.stale = true,
                Err(RecvError::Closed) => return None,
            }
        }
    }

    fn take(&mut self, item: FeedItem) {
        match &item {
            FeedItem::Event { event, .. } if event.run_id == self.run && event.seq > self.seq => {
                if event.kind.ends_run() {
                    // Lines of the last step may still be on their way; the database has them in order.
                    self.stale = true;
                    return;
                }
                self.seq = event.seq;
            }
            FeedItem::Log { run_id, line } if *run_id == self.run && line.seq > self.log_seq => self.log_seq = line.seq,
            _ => return,
        }
        self.ready.push_back(item);
    }

    /// Reads what the database has: log lines before events, so that a step's lines come before its end.
    async fn replay(&mut self) -> Result<(), Error> {
        let head = self.store.head(&self.run).await?;
        if self.seq > head.last_seq || self.log_seq > head.last_log_seq {
            // A place from another life of this database says nothing about this one.
            (self.seq, self.log_seq) = (self.seq.min(head.last_seq), self.log_seq.min(head.last_log_seq));
            self.ready.push_back(FeedItem::Resync);
        }
        let lines = self.store.logs(&self.run, self.log_seq, CHUNK).await?;
        if let Some(line) = lines.last() {
            self.log_seq = line.seq;
            self.ready.extend(lines.into_iter().map(|line| FeedItem::Log { run_id: self.run.clone(), line }));
            return Ok(());
        }
        let events = self.store.events(&self.run, self.seq, CHUNK).await?;
        if let Some((_, event)) = events.last() {
            self.seq = event.seq;
            self.ready.extend(events.into_iter().map(|(position, event)| FeedItem::Event { position, event }));
            return Ok(());
        }
        self.stale = false;
        self.ended = head.status.is_terminal() && self.seq >= head.last_seq;
        Ok(())
    }
}
