//! Runs: reading them from the cache, and from their control plane where the cache does not have them.

pub(crate) mod act;
pub(crate) mod follow;
mod plan_text;
mod resolve;
mod sequence;

pub(crate) use plan_text::read as read_plan;
pub(crate) use resolve::resolve;
pub(crate) use sequence::{events, find_in_log, logs};

use crate::{
    call::Call,
    core::Core,
    error::Error,
    guard::Guarded,
    link::Link,
    parts::SyncMode,
    pull::{self, Depth},
    view::{RunList, RunQuery, RunRef, RunRow, RunView, StatusCount, WatchRun},
};
use domain::{ConnectionState, PageRequest, Run, RunId, Timestamp};
use futures::StreamExt as _;
use std::future::Future;

/// Runs on one page when nothing is asked for.
const LIMIT: u32 = 50;
/// Runs of each connection that are read with their steps for a list, newest first.
const READ_FOR_A_LIST: u32 = 20;

/// Runs of every connection, newest first.
pub(crate) async fn list(core: &Core, call: &Call, query: RunQuery) -> Result<RunList, Error> {
    let limit = query.limit.unwrap_or(LIMIT);
    if !(1..=cache::RunQuery::MAX_LIMIT).contains(&limit) {
        return Err(Error::invalid("limit", "range", "a page has 1 to 200 runs", "Ask for at most 200."));
    }
    let connection = query.connection.as_ref().map(|named| core.link(named)).transpose()?;
    if core.mode == SyncMode::OnDemand && query.after.is_none() {
        let links = connection.clone().map_or_else(|| core.links(), |link| vec![link]);
        // What cannot be asked is answered from the cache, with its age.
        futures::future::join_all(links.iter().map(|link| ask_for_newest(core, call, link, &query, limit))).await;
    }
    let asked = cache::RunQuery {
        connection: connection.map(|link| link.id.clone()),
        statuses: query.statuses,
        text: query.text,
        since: query.since,
        until: None,
        after: query.after,
        limit,
    };
    let found = core.read.runs(&asked).await?;
    let items = found.page.items.into_iter().map(|run| row(core, run)).collect();
    let counts = found.counts.into_iter().map(|(status, count)| StatusCount { status, count }).collect();
    Ok(RunList { items, next: found.page.next, matching: found.matching, total: found.total, counts })
}

fn row(core: &Core, run: cache::CachedRun) -> RunRow {
    let link = core.link(&run.connection).ok();
    RunRow {
        connection_name: link.as_ref().map_or_else(|| run.connection.to_string(), |link| link.name()),
        freshness: crate::freshness::of(core, link.as_deref(), Some(run.read_at)),
        connection: run.connection,
        summary: run.summary,
    }
}

/// One run with its steps.
pub(crate) async fn get(core: &Core, call: &Call, wanted: &RunRef) -> Result<RunView, Error> {
    let (link, id) = resolve(core, call, wanted.connection.as_ref(), &wanted.run).await?;
    if core.mode == SyncMode::OnDemand {
        let asked = ask(core, call, &link, async {
            let port = link.port(core).await?;
            pull::whole(core, &link, &port, call.context(), &id).await
        });
        if let Err(error) = asked.await
            && !error.is_absence()
        {
            return Err(error);
        }
    }
    match core.read.run(&link.id, &id).await? {
        Some(known) if known.complete || core.mode == SyncMode::OnDemand => {
            Ok(view(core, &link, known.run, known.read_at))
        }
        Some(known) => match read_now(core, call, &link, &id).await {
            Err(error) if error.is_absence() => Ok(view(core, &link, known.run, known.read_at)),
            answer => answer,
        },
        None => read_now(core, call, &link, &id).await,
    }
}

/// Reads a run from its plane.
async fn read_now(core: &Core, call: &Call, link: &Link, id: &RunId) -> Result<RunView, Error> {
    let port = link.port(core).await?;
    let run = pull::run(core, link, &port, call.context(), id).await?;
    link.want(id.clone());
    Ok(view(core, link, run, core.now()))
}

