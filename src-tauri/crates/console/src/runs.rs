//! Runs: reading them from the cache, and from their control plane where the cache does not have them.

pub(crate) mod act;
mod ask;
pub(crate) mod follow;
mod list;
mod plan_text;
mod resolve;
mod sequence;

pub(crate) use ask::{answered, ask};
pub(crate) use list::list;
pub(crate) use plan_text::read as read_plan;
pub(crate) use resolve::resolve;
pub(crate) use sequence::{events, find_in_log, logs};

use crate::{
    call::Call,
    core::Core,
    error::Error,
    guard::Guarded,
    link::Link,
    pull,
    view::{RunRef, RunView, WatchRun},
};
use cache::{CachedDetail, RunQuery};
use domain::{Run, RunId, Timestamp};
use std::sync::Arc;

/// One run with its steps.
pub(crate) async fn get(core: &Core, call: &Call, wanted: &RunRef) -> Result<RunView, Error> {
    let (link, id) = resolve(core, call, wanted.connection.as_ref(), &wanted.run).await?;
    let (link, id) = (&*link, &id);
    let asked = if core.mode.is_live() {
        Ok(())
    } else {
        let question =
            |port: Arc<Guarded>| async move { pull::whole(core, link, &port, call.context(), id).await.map(drop) };
        ask(core, call, link, question).await
    };
    let (known, error) = match (core.read.run(&link.id, id).await?, asked) {
        (None, Ok(())) => return read_now(core, call, link, id).await,
        (None, Err(error)) => return Err(error),
        (Some(known), Ok(())) if known.complete || !core.mode.is_live() => {
            return Ok(view(core, link, known.run, known.read_at));
        }
        (Some(known), Ok(())) => match read_now(core, call, link, id).await {
            Ok(view) => return Ok(view),
            Err(error) => (known, error),
        },
        (Some(known), Err(error)) => (known, error),
    };
    if !error.leaves_the_cache() {
        return Err(error);
    }
    let mut view = view(core, link, known.run, known.read_at);
    if error.is_gone() {
        view.freshness = crate::freshness::of_the_gone(known.read_at);
    }
    Ok(view)
}

/// The newest runs of a connection with their steps, as far as they are cached, and whether there are more than `max`.
pub(crate) async fn cached_whole(core: &Core, link: &Link, max: usize) -> Result<(Vec<CachedDetail>, bool), Error> {
    let mut query = RunQuery { connection: Some(link.id.clone()), limit: RunQuery::MAX_LIMIT, ..RunQuery::default() };
    let (mut whole, mut seen) = (Vec::new(), 0);
    loop {
        let page = core.read.runs(&query).await?.page;
        for row in page.items {
            if seen == max {
                return Ok((whole, true));
            }
            seen += 1;
            whole.extend(core.read.run(&link.id, &row.summary.id).await?);
        }
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok((whole, false)),
        }
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
