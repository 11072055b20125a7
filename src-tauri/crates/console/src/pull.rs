//! Reading from a control plane into the cache: a run as it is, and whatever of its events and log lines is missing.
//!
//! Sync, acts and one-shot reads all come through here, so there is one way in which a run gets into the cache.

use crate::{
    core::Core,
    error::Error,
    guard::Guarded,
    link::Link,
    observe::{self, Reading, Told},
    view::Who,
};
use cache::{Noun, OpenRun, RunQuery};
use control_plane::{CallContext, PlaneIdentity, RunFilter};
use domain::{
    Action, Availability, Event, Page, PageRequest, Run, RunId, RunStatus, RunSummary, Store, StoreStatus, Timestamp,
};
use tokio::time::Instant;

/// Items asked for at once.
const PAGE: u32 = 500;
/// Says in the metadata of a run that its plane does not have it any more.
const GONE: &str = "gone";
/// Pages read at most for one run in one go; the rest follows at the next reading.
const PAGES_MAX: usize = 200;

/// Asks the plane who it is; measures the way to it.
pub(crate) async fn contact(core: &Core, link: &Link, port: &Guarded, context: &CallContext) -> Result<(), Error> {
    let started = Instant::now();
    let identity = port.identity(context).await?;
    let took = started.elapsed();
    let now = core.now();
    link.change_status(now, |status| {
        status.last_seen_at = Some(now);
        status.latency_ms = u64::try_from(took.as_millis()).ok();
        status.server_version = Some(identity.version.clone());
        // The plane read its clock about half a round trip ago.
        let half = i64::try_from(took.as_millis() / 2).unwrap_or(0);
        status.clock_skew_ms = identity.server_time.map(|theirs| theirs.as_millis() + half - now.as_millis());
        status.capabilities = port.capabilities();
    });
    let PlaneIdentity { principal, may, teams, .. } = identity;
    note_who(core, link, principal.map(|principal| Who { principal, may, teams })).await
}

/// Keeps who we are to the plane, so that it can be read without it.
pub(crate) async fn note_who(core: &Core, link: &Link, who: Option<Who>) -> Result<(), Error> {
    if link.note_who(who.as_ref()) {
        let told = cache::Told { document: who, read_at: core.now() };
        core.write.put_told(&link.id, Noun::Identity, "", &told).await?;
    }
    Ok(())
}

/// Reads a run and keeps it.
pub(crate) async fn run(
    core: &Core,
    link: &Link,
    port: &Guarded,
    context: &CallContext,
    id: &RunId,
) -> Result<Run, Error> {
    if port.numbers_events() {
        let run = port.run(context, id).await?;
        return keep(core, link, port, context, run).await;
    }
    let (run, told) = port.run_with_events(context, id).await?;
    keep_told(core, link, port, run, told).await
}

/// Keeps a run as it was read just now. Of a plane that does not number its events, it is kept with those that the plane
/// tells of and those that are seen, and comes back numbered.
pub(crate) async fn keep(
    core: &Core,
    link: &Link,
    port: &Guarded,
    context: &CallContext,
    run: Run,
) -> Result<Run, Error> {
    if port.numbers_events() {
        core.write.upsert_run(&link.id, &run, core.now()).await?;
        return Ok(run);
    }
    let tells = tells_events(port);
    let told = if tells { port.events(context, &run.summary.id, 0, PAGE).await?.items } else { Vec::new() };
    keep_told(core, link, port, run, told).await
}

fn tells_events(port: &Guarded) -> bool {
    port.capabilities().of(Action::Events) == Availability::Yes
}

/// Keeps a run of a plane that does not number its events, with those that it told of.
async fn keep_told(core: &Core, link: &Link, port: &Guarded, mut run: Run, told: Vec<Event>) -> Result<Run, Error> {
    let id = run.summary.id.clone();
    let told_by = if tells_events(port) { Told::Events } else { Told::Nothing };
    let known = core.read.run(&link.id, &id).await?;
    let now = core.now();
    let before = known.as_ref().map(|known| Reading { run: &known.run, at: known.read_at });
    // What a list told is no reading: it knows nothing of steps, and may take a run for what it is not.
    let before = before.filter(|before| before.run.summary.last_seq > 0);
    let mut events = observe::changes(before, Reading { run: &run, at: now }, told_by);
    let reopened = observe::reopens(&events);
    events.extend(told);
    if let Some(known) = &known {
        run.summary.generation = known.run.summary.generation + u32::from(reopened);
        run.summary.changed_at = run.summary.changed_at.max(known.run.summary.changed_at);
    }
    let mut batch = core.write.batch().await?;
    run.summary.last_seq = batch.number_events(&link.id, &id, &events).await?;
    batch.upsert_run(&link.id, &run, now).await?;
    batch.commit().await?;
    Ok(run)
}

