//! One session of watching, from first contact to loss.

use super::{
    Ended, breakers::Breakers, coverage::Watch, hints::Hints, history::History, keep_status, pending::Pending,
};
use crate::{
    breakers::diary,
    call::Call,
    core::Core,
    error::Error,
    guard::Guarded,
    link::Link,
    pull::{self, Depth, Listed},
    view::ConsoleEvent,
};
use control_plane::{CallContext, Error as PlaneError, Feed, RunFilter};
use domain::{
    Action, Availability, ConnectionState, Event, FeedItem, LogLine, PageRequest, RunId, RunStatus, Timestamp,
};
use futures::{StreamExt as _, stream::ReadyChunks};
use reliability::Growth;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{task::JoinSet, time::Instant};

/// Items of the feed taken into the cache in one transaction at most.
const CHUNK: usize = 256;
/// Pause before a run that could not be read is tried again.
const READ_AGAIN: Duration = Duration::from_secs(1);

/// Watches until the plane is lost.
pub(super) async fn watch(core: Arc<Core>, link: Arc<Link>, attempt: u32) -> Ended {
    let call = Call::new("sync");
    let mut was_watching = false;
    let error = match begin(&core, &link, call.context().clone()).await {
        Ok(mut session) => {
            was_watching = true;
            tracing::info!(connection = %link.id, attempt, "watching");
            let error = session.follow().await;
            session.watch.keep(&core, &link).await;
            error
        }
        Err(error) => error,
    };
    tracing::info!(connection = %link.id, attempt, %error, "not watching");
    Ended { was_watching, error }
}

/// What a reading that was under way ended with.
enum Reading {
    Run(RunId, Result<(), Error>),
    Pages(Depth, Result<Listed, Error>),
    /// The breakers of the plane.
    Breakers(Result<(), Error>),
    /// A page of older runs, and where it began.
    History(Option<String>, Result<Listed, Error>),
}

struct Session {
    core: Arc<Core>,
    link: Arc<Link>,
    port: Arc<Guarded>,
    context: CallContext,
    feed: Option<ReadyChunks<Feed>>,
    hints: Hints,
    watch: Watch,
    pending: Pending,
    history: History,
    breakers: Breakers,
    /// Tasks of their own: each waits for its turn to write while this session may be waiting for its turn too.
    readings: JoinSet<Reading>,
    checking: bool,
    check_again: bool,
    poll_pause: Duration,
    /// When the plane's limits allow the next reading of a run.
    reading_from: Instant,
}

/// What a reading takes along.
struct Hands {
    core: Arc<Core>,
    link: Arc<Link>,
    port: Arc<Guarded>,
    context: CallContext,
}

async fn begin(core: &Arc<Core>, link: &Arc<Link>, context: CallContext) -> Result<Session, Error> {
    let port = link.port(core).await?;
    pull::contact(core, link, &port, &context).await?;
    let stream = port.capabilities().of(Action::Stream);
    let streams = stream == Availability::Yes;
    let feed = if streams {
        let position = core.read.feed_position(&link.id).await?;
        Some(port.feed(&context, position).await?.ready_chunks(CHUNK))
    } else {
        None
    };
    let now = core.now();
    let state = if streams { ConnectionState::Live } else { ConnectionState::Polled };
    became(core, link, state).await;
    let hints = Hints::listen(core, &port, &context, stream == Availability::Observed);
    let pending = Pending::new(core.pace.gather, core.pace.reads_in_flight);
    Ok(Session {
        core: Arc::clone(core),
        link: Arc::clone(link),
        port,
        context,
        feed,
        hints,
        watch: Watch::begin(now),
        pending,
        history: History::new(),
        breakers: Breakers::new(),
        readings: JoinSet::new(),
        checking: false,
        check_again: false,
        poll_pause: core.pace.poll_first,
        reading_from: Instant::now(),
    })
}

async fn became(core: &Core, link: &Link, state: ConnectionState) {
    let changed = link.change_status(core.now(), |status| {
        status.state = state;
        status.error = None;
    });
    if changed {
        keep_status(core, link).await;
    }
}

