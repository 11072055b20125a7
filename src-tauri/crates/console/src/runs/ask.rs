//! Asking a plane for somebody who waits at a terminal.

use crate::{call::Call, core::Core, error::Error, guard::Guarded, link::Link, parts::SyncMode};
use domain::ConnectionState;
use std::{future::Future, sync::Arc};

/// Asks the plane within the patience of a person at a terminal, and notes whether it answered.
pub(crate) async fn ask<T, Fut>(
    core: &Core,
    call: &Call,
    link: &Link,
    question: impl FnOnce(Arc<Guarded>) -> Fut + Send,
) -> Result<T, Error>
where
    Fut: Future<Output = Result<T, Error>> + Send,
{
    // Only the plane has to hurry: a keychain may be waiting for a person.
    let answer = match link.port(core).await {
        Ok(port) => {
            let answer = tokio::time::timeout(core.pace.on_demand_timeout, question(port)).await;
            answer.unwrap_or(Err(Error::Plane(control_plane::Error::TimedOut)))
        }
        Err(error) => Err(error),
    };
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