/// Keeps that the plane does not have a run any more. What is known of it stays readable. Ours forgets runs after a time, so
/// with those it means nothing.
pub(crate) async fn gone(core: &Core, link: &Link, port: &Guarded, id: &RunId) -> Result<(), Error> {
    let known = core.read.run(&link.id, id).await?.filter(|known| !known.run.metadata.contains_key(GONE));
    let Some(known) = known.filter(|_| !port.numbers_events()) else { return Ok(()) };
    let now = core.now();
    let events = observe::disappearance(Reading { run: &known.run, at: known.read_at }, now);
    let mut run = known.run;
    run.metadata.insert(GONE.to_owned(), true.into());
    if let Some(store) = Store::of(&run.metadata) {
        Store { status: StoreStatus::Gone, since: now, ..store }.tell(&mut run.metadata);
    }
    if !run.summary.status.is_terminal() {
        run.summary.status = RunStatus::Cancelled;
        run.summary.ended_at = Some(now);
    }
    let mut batch = core.write.batch().await?;
    run.summary.last_seq = batch.number_events(&link.id, id, &events).await?;
    batch.upsert_run(&link.id, &run, now).await?;
    batch.commit().await.map_err(Error::from)
}

/// Reads a run, the events that are missing, and its log if somebody looks at it or it has ended.
pub(crate) async fn whole(
    core: &Core,
    link: &Link,
    port: &Guarded,
    context: &CallContext,
    id: &RunId,
) -> Result<Run, Error> {
    let run = run(core, link, port, context, id).await?;
    events(core, link, port, context, id, run.summary.last_seq).await?;
    let wanted = link.take_log_wanted(id);
    if wanted || run.summary.status.is_terminal() || link.is_on_screen(id) {
        logs(core, link, port, context, id, run.summary.last_log_seq).await?;
    }
    Ok(run)
}

/// Reads the next events after this one, and keeps them. Those of a plane that does not number them were kept when the run
/// was read.
pub(crate) async fn events_after(
    core: &Core,
    link: &Link,
    port: &Guarded,
    context: &CallContext,
    id: &RunId,
    after: u64,
) -> Result<Vec<Event>, Error> {
    if !port.numbers_events() {
        return Ok(core.read.events(&link.id, id, after, PAGE).await?);
    }
    let events = port.events(context, id, after, PAGE).await?.items;
    core.write.append_events(&link.id, &events).await?;
    Ok(events)
}

/// Reads the events up to `last_seq` that are not in the cache.
pub(crate) async fn events(
    core: &Core,
    link: &Link,
    port: &Guarded,
    context: &CallContext,
    id: &RunId,
    last_seq: u64,
) -> Result<(), Error> {
    for _ in 0..PAGES_MAX {
        let Some(hole) = core.read.event_holes(&link.id, id, last_seq).await?.into_iter().next() else { break };
        let page = port.events(context, id, hole.from - 1, PAGE).await?;
        let fills = page.items.iter().any(|event| event.seq == hole.from);
        core.write.append_events(&link.id, &page.items).await?;
        if !fills {
            tracing::warn!(run = %id, seq = hole.from, "the control plane does not have an event that it counted");
            break;
        }
    }
    Ok(())
}

/// Reads the log lines up to `last_seq` that are not in the cache.
pub(crate) async fn logs(
    core: &Core,
    link: &Link,
    port: &Guarded,
    context: &CallContext,
    id: &RunId,
    last_seq: u64,
) -> Result<(), Error> {
    for _ in 0..PAGES_MAX {
        let Some(hole) = core.read.log_holes(&link.id, id, last_seq).await?.into_iter().next() else { break };
        let page = port.logs(context, id, hole.from - 1, PAGE).await?;
        let fills = page.items.iter().any(|line| line.seq == hole.from);
        core.write.append_logs(&link.id, id, &page.items).await?;
        if !fills {
            break;
        }
    }
    Ok(())
}

/// How far to read a list of runs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Depth {
    /// So many runs, known or not: after a start nobody knows where an earlier reading stopped.
    Runs(usize),
    /// Until a page holds nothing new.
    News(usize),
}

/// What listing runs came to.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    /// Runs whose steps have to be read.
    pub(crate) outdated: Vec<RunId>,
    /// Runs that were listed.
    pub(crate) seen: usize,
    /// When the oldest of them was created.
    pub(crate) oldest: Option<Timestamp>,
    /// Where to go on; `None` at the end.
    pub(crate) next: Option<String>,
}

/// Reads one page of runs and keeps it.
pub(crate) async fn page(
    core: &Core,
    link: &Link,
    port: &Guarded,
    context: &CallContext,
    filter: &RunFilter,
) -> Result<Listed, Error> {
    let answer = port.list_runs(context, filter).await?;
    let outdated = if port.numbers_events() {
        core.write.upsert_run_summaries(&link.id, &answer.items, core.now()).await?
    } else {
        let mut outdated = take_rows(core, link, answer.items.clone()).await?;
        outdated.extend(missing(core, link, filter, &answer).await?);
        outdated
    };
    let oldest = answer.items.iter().map(|run| run.created_at).min();
    // A key that leads back to where it was given would never end.
    let next = answer.next.filter(|next| filter.page.after.as_ref() != Some(next));
    Ok(Listed { outdated, seen: answer.items.len(), oldest, next })
}

