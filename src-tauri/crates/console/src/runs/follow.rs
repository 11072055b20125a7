//! Following one run to its end, for somebody who waits at a terminal.
//!
//! It asks the control plane itself, feed first and polling where there is none, and picks up where it left off after
//! each interruption. Everything that it sees goes into the cache as well.

use super::{answered, resolve, view};
use crate::{
    call::Call,
    core::Core,
    error::Error,
    guard::Guarded,
    link::Link,
    pull,
    view::{RunRef, RunView},
};
use control_plane::{CallContext, Error as PlaneError, Feed};
use domain::{Action, Availability, Event, EventKind, FeedItem, LogLine, Run, RunId, WireError};
use futures::{Stream, StreamExt as _};
use std::{collections::VecDeque, sync::Arc, time::Duration};

/// Items read at once while catching up.
const PAGE: u32 = 500;
/// Pause between looks at a plane without a feed, and between attempts while it cannot be reached.
const PAUSE: Duration = Duration::from_secs(1);
/// A feed that is silent for so long is doubted, and the run looked at.
const SILENCE: Duration = Duration::from_secs(5);

/// What somebody who follows a run is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Followed {
    /// The run as it is now: at the start, at each change of its status, after an interruption, and at the end.
    Run(Box<RunView>),
    /// Something happened. Each event once, in order.
    Event(Event),
    /// A step printed something. Each line once, in order.
    Log(LogLine),
    /// The control plane cannot be reached for now; following goes on. Said once for each interruption.
    Unreachable(WireError),
}

/// One run being followed.
struct Following {
    core: Arc<Core>,
    link: Arc<Link>,
    port: Arc<Guarded>,
    call: Call,
    run: RunId,
    last_seq: u64,
    last_log_seq: u64,
    shown: Option<domain::RunStatus>,
    feed: Option<Feed>,
    ready: VecDeque<Followed>,
    ended: bool,
    unreachable: bool,
    /// Whether the run has to be looked at before the feed is listened to again.
    look: bool,
}

/// The run's story from its beginning, then as it happens. Ends with the run.
pub(crate) async fn follow(
    core: &Arc<Core>,
    call: Call,
    wanted: &RunRef,
) -> Result<impl Stream<Item = Followed> + Send + use<>, Error> {
    let (link, run) = resolve(core, &call, wanted.connection.as_ref(), &wanted.run).await?;
    let port = link.port(core).await?;
    let mut following = Following {
        core: Arc::clone(core),
        link,
        port,
        call,
        run,
        last_seq: 0,
        last_log_seq: 0,
        shown: None,
        feed: None,
        ready: VecDeque::new(),
        ended: false,
        unreachable: false,
        look: true,
    };
    // A run that cannot be read at all is an error now and not a stream that says nothing.
    following.catch_up().await?;
    Ok(futures::stream::unfold(following, |mut following| async move {
        let item = following.next().await?;
        Some((item, following))
    }))
}

