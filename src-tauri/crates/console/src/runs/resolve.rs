//! From what a person wrote to one run of one connection.

use super::{ask, list::survey};
use crate::{call::Call, core::Core, error::Error, guard::Guarded, link::Link, parts::SyncMode, pull};
use cache::Found;
use domain::{ConnectionId, RunId};
use std::{collections::BTreeSet, sync::Arc};

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
    // It may be the beginning of the id of a run that was never listed here, however old.
    if core.mode == SyncMode::OnDemand && error.is_gone() {
        survey(core, call, &link, &[], core.pace.keep_runs).await?;
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
    let ids: BTreeSet<&RunId> = candidates.iter().map(|(_, id)| id).collect();
    if ids.len() > 1 {
        let candidates = ids.into_iter().map(ToString::to_string).collect();
        return Err(Error::AmbiguousRun { prefix: run.to_string(), candidates });
    }
    let Some((_, id)) = candidates.first() else { return Ok(None) };
    let mut links = candidates.iter().map(|(connection, _)| core.link(connection)).collect::<Result<Vec<_>, _>>()?;
    // One plane may be reached by several ways; where nothing else is said, its own socket is meant.
    if let Some(built_in) = links.iter().position(|link| link.connection().built_in) {
        return Ok(Some((links.swap_remove(built_in), id.clone())));
    }
    match (links.pop(), links.is_empty()) {
        (Some(link), true) => Ok(Some((link, id.clone()))),
        (Some(link), false) => {
            links.push(link);
            let connections = links.iter().map(|link| link.name()).collect();
            Err(Error::RunOnSeveral { run: id.to_string(), connections })
        }
        (None, _) => Ok(None),
    }
}

async fn ask_for(core: &Core, call: &Call, link: &Link, run: &RunId) -> Result<(), Error> {
    let question =
        |port: Arc<Guarded>| async move { pull::run(core, link, &port, call.context(), run).await.map(drop) };
    match core.mode {
        SyncMode::Live => question(link.port(core).await?).await,
        SyncMode::OnDemand | SyncMode::CacheOnly => ask(core, call, link, question).await,
    }
}