/// Takes a list of a plane that tells more of a run when it is asked for it: what is known already stays, and a run of
/// which the list says something else is outdated.
async fn take_rows(core: &Core, link: &Link, rows: Vec<RunSummary>) -> Result<Vec<RunId>, Error> {
    let (mut outdated, mut confirmed) = (Vec::new(), Vec::new());
    for row in rows {
        match core.read.run(&link.id, &row.id).await? {
            Some(known) if known.complete && known.run.summary.status == row.status => {
                confirmed.push(known.run.summary);
            }
            Some(_) => outdated.push(row.id),
            None => {
                outdated.push(row.id.clone());
                confirmed.push(row);
            }
        }
    }
    core.write.upsert_run_summaries(&link.id, &confirmed, core.now()).await?;
    Ok(outdated)
}

/// Runs that should be on this page, by when they were created, and are not: whoever asks for one learns that it is gone.
async fn missing(core: &Core, link: &Link, filter: &RunFilter, page: &Page<RunSummary>) -> Result<Vec<RunId>, Error> {
    if !filter.statuses.is_empty() {
        return Ok(Vec::new());
    }
    let is_first = filter.page.after.is_none();
    let newest = page.items.iter().map(|row| row.created_at).max().filter(|_| !is_first);
    let oldest = page.items.iter().map(|row| row.created_at).min().filter(|_| page.next.is_some());
    if page.items.is_empty() && !(is_first && page.next.is_none()) {
        return Ok(Vec::new());
    }
    let query = RunQuery {
        connection: Some(link.id.clone()),
        since: oldest,
        until: newest,
        limit: RunQuery::MAX_LIMIT,
        ..RunQuery::default()
    };
    let mut gone = Vec::new();
    for known in core.read.runs(&query).await?.page.items {
        let id = known.summary.id;
        // Others of the same moment may be on the next page.
        let is_at_the_edge = Some(known.summary.created_at) == oldest;
        if is_at_the_edge || page.items.iter().any(|row| row.id == id) {
            continue;
        }
        let detail = core.read.run(&link.id, &id).await?;
        if detail.is_some_and(|detail| !detail.run.metadata.contains_key(GONE)) {
            gone.push(id);
        }
    }
    Ok(gone)
}

/// Runs that are not over and may have moved on: of planes that tell nothing by themselves, each has to be asked for. The
/// longer nothing about a run has changed, the more rarely: after a quiet hour every five minutes.
pub(crate) async fn quiet_runs(core: &Core, link: &Link) -> Result<Vec<RunId>, Error> {
    let now = core.now();
    let is_due = |run: &OpenRun| {
        let pause = (now.since(run.changed_at) / 12).clamp(core.pace.poll_first, core.pace.poll_rarest);
        link.is_on_screen(&run.id) || run.steps_read_at.is_none_or(|read_at| now.since(read_at) >= pause)
    };
    let open = core.read.open_runs(&link.id).await?;
    Ok(open.into_iter().filter(is_due).map(|run| run.id).collect())
}

/// Reads pages of runs, newest first.
pub(crate) async fn pages(
    core: &Core,
    link: &Link,
    port: &Guarded,
    context: &CallContext,
    depth: Depth,
) -> Result<Listed, Error> {
    let (bound, only_news) = match depth {
        Depth::Runs(bound) => (bound, false),
        Depth::News(bound) => (bound, true),
    };
    follow(core, link, port, context, &[], |listed, news| listed.seen >= bound || (only_news && !news)).await
}

/// Reads every run that is not over, however old: one that waits for a person is wanted most when it has waited long.
pub(crate) async fn open_runs(
    core: &Core,
    link: &Link,
    port: &Guarded,
    context: &CallContext,
) -> Result<Listed, Error> {
    let open = RunStatus::open();
    let bound = usize::try_from(core.pace.keep_runs).unwrap_or(usize::MAX);
    follow(core, link, port, context, &open, |listed, _| listed.seen >= bound).await
}

/// Reads page after page until `enough` says so, given what was listed and whether the last page had news.
async fn follow(
    core: &Core,
    link: &Link,
    port: &Guarded,
    context: &CallContext,
    statuses: &[RunStatus],
    enough: impl Fn(&Listed, bool) -> bool + Send,
) -> Result<Listed, Error> {
    let mut all = Listed::default();
    loop {
        let request = PageRequest { after: all.next.take(), limit: PageRequest::MAX_LIMIT };
        let listed = page(core, link, port, context, &RunFilter { statuses: statuses.to_vec(), page: request }).await?;
        let news = !listed.outdated.is_empty();
        all.outdated.extend(listed.outdated);
        all.seen += listed.seen;
        all.oldest = listed.oldest.or(all.oldest);
        all.next = listed.next;
        if all.next.is_none() || enough(&all, news) {
            return Ok(all);
        }
    }
}