impl Following {
    async fn next(&mut self) -> Option<Followed> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(item);
            }
            if self.ended {
                return None;
            }
            if let Err(error) = self.advance().await {
                self.feed = None;
                self.look = true;
                let lasting = !error.is_absence();
                if !self.unreachable || lasting {
                    self.unreachable = true;
                    self.ended = lasting;
                    let wire = error.into_wire(self.call.correlation_id().clone());
                    self.ready.push_back(Followed::Unreachable(wire));
                }
                if !lasting {
                    let refused = self.port.refused_for().unwrap_or_default();
                    tokio::time::sleep(PAUSE.max(refused)).await;
                }
            }
        }
    }

    /// Waits for something to happen, or looks whether something has.
    async fn advance(&mut self) -> Result<(), Error> {
        if self.feed.is_none() && self.port.capabilities().of(Action::Stream) == Availability::Yes {
            self.feed = Some(self.port.feed(self.context(), None).await?);
            // What happened between the last look and the opening of the feed is not on it.
            self.look = true;
        }
        if std::mem::take(&mut self.look) {
            return self.catch_up().await;
        }
        let Some(feed) = &mut self.feed else {
            tokio::time::sleep(PAUSE).await;
            return self.catch_up().await;
        };
        match tokio::time::timeout(SILENCE, feed.next()).await {
            Err(_) | Ok(Some(Ok(FeedItem::Resync))) => self.catch_up().await,
            Ok(None) => Err(Error::Plane(PlaneError::Unreachable { detail: "the live feed ended".to_owned() })),
            Ok(Some(Err(error))) => Err(error.into()),
            Ok(Some(Ok(item))) => self.take(item).await,
        }
    }

    async fn take(&mut self, item: FeedItem) -> Result<(), Error> {
        match item {
            FeedItem::Event { event, .. } if event.run_id == self.run => {
                if event.seq != self.last_seq + 1 {
                    return if event.seq <= self.last_seq { Ok(()) } else { self.catch_up().await };
                }
                self.last_seq = event.seq;
                self.core.write.append_events(&self.link.id, std::slice::from_ref(&event)).await?;
                let step_only = event.step_id.is_some();
                self.ready.push_back(Followed::Event(event));
                if step_only { Ok(()) } else { self.catch_up().await }
            }
            FeedItem::Log { run_id, line } if run_id == self.run => {
                if line.seq != self.last_log_seq + 1 {
                    return if line.seq <= self.last_log_seq { Ok(()) } else { self.catch_up().await };
                }
                self.last_log_seq = line.seq;
                self.core.write.append_logs(&self.link.id, &self.run, std::slice::from_ref(&line)).await?;
                self.ready.push_back(Followed::Log(line));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Reads the run and everything of it that has not been told yet.
    async fn catch_up(&mut self) -> Result<(), Error> {
        let run = pull::run(&self.core, &self.link, &self.port, self.context(), &self.run).await?;
        let is_back = std::mem::take(&mut self.unreachable);
        answered(&self.core, &self.link);
        let is_over = run.summary.status.is_terminal();
        // First of all, because what follows names steps by their ids.
        if is_back || self.shown.is_none() {
            self.tell(&run);
        }
        let (mut lines, mut events) = (VecDeque::new(), VecDeque::new());
        while self.last_log_seq < run.summary.last_log_seq {
            let page = self.port.logs(self.context(), &self.run, self.last_log_seq, PAGE).await?;
            self.core.write.append_logs(&self.link.id, &self.run, &page.items).await?;
            let Some(last) = page.items.last() else { break };
            self.last_log_seq = last.seq.max(self.last_log_seq);
            lines.extend(page.items);
        }
        while self.last_seq < run.summary.last_seq {
            let next = pull::events_after(&self.core, &self.link, &self.port, self.context(), &self.run, self.last_seq)
                .await?;
            let Some(last) = next.last() else { break };
            self.last_seq = last.seq.max(self.last_seq);
            events.extend(next);
        }
        self.ready.extend(as_it_happened(lines, events));
        if is_over || self.shown != Some(run.summary.status) {
            self.tell(&run);
        }
        self.ended = is_over;
        Ok(())
    }

    fn tell(&mut self, run: &Run) {
        self.shown = Some(run.summary.status);
        let view = view(&self.core, &self.link, run.clone(), self.core.now());
        self.ready.push_back(Followed::Run(Box::new(view)));
    }

    const fn context(&self) -> &CallContext {
        self.call.context()
    }
}

/// Lines and events in the order of their times, each kind in its own order. What a step printed in the moment of its
/// end came before that, and what it printed in the moment of its start came after.
fn as_it_happened(mut lines: VecDeque<LogLine>, mut events: VecDeque<Event>) -> Vec<Followed> {
    let mut told = Vec::with_capacity(lines.len() + events.len());
    loop {
        let is_line_next = match (lines.front(), events.front()) {
            (None, None) => return told,
            (Some(line), Some(event)) if line.at == event.at => event.kind != EventKind::StepStarted,
            (Some(line), Some(event)) => line.at < event.at,
            (line, _) => line.is_some(),
        };
        told.extend(if is_line_next {
            lines.pop_front().map(Followed::Log)
        } else {
            events.pop_front().map(Followed::Event)
        });
    }
}
