//! From what a person wrote to one run of one connection.

use super::ask;
use crate::{
    call::Call,
    core::Core,
    error::Error,
    link::Link,
    parts::SyncMode,
    pull::{self, Depth},
};
use cache::Found;
use domain::{ConnectionId, PageRequest, RunId};
use std::sync::Arc;

/// Most characters of an id or the beginning of one.
const ID_MAX: usize = 200;

/// The run with this id, or the only one whose id begins so: looked up in the cache, then asked for.
pub(crate) async fn resolve(
    core: &Core,
    call: &Call,
    connection: Option<&ConnectionId>,
    run: &RunId,
) -> Result<(Arc<Link>, RunId), Error> {
    let length = run.as_str().chars().count();
    if length == 0 || length > ID_MAX {
        return Err(Error::invalid(
            "run",
            "length",
            "the id of a run has 1 to 200 characters",
            "Copy it from the list.",
        ));
    }
    let named = connection.map(|named| core.link(named)).transpose()?;
    if let Some(found) = look_up(core, named.as_deref(), run).await? {
        return Ok(found);
    }
    let link = named.clone().map_or_else(|| core.link_or_default(None), Ok)?;
    let Some(error) = ask_for(core, call, &link, run).await.err() else {
        return Ok((link, run.clone()));
    };
    // It may be the beginning of the id of a run that was never listed here.
    if core.mode == SyncMode::OnDemand && !error.is_absence() {
        let newest = ask(core, call, &link, async {
            let port = link.port(core).await?;
            pull::pages(core, &link, &port, call.context(), Depth::Runs(PageRequest::MAX_LIMIT as usize)).await
        });
        newest.await?;
        if let Some(found) = look_up(core, named.as_deref(), run).await? {
            return Ok(found);
        }
    }
    match error {
        Error::Plane(control_plane::Error::NotFound { .. }) => Err(Error::NotFound { what: format!("the run {run}") }),
        error => Err(error),
    }
}

async fn look_up(core: &Core, named: Option<&Link>, run: &RunId) -> Result<Option<(Arc<Link>, RunId)>, Error> {
    if let Some(link) = named
        && core.read.run(&link.id, run).await?.is_some()
    {
        return Ok(Some((core.link(&link.id)?, run.clone())));
    }
    let mut candidates = match core.read.find_run(run.as_str()).await? {
        Found::One(found) => vec![(found.connection, found.summary.id)],
        Found::None => Vec::new(),
        Found::Ambiguous(candidates) => candidates,
    };
    candidates.retain(|(connection, _)| named.is_none_or(|link| link.id == *connection));
    match candidates.as_slice() {
        [] => Ok(None),
        [(connection, id)] => Ok(Some((core.link(connection)?, id.clone()))),
        _ => Err(Error::AmbiguousRun {
            prefix: run.to_string(),
            candidates: candidates.into_iter().map(|(_, id)| id.to_string()).collect(),
        }),
    }
}

async fn ask_for(core: &Core, call: &Call, link: &Link, run: &RunId) -> Result<(), Error> {
    let question = async {
        let port = link.port(core).await?;
        pull::run(core, link, &port, call.context(), run).await.map(drop)
    };
    match core.mode {
        SyncMode::Live => question.await,
        SyncMode::OnDemand => ask(core, call, link, question).await,
    }
}