impl Session {
    async fn follow(&mut self) -> Error {
        self.check(Depth::Runs(self.core.pace.backfill_runs));
        self.take_unfinished().await;
        let mut next_check = Instant::now() + self.check_pause();
        let mut next_coverage = Instant::now();
        let mut silent_at = Instant::now() + self.core.pace.feed_silence;
        loop {
            self.start_readings();
            self.start_breakers();
            let next_due = self.pending.next_due().map(|due| due.max(self.reading_from));
            let next_breakers = self.breakers.next_due().filter(|_| self.shows_breakers());
            let next_history = self.history.next_due(&self.link).filter(|_| self.pending.is_idle());
            let step = tokio::select! {
                items = next_items(&mut self.feed) => {
                    silent_at = Instant::now() + self.core.pace.feed_silence;
                    self.take_items(items).await
                }
                Some(reading) = self.readings.join_next() => {
                    let result = match reading {
                        Ok(reading) => self.take_reading(reading).await,
                        Err(error) => Err(Error::Internal { doing: "reading from a plane", detail: error.to_string() }),
                    };
                    next_check = next_check.min(Instant::now() + self.check_pause());
                    result
                }
                () = sleep_until(next_due) => Ok(()),
                () = sleep_until(next_breakers) => Ok(()),
                () = sleep_until(next_history) => { self.read_history(); Ok(()) }
                () = self.hints.next() => {
                    self.check(Depth::News(self.core.pace.backfill_runs));
                    self.take_unfinished().await;
                    Ok(())
                }
                () = self.link.nudge.notified() => {
                    self.take_wanted();
                    // Somebody may have chosen another pause.
                    next_check = next_check.min(Instant::now() + self.check_pause());
                    Ok(())
                }
                () = tokio::time::sleep_until(next_check) => {
                    next_check = Instant::now() + self.check_pause();
                    self.check(Depth::News(self.core.pace.backfill_runs));
                    Ok(())
                }
                () = tokio::time::sleep_until(next_coverage) => {
                    next_coverage = Instant::now() + self.core.pace.coverage_every;
                    self.watch.keep(&self.core, &self.link).await;
                    Ok(())
                }
                () = tokio::time::sleep_until(silent_at), if self.feed.is_some() => Err(Error::Plane(PlaneError::TimedOut)),
            };
            if let Err(error) = step {
                return error;
            }
        }
    }

    fn check_pause(&self) -> Duration {
        if self.feed.is_some() {
            self.link.set_asks_every(None);
            return self.core.pace.reconcile_every;
        }
        // What an operator chose does not grow while nothing happens.
        let chosen = self.link.connection().poll_every_ms;
        let pause = chosen.map_or(self.poll_pause, |millis| Duration::from_millis(u64::from(millis)));
        self.link.set_asks_every(Some(pause));
        pause
    }

    fn hands(&self) -> Hands {
        Hands {
            core: Arc::clone(&self.core),
            link: Arc::clone(&self.link),
            port: Arc::clone(&self.port),
            context: self.context.clone(),
        }
    }

    /// Starts asking who the plane is and reading the newest page, and as many further ones as have news.
    fn check(&mut self, depth: Depth) {
        if self.checking {
            self.check_again = true;
            return;
        }
        self.checking = true;
        let streams = self.feed.is_some();
        let Hands { core, link, port, context } = self.hands();
        self.readings.spawn(async move {
            let listed = async {
                pull::contact(&core, &link, &port, &context).await?;
                let mut listed = pull::pages(&core, &link, &port, &context, depth).await?;
                if matches!(depth, Depth::Runs(_)) {
                    listed.outdated.extend(pull::open_runs(&core, &link, &port, &context).await?.outdated);
                }
                if !streams {
                    listed.outdated.extend(pull::quiet_runs(&core, &link).await?);
                }
                Ok(listed)
            };
            Reading::Pages(depth, listed.await)
        });
    }

    /// Starts reading the next page of older runs.
    fn read_history(&mut self) {
        let Some(after) = self.history.take() else { return };
        let Hands { core, link, port, context } = self.hands();
        self.readings.spawn(async move {
            let page = PageRequest { after: Some(after.clone()), limit: PageRequest::MAX_LIMIT };
            let listed = pull::page(&core, &link, &port, &context, &RunFilter { statuses: Vec::new(), page }).await;
            Reading::History(Some(after), listed)
        });
    }

