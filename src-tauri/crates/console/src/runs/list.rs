//! Lists of runs: from the cache, and where nobody watches all the time, after the planes have been asked.
//!
//! Of each connection it is said whether older runs may be missing, because a list that silently ends is read as whole.

use super::ask;
use crate::{
    call::Call,
    core::Core,
    error::Error,
    guard::Guarded,
    link::Link,
    pull,
    view::{FreshnessState, RunList, RunQuery, RunRow, RunSource, StatusCount},
};
use control_plane::RunFilter;
use domain::{PageRequest, RunId, RunStatus, Timestamp};
use futures::StreamExt as _;
use std::{collections::HashSet, sync::Arc};

/// Runs on one page when nothing is asked for.
const LIMIT: u32 = 50;
/// Runs of each connection that are read with their steps for a list, newest first.
const READ_FOR_A_LIST: usize = 20;

/// Runs of every connection, newest first.
pub(crate) async fn list(core: &Core, call: &Call, query: RunQuery) -> Result<RunList, Error> {
    let limit = query.limit.unwrap_or(LIMIT);
    if !(1..=cache::RunQuery::MAX_LIMIT).contains(&limit) {
        return Err(Error::invalid("limit", "range", "a page has 1 to 200 runs", "Ask for at most 200."));
    }
    let connection = query.connection.as_ref().map(|named| core.link(named)).transpose()?;
    let mut links = connection.clone().map_or_else(|| core.links(), |link| vec![link]);
    links.retain(|link| query.kinds.is_empty() || query.kinds.contains(&link.connection().kind));
    // What cannot be asked is answered from the cache, with its age. A further page goes on in what was read for the first.
    let asks = !core.mode.is_live() && (query.after.is_none() || query.whole);
    let outcomes = links.iter().map(|link| async {
        if asks { read_for(core, call, link, &query, limit).await } else { Ok(link.is_history_read()) }
    });
    let outcomes = futures::future::join_all(outcomes).await;
    let asked = cache::RunQuery {
        connection: connection.map(|link| link.id.clone()),
        kinds: query.kinds,
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
    let mut sources = Vec::new();
    for (link, outcome) in links.iter().zip(outcomes) {
        sources.push(source(core, call, link, outcome).await?);
    }
    Ok(RunList { items, next: found.page.next, matching: found.matching, total: found.total, counts, sources })
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

async fn source(core: &Core, call: &Call, link: &Link, outcome: Result<bool, Error>) -> Result<RunSource, Error> {
    let status = link.status();
    let freshness = crate::freshness::of(core, Some(link), status.last_seen_at);
    let (complete, error) = match outcome {
        Ok(complete) if freshness.state == FreshnessState::Live => (complete, None),
        Ok(complete) => (complete, status.error),
        // Nobody was to be asked, so that nobody answered is no error.
        Err(Error::NotContacted | Error::NotRunning) => (false, None),
        Err(error) => (false, Some(error.into_wire(call.correlation_id().clone()))),
    };
    Ok(RunSource {
        connection: link.id.clone(),
        connection_name: link.name(),
        cached_runs: core.read.run_count(&link.id).await?,
        complete,
        freshness,
        error,
    })
}

/// Reads from a plane what the list needs; says whether nothing that could match is missing after that.
async fn read_for(core: &Core, call: &Call, link: &Link, query: &RunQuery, limit: u32) -> Result<bool, Error> {
    let is_search = query.text.as_ref().is_some_and(|text| !text.trim().is_empty());
    let started = core.now();
    // One more than is shown, so that the page knows that there is another.
    let bound = if query.whole { core.pace.keep_runs } else { limit.saturating_add(1) };
    let (complete, outdated) = survey(core, call, link, &query.statuses, bound).await?;
    let port = link.port(core).await?;
    let (wanted, patience) = if is_search {
        (unread(core, link, query.whole).await?, core.pace.search_timeout)
    } else {
        (of_the_page(core, link, query, limit, &outdated, started).await?, core.pace.on_demand_timeout)
    };
    let reading = futures::stream::iter(wanted).for_each_concurrent(core.pace.reads_in_flight, async |id| {
        if let Err(error) = read_all_of(core, call, link, &port, &id).await {
            tracing::info!(run = %id, %error, "a run of the list is not read");
        }
    });
    // What is not read within a person's patience is read at the next question.
    let all_read = tokio::time::timeout(patience, reading).await.is_ok();
    Ok(complete && (all_read || !is_search))
}

/// Lists runs of a plane, page by page, until so many have been seen. Says whether that was all of them, and which have
/// news.
pub(super) async fn survey(
    core: &Core,
    call: &Call,
    link: &Link,
    statuses: &[RunStatus],
    bound: u32,
) -> Result<(bool, HashSet<RunId>), Error> {
    let mut outdated = HashSet::new();
    let mut seen = 0;
    let mut page = PageRequest { after: None, limit: PageRequest::MAX_LIMIT };
    loop {
        let filter = RunFilter { statuses: statuses.to_vec(), page: page.clone() };
        let filter = &filter;
        let question = |port: Arc<Guarded>| async move { pull::page(core, link, &port, call.context(), filter).await };
        let listed = ask(core, call, link, question).await?;
        seen += listed.seen;
        outdated.extend(listed.outdated);
        match listed.next {
            None => return Ok((true, outdated)),
            Some(next) if seen < bound as usize => page.after = Some(next),
            Some(_) => return Ok((false, outdated)),
        }
    }
}

/// Runs of the page that are not in the cache as their plane has them. A plain list shows little more than their
/// summaries, so a few are enough; one that was not listed in the state that is asked for has left it since.
async fn of_the_page(
    core: &Core,
    link: &Link,
    query: &RunQuery,
    limit: u32,
    outdated: &HashSet<RunId>,
    started: Timestamp,
) -> Result<Vec<RunId>, Error> {
    let page = cache::RunQuery {
        connection: Some(link.id.clone()),
        statuses: query.statuses.clone(),
        limit,
        ..cache::RunQuery::default()
    };
    let known = core.read.runs(&page).await?.page.items;
    let moved = known.iter().filter(|run| !query.statuses.is_empty() && run.read_at < started);
    let newest = known.iter().take(READ_FOR_A_LIST);
    let unread = newest.filter(|run| !run.complete || outdated.contains(&run.summary.id));
    let wanted: HashSet<RunId> = moved.chain(unread).map(|run| run.summary.id.clone()).collect();
    Ok(wanted.into_iter().collect())
}

/// Runs of which the cache lacks anything that a text could be found in, newest first.
async fn unread(core: &Core, link: &Link, whole: bool) -> Result<Vec<RunId>, Error> {
    let mut query = cache::RunQuery {
        connection: Some(link.id.clone()),
        limit: cache::RunQuery::MAX_LIMIT,
        ..cache::RunQuery::default()
    };
    let mut wanted = Vec::new();
    loop {
        let page = core.read.runs(&query).await?.page;
        for known in page.items {
            let summary = known.summary;
            let lacks_lines = async || {
                Ok::<_, Error>(!core.read.log_holes(&link.id, &summary.id, summary.last_log_seq).await?.is_empty())
            };
            if !known.complete || lacks_lines().await? {
                wanted.push(summary.id);
            }
        }
        match page.next {
            Some(next) if whole => query.after = Some(next),
            _ => return Ok(wanted),
        }
    }
}

/// Reads a run with its events and its log, whatever state it is in.
async fn read_all_of(core: &Core, call: &Call, link: &Link, port: &Guarded, id: &RunId) -> Result<(), Error> {
    let run = pull::whole(core, link, port, call.context(), id).await?;
    pull::logs(core, link, port, call.context(), id, run.summary.last_log_seq).await
}
