//! The record of what operators did from this console.
//!
//! An act is recorded whether it was carried out or refused, and the record never stands in the way of the act: when
//! the cache cannot be written, the act still happens and the log says so.

use crate::{call::Call, core::Core, error::Error, link::Link, view::ActRecord};
use domain::ConnectionId;

/// Acts shown at most.
const SHOWN_MAX: u32 = 200;

/// What somebody is about to do.
#[derive(Debug, Clone)]
pub(crate) struct Deed {
    action: &'static str,
    connection: Option<ConnectionId>,
    /// To what.
    pub(crate) target: String,
    reason: Option<String>,
}

impl Deed {
    /// Something that concerns this console alone.
    pub(crate) const fn here(action: &'static str, target: String) -> Self {
        Self { action, connection: None, target, reason: None }
    }

    pub(crate) fn new(action: &'static str, link: &Link, target: String, reason: Option<String>) -> Self {
        Self { action, connection: Some(link.id.clone()), target, reason }
    }
}

/// Does it, unless the connection is locked, and records what came of it.
pub(crate) async fn record<T>(
    core: &Core,
    call: &Call,
    link: &Link,
    mut deed: Deed,
    act: impl AsyncFnOnce(&mut Deed) -> Result<T, Error>,
) -> Result<T, Error> {
    let result = if link.connection().read_only {
        Err(Error::ReadOnly { connection: link.name(), act: deed.action })
    } else {
        let result = act(&mut deed).await;
        link.acted(core.now());
        result
    };
    keep(core, call, deed, result.as_ref().err()).await;
    result
}

/// Records an act that has been done or has failed.
pub(crate) async fn keep(core: &Core, call: &Call, deed: Deed, error: Option<&Error>) {
    let act = cache::Act {
        at: core.now(),
        actor: core.actor.clone(),
        action: deed.action.to_owned(),
        connection: deed.connection,
        target: deed.target,
        reason: deed.reason,
        outcome: error.map_or("done", Error::code).to_owned(),
        correlation_id: call.correlation_id().clone(),
    };
    if let Err(error) = core.write.record_act(&act).await {
        tracing::error!(action = act.action, target = act.target, correlation_id = %act.correlation_id, %error, "an act is not recorded");
    }
}

/// What operators did from this console, newest first.
pub(crate) async fn list(core: &Core) -> Result<Vec<ActRecord>, Error> {
    let acts = core.read.acts(SHOWN_MAX).await?;
    Ok(acts
        .into_iter()
        .map(|act| ActRecord {
            at: act.at,
            actor: act.actor,
            action: act.action,
            connection: act.connection,
            target: act.target,
            reason: act.reason,
            outcome: act.outcome,
            correlation_id: act.correlation_id,
        })
        .collect())
}