    /// Runs that may have moved on unheard, and runs whose steps an earlier start of the console did not get to read.
    async fn take_unfinished(&mut self) {
        let of = |statuses| cache::RunQuery {
            connection: Some(self.link.id.clone()),
            statuses,
            limit: cache::RunQuery::MAX_LIMIT,
            ..cache::RunQuery::default()
        };
        let (mut open, newest) = (of(RunStatus::open()), of(Vec::new()));
        let known = async {
            let mut known = self.core.read.runs(&newest).await?.page.items;
            known.retain(|run| !run.complete);
            loop {
                let page = self.core.read.runs(&open).await?.page;
                known.extend(page.items);
                match page.next {
                    Some(next) => open.after = Some(next),
                    None => return Ok::<_, cache::Error>(known),
                }
            }
        };
        match known.await {
            Ok(known) => {
                for run in known {
                    self.pending.changed(&run.summary.id, self.link.is_on_screen(&run.summary.id), Instant::now());
                }
            }
            Err(error) => tracing::warn!(connection = %self.link.id, %error, "unfinished runs are not known"),
        }
    }

    fn heard(&mut self) {
        let now: Timestamp = self.core.now();
        self.watch.heard(now);
        self.link.change_status(now, |status| status.last_seen_at = Some(now));
    }

    fn start_readings(&mut self) {
        let gap = self.port.reading_gap().filter(|_| self.core.pace.heeds_limits);
        loop {
            let now = Instant::now();
            if now < self.reading_from {
                return;
            }
            let Some(run) = self.pending.take(now, |run| self.link.is_on_screen(run)) else { return };
            self.reading_from = now + gap.unwrap_or_default();
            let Hands { core, link, port, context } = self.hands();
            self.readings.spawn(async move {
                let result = pull::whole(&core, &link, &port, &context, &run).await.map(drop);
                Reading::Run(run, result)
            });
        }
    }

    fn start_breakers(&mut self) {
        if !self.shows_breakers() {
            return;
        }
        let Some(told_of) = self.breakers.take(Instant::now()) else { return };
        let Hands { core, link, port, context } = self.hands();
        self.readings.spawn(async move {
            Reading::Breakers(diary::read(&core, &link, &port, &context, &told_of).await.map(drop))
        });
    }

    fn shows_breakers(&self) -> bool {
        self.port.capabilities().of(Action::Breakers) == Availability::Yes
    }

    fn take_wanted(&mut self) {
        let wanted = std::mem::take(&mut *self.link.wanted.lock());
        for run in wanted {
            self.pending.changed(&run, true, Instant::now());
        }
    }

    async fn take_items(&mut self, items: Option<Vec<Result<FeedItem, PlaneError>>>) -> Result<(), Error> {
        let Some(items) = items else {
            return Err(Error::Plane(PlaneError::Unreachable { detail: "the live feed ended".to_owned() }));
        };
        let mut events: Vec<Event> = Vec::new();
        let mut position = None;
        let mut logs: HashMap<RunId, Vec<LogLine>> = HashMap::new();
        let mut failed = None;
        if is_sign_of_life(&items) {
            self.heard();
        }
        for item in items {
            match item {
                Ok(FeedItem::Event { position: at, event }) => {
                    position = position.max(Some(at));
                    events.push(event);
                }
                Ok(FeedItem::Log { run_id, line }) if self.link.is_on_screen(&run_id) => {
                    logs.entry(run_id).or_default().push(line);
                }
                Ok(FeedItem::Breaker { breaker }) => self.breakers.told_of(breaker),
                Ok(FeedItem::Log { .. } | FeedItem::Heartbeat) => {}
                Ok(FeedItem::Resync) => {
                    self.check(Depth::News(self.core.pace.backfill_runs));
                    self.take_unfinished().await;
                }
                Err(error) => failed = Some(Error::Plane(error)),
            }
        }
        self.keep_events(&events, position).await?;
        for (run, lines) in logs {
            self.core.write.append_logs(&self.link.id, &run, &lines).await?;
            self.core.announcer.announce(ConsoleEvent::Log { connection: self.link.id.clone(), run, lines });
        }
        failed.map_or(Ok(()), Err)
    }

