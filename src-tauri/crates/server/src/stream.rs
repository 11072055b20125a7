//! Server-sent events: a feed as an answer, with heartbeats, until the reader leaves or the end is asked for.
//!
//! Nothing is buffered here: a reader that is too slow makes the feed lag, which the feed itself tells as `resync`.

use axum::response::{
    IntoResponse, Response,
    sse::{Event, Sse},
};
use domain::FeedItem;
use futures::{
    Stream, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use std::{convert::Infallible, time::Duration};
use tokio::{sync::OwnedSemaphorePermit, time::timeout};

/// How long a reader should wait before it connects again.
const RECONNECT: Duration = Duration::from_secs(1);

/// Makes an answer of a feed, which ends at the latest with `over`. `id` names the items that a reader can resume after;
/// `place` is given back at the end.
pub(crate) fn answer(
    items: BoxStream<'static, FeedItem>,
    mut id: impl FnMut(&FeedItem) -> Option<String> + Send + 'static,
    heartbeat: Duration,
    over: BoxFuture<'static, ()>,
    place: OwnedSemaphorePermit,
) -> Response {
    // The first item says that the stream is there, before anything happens.
    let hello = stream::iter([FeedItem::Heartbeat]);
    let events = hello.chain(with_heartbeats(items, heartbeat)).map(move |item| {
        // The place is held for as long as the stream is.
        let _held = &place;
        Ok::<_, Infallible>(event(&item, id(&item)))
    });
    Sse::new(events.take_until(over)).into_response()
}

/// The same items, and a heartbeat after each silence.
fn with_heartbeats(items: BoxStream<'static, FeedItem>, silence: Duration) -> impl Stream<Item = FeedItem> + Send {
    stream::unfold(items, move |mut items| async move {
        match timeout(silence, items.next()).await {
            Ok(item) => item.map(|item| (item, items)),
            Err(_) => Some((FeedItem::Heartbeat, items)),
        }
    })
}

fn event(item: &FeedItem, id: Option<String>) -> Event {
    let kind = match item {
        FeedItem::Event { .. } => "event",
        FeedItem::Log { .. } => "log",
        FeedItem::Breaker { .. } => "breaker",
        FeedItem::Heartbeat => "heartbeat",
        FeedItem::Resync => "resync",
    };
    let mut event = Event::default().event(kind).retry(RECONNECT);
    if let Some(id) = id {
        event = event.id(id);
    }
    match serde_json::to_string(item) {
        Ok(json) => event.data(json),
        Err(error) => {
            tracing::error!(%error, "an item of a feed has no JSON form");
            event.data("{}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::with_heartbeats;
    use domain::FeedItem;
    use futures::{StreamExt, stream};
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn silence_is_filled_and_the_end_is_the_end() {
        let items = stream::iter([FeedItem::Resync]).chain(stream::once(async {
            tokio::time::sleep(Duration::from_secs(25)).await;
            FeedItem::Resync
        }));
        let seen: Vec<_> = with_heartbeats(items.boxed(), Duration::from_secs(10)).collect().await;
        let expected = [FeedItem::Resync, FeedItem::Heartbeat, FeedItem::Heartbeat, FeedItem::Resync];
        assert_eq!(seen, expected, "one heartbeat for each ten seconds of silence, nothing lost");
    }
}
