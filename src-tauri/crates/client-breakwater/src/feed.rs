//! The live feed: server-sent events as feed items. Silence is an error, so that the console connects again.

use crate::{
    error::{incompatible, transport},
    wire::{Call, Limits, Wire, is_type},
};
use control_plane::{CallContext, Error, Feed};
use control_plane_api::Operation;
use domain::FeedItem;
use eventsource_stream::{Event, EventStreamError, Eventsource};
use futures::{Stream, StreamExt, stream};
use reqwest::Response;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::time::timeout;

/// Opens the feed of all runs, after `position` or from now.
pub(crate) async fn open(wire: &Wire, context: &CallContext, position: Option<u64>) -> Result<Feed, Error> {
    let mut call = Call::to(Operation::Stream);
    if let Some(position) = position {
        call = call.query("after", &position.to_string());
    }
    let response = wire.open(context, call, "text/event-stream").await?;
    if !response.status().is_success() {
        return Err(wire.refusal(Operation::Stream, "the live feed", response).await);
    }
    if !is_type(response.headers(), "text/event-stream") {
        return Err(incompatible("expected a stream of events"));
    }
    let unread = Arc::new(AtomicUsize::new(0));
    let events = bytes(response, wire.limits, Arc::clone(&unread)).eventsource();
    let items = events.filter_map(move |event| {
        unread.store(0, Ordering::Relaxed);
        futures::future::ready(item(event))
    });
    Ok(until_error(items).boxed())
}

/// The bytes of the answer. Ends with an error on silence, and on an item that grows beyond the cap.
fn bytes(
    response: Response,
    limits: Limits,
    unread: Arc<AtomicUsize>,
) -> impl Stream<Item = Result<impl AsRef<[u8]>, Error>> {
    stream::unfold(Some((response, unread)), move |state| async move {
        let (mut response, unread) = state?;
        match timeout(limits.silence, response.chunk()).await {
            Ok(Ok(Some(chunk))) => {
                let before = unread.fetch_add(chunk.len(), Ordering::Relaxed);
                if before + chunk.len() > limits.body {
                    return Some((Err(incompatible("one item of the feed is too large")), None));
                }
                Some((Ok(chunk), Some((response, unread))))
            }
            Ok(Ok(None)) => None,
            Ok(Err(error)) => Some((Err(transport(&error)), None)),
            Err(_) => {
                let detail = format!("nothing was heard for {} s", limits.silence.as_secs());
                Some((Err(Error::Unreachable { detail }), None))
            }
        }
    })
}

/// What a server-sent event says; `None` for kinds that a later version may add.
fn item(event: Result<Event, EventStreamError<Error>>) -> Option<Result<FeedItem, Error>> {
    match event {
        Ok(event) if matches!(event.event.as_str(), "event" | "log" | "heartbeat" | "resync") => {
            Some(serde_json::from_str(&event.data).map_err(|error| {
                incompatible(format!("an item of kind {} differs at column {}", event.event, error.column()))
            }))
        }
        Ok(_) => None,
        Err(EventStreamError::Transport(error)) => Some(Err(error)),
        Err(EventStreamError::Utf8(_) | EventStreamError::Parser(_)) => {
            Some(Err(incompatible("the feed is not a stream of events")))
        }
    }
}

/// Ends a stream after its first error.
fn until_error<T>(
    items: impl Stream<Item = Result<T, Error>> + Send + 'static,
) -> impl Stream<Item = Result<T, Error>> + Send
where
    T: Send + 'static,
{
    stream::unfold(Some(items.boxed()), |items| async move {
        let mut items = items?;
        let next = items.next().await?;
        let rest = next.is_ok().then_some(items);
        Some((next, rest))
    })
}