    /// The events and how far the feed has been read become visible together, so that none is skipped after a crash.
    async fn keep_events(&mut self, events: &[Event], position: Option<u64>) -> Result<(), Error> {
        let Some(position) = position else { return Ok(()) };
        let mut batch = self.core.write.batch().await?;
        batch.append_events(&self.link.id, events).await?;
        batch.set_feed_position(&self.link.id, position).await?;
        batch.commit().await?;
        for event in events {
            self.pending.changed(&event.run_id, self.link.is_on_screen(&event.run_id), Instant::now());
        }
        Ok(())
    }

    async fn take_reading(&mut self, reading: Reading) -> Result<(), Error> {
        let result = match reading {
            Reading::Run(run, Ok(())) => {
                self.pending.done(&run);
                self.heard();
                Ok(())
            }
            // It was forgotten there; what the cache has of it stays readable.
            Reading::Run(run, Err(Error::Plane(PlaneError::NotFound { .. }))) => {
                self.pending.done(&run);
                pull::gone(&self.core, &self.link, &self.port, &run).await
            }
            Reading::Run(run, Err(error)) => {
                let again = self.port.refused_for().unwrap_or(READ_AGAIN);
                self.pending.failed(&run, Instant::now() + again);
                Err(error)
            }
            Reading::Breakers(result) => {
                self.breakers.done(&self.core.pace);
                // Not to be shown the breakers says nothing about the runs.
                if let Err(error) = result {
                    tracing::info!(connection = %self.link.id, %error, "the breakers of a plane were not read");
                }
                Ok(())
            }
            Reading::Pages(depth, result) => {
                self.checking = false;
                result.map(|listed| {
                    if matches!(depth, Depth::Runs(_)) {
                        self.history.go_on(&self.core, &self.link, &listed);
                    }
                    self.take_outdated(&listed.outdated);
                })
            }
            Reading::History(_, Ok(listed)) => {
                self.heard();
                self.history.go_on(&self.core, &self.link, &listed);
                for run in &listed.outdated {
                    self.pending.changed(run, self.link.is_on_screen(run), Instant::now());
                }
                Ok(())
            }
            Reading::History(after, Err(error)) => {
                self.history.failed(&self.core, after);
                Err(error)
            }
        };
        match result {
            Ok(()) => {
                let state = if self.feed.is_some() { ConnectionState::Live } else { ConnectionState::Polled };
                became(&self.core, &self.link, state).await;
                Ok(())
            }
            // While the feed is open the plane is there; it only does not keep up.
            Err(error) if error.is_absence() && self.feed.is_some() => {
                self.late(error).await;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn take_outdated(&mut self, outdated: &[RunId]) {
        self.heard();
        for run in outdated {
            self.pending.changed(run, self.link.is_on_screen(run), Instant::now());
        }
        let pace = &self.core.pace;
        let growth = Growth { factor: 1.5, cap: pace.poll_longest };
        self.poll_pause = if outdated.is_empty() { growth.after(self.poll_pause, 1) } else { pace.poll_first };
        if std::mem::take(&mut self.check_again) {
            self.check(Depth::News(pace.backfill_runs));
        }
    }

    async fn late(&mut self, error: Error) {
        let wire = error.into_wire(self.context.correlation_id.clone());
        let changed = self.link.change_status(self.core.now(), |status| {
            status.state = ConnectionState::Late;
            status.error.get_or_insert(wire);
        });
        if changed {
            keep_status(&self.core, &self.link).await;
        }
    }
}

/// Whether the plane said any of it; a silence that was found out comes as an item too.
fn is_sign_of_life(items: &[Result<FeedItem, PlaneError>]) -> bool {
    items.iter().any(Result::is_ok)
}

async fn next_items(feed: &mut Option<ReadyChunks<Feed>>) -> Option<Vec<Result<FeedItem, PlaneError>>> {
    match feed {
        Some(feed) => feed.next().await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::is_sign_of_life;
    use control_plane::Error as PlaneError;
    use domain::FeedItem;

    #[test]
    fn time_in_which_nothing_was_heard_is_not_covered() {
        let silence = || Err(PlaneError::Unreachable { detail: "nothing was heard for 30 s".to_owned() });
        assert!(!is_sign_of_life(&[silence()]), "our own finding is nothing that was heard");
        assert!(is_sign_of_life(&[Ok(FeedItem::Heartbeat), silence()]), "what came before it was");
    }
}