/// A run as a face sees it.
pub(crate) fn view(core: &Core, link: &Link, run: Run, read_at: Timestamp) -> RunView {
    RunView {
        connection: link.id.clone(),
        connection_name: link.name(),
        run,
        freshness: crate::freshness::of(core, Some(link), Some(read_at)),
    }
}

/// Says that a run is on screen, or no longer.
pub(crate) async fn watch(core: &Core, call: &Call, request: WatchRun) -> Result<(), Error> {
    let (link, id) = resolve(core, call, request.connection.as_ref(), &request.run).await?;
    link.watch(id, request.on_screen);
    Ok(())
}

/// Asks the plane within the patience of a person at a terminal, and notes whether it answered.
pub(crate) async fn ask<T>(
    core: &Core,
    call: &Call,
    link: &Link,
    question: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let patience = core.pace.on_demand_timeout;
    let answer = tokio::time::timeout(patience, question).await;
    let answer = answer.unwrap_or(Err(Error::Plane(control_plane::Error::TimedOut)));
    match &answer {
        Err(error) if error.says_nothing_of_the_thing() => {
            link.change_status(core.now(), |status| {
                status.state = error.state_of_connection();
                status.error = Some(error.to_wire(call.correlation_id().clone()));
            });
        }
        _ => answered(core, link),
    }
    answer
}

/// Notes that the plane has just answered, where nobody watches it all the time.
pub(crate) fn answered(core: &Core, link: &Link) {
    if core.mode == SyncMode::OnDemand {
        let now = core.now();
        link.change_status(now, |status| {
            status.state = ConnectionState::Polled;
            status.last_seen_at = Some(now);
            status.error = None;
        });
    }
}

async fn ask_for_newest(core: &Core, call: &Call, link: &Link, query: &RunQuery, limit: u32) -> Result<(), Error> {
    let depth = Depth::Runs(usize::try_from(limit.min(PageRequest::MAX_LIMIT)).unwrap_or(1));
    let port = link.port(core).await?;
    let outdated = ask(core, call, link, pull::pages(core, link, &port, call.context(), depth)).await?;
    let wanted = to_be_read(core, link, &outdated, query.text.is_some()).await?;
    let reading = futures::stream::iter(wanted).for_each_concurrent(core.pace.reads_in_flight, async |id| {
        if let Err(error) = read_all_of(core, call, link, &port, &id).await {
            tracing::info!(run = %id, %error, "a run of the list is not read");
        }
    });
    // What is not read within a person's patience is read at the next question.
    let _ = tokio::time::timeout(core.pace.on_demand_timeout, reading).await;
    Ok(())
}

/// Which of the newest runs are not in the cache as their plane has them, newest first. Text is looked for in
/// everything that they printed; a plain list shows little more than their summaries, so a few are enough.
async fn to_be_read(core: &Core, link: &Link, outdated: &[RunId], is_search: bool) -> Result<Vec<RunId>, Error> {
    let limit = if is_search { cache::RunQuery::MAX_LIMIT } else { READ_FOR_A_LIST };
    let newest = cache::RunQuery { connection: Some(link.id.clone()), limit, ..cache::RunQuery::default() };
    let mut wanted = Vec::new();
    for known in core.read.runs(&newest).await?.page.items {
        let summary = known.summary;
        let lacks_lines = async || {
            Ok::<_, Error>(!core.read.log_holes(&link.id, &summary.id, summary.last_log_seq).await?.is_empty())
        };
        if !known.complete || outdated.contains(&summary.id) || (is_search && lacks_lines().await?) {
            wanted.push(summary.id);
        }
    }
    Ok(wanted)
}

/// Reads a run with its events and its log, whatever state it is in.
async fn read_all_of(core: &Core, call: &Call, link: &Link, port: &Guarded, id: &RunId) -> Result<(), Error> {
    let run = pull::whole(core, link, port, call.context(), id).await?;
    pull::logs(core, link, port, call.context(), id, run.summary.last_log_seq).await
}
