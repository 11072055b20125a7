//! Stores: what the runs of a store platform tell of them, and the one act that is about a store and not about its run.
//!
//! A store is created as a run is. Deliberately absent: a copy of stores beside their runs.

use crate::{
    acts::{Deed, record},
    call::Call,
    core::Core,
    error::Error,
    link::Link,
    runs::{self, act::reason},
    view::{DeleteStore, StoreList, StoreView},
};
use cache::CachedDetail;
use domain::{Action, Availability, Store};

/// Stores of one connection that are shown.
const SHOWN_MAX: usize = 500;

/// Stores of every connection that provisions some, newest first.
pub(crate) async fn list(core: &Core) -> Result<StoreList, Error> {
    let mut list = StoreList { items: Vec::new(), more: false };
    for link in core.links() {
        if link.status().capabilities.of(Action::Stores) == Availability::Yes {
            let (known, more) = runs::cached_whole(core, &link, SHOWN_MAX).await?;
            list.items.extend(known.into_iter().filter_map(|known| shown(core, &link, known)));
            list.more |= more;
        }
    }
    list.items.sort_by_key(|view| std::cmp::Reverse(view.store.created_at));
    Ok(list)
}

/// A run as its store; none while its steps have not been read.
fn shown(core: &Core, link: &Link, known: CachedDetail) -> Option<StoreView> {
    let store = Store::of(&known.run.metadata)?;
    Some(StoreView {
        connection: link.id.clone(),
        connection_name: link.name(),
        run: known.run.summary.id,
        store,
        status: known.run.summary.status,
        steps: known.run.steps,
        failure: known.run.summary.failure,
        freshness: link.freshness(Some(known.read_at), core.mode),
    })
}

/// Asks for a store to be removed.
pub(crate) async fn delete(core: &Core, call: &Call, request: DeleteStore) -> Result<StoreList, Error> {
    let reason = reason(&request.reason)?;
    let link = core.link(&request.connection)?;
    let deed = Deed::new("delete_store", &link, request.run.to_string(), Some(reason));
    record(core, call, &link, deed, async |_| {
        let port = link.port(core).await?;
        port.delete_store(call.context(), &request.run).await?;
        link.want(request.run.clone());
        Ok(())
    })
    .await?;
    list(core).await
}
