//! The live feed: server-sent events as feed items.

use crate::wire::{Call, Wire};
use client_http::{Event, incompatible, until_error};
use control_plane::{CallContext, Error, Feed};
use control_plane_api::Operation;
use domain::FeedItem;
use futures::{StreamExt, future::ready};

/// Opens the feed of all runs, after `position` or from now.
pub(crate) async fn open(wire: &Wire, context: &CallContext, position: Option<u64>) -> Result<Feed, Error> {
    let mut call = Call::to(Operation::Stream);
    if let Some(position) = position {
        call = call.query("after", &position.to_string());
    }
    let opened = wire.stream(context, call).await?;
    if !opened.is_type("text/event-stream") {
        return Err(incompatible("expected a stream of events"));
    }
    Ok(until_error(
        opened.events().filter_map(|event| ready(event.map_or_else(|error| Some(Err(error)), |event| item(&event)))),
    ))
}

/// What a server-sent event says; `None` for kinds that a later version may add.
fn item(event: &Event) -> Option<Result<FeedItem, Error>> {
    matches!(event.event.as_str(), "event" | "log" | "breaker" | "heartbeat" | "resync").then(|| {
        serde_json::from_str(&event.data).map_err(|error| {
            incompatible(format!("an item of kind {} differs at column {}", event.event, error.column()))
        })
    })
}
