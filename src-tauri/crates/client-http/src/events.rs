//! Server-sent events, each within bounds. Silence is an error, so that whoever listens connects again.

use crate::{
    limits::Limits,
    transport::{incompatible, transport},
};
use control_plane::Error;
use eventsource_stream::{Event, EventStreamError, Eventsource};
use futures::{
    Stream, StreamExt,
    stream::{self, BoxStream},
};
use reqwest::Response;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::time::timeout;

/// The events of an answer; the first error is the last item.
pub(crate) fn events(response: Response, limits: Limits) -> BoxStream<'static, Result<Event, Error>> {
    let unread = Arc::new(AtomicUsize::new(0));
    let events = bytes(response, limits, Arc::clone(&unread)).eventsource().map(move |event| {
        unread.store(0, Ordering::Relaxed);
        event.map_err(|error| match error {
            EventStreamError::Transport(error) => error,
            EventStreamError::Utf8(_) | EventStreamError::Parser(_) => {
                incompatible("the feed is not a stream of events")
            }
        })
    });
    until_error(events)
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

/// Ends a stream after its first error.
pub fn until_error<T>(
    items: impl Stream<Item = Result<T, Error>> + Send + 'static,
) -> BoxStream<'static, Result<T, Error>>
where
    T: Send + 'static,
{
    let items = stream::unfold(Some(items.boxed()), |items| async move {
        let mut items = items?;
        let next = items.next().await?;
        let rest = next.is_ok().then_some(items);
        Some((next, rest))
    });
    items.boxed()
}
