//! The event stream: numbered, resumable, never silent for long, and ended by a shutdown.

use crate::{refusal::Refusal, router::Shared};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::stream;
use std::{sync::Arc, time::Duration};

/// What a browser waits before it connects again.
const RECONNECT: Duration = Duration::from_secs(1);

/// Streams events from now on, or after the one that `Last-Event-ID` names.
pub(crate) async fn stream(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let Ok(place) = Arc::clone(&shared.streams).try_acquire_owned() else {
        let hint = "Close some windows of the console.";
        return Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "throttled", "too many event streams are open", hint)
            .into_response();
    };
    // An id that is none is from nowhere: 0 is before the first event, so the reader is brought up from there.
    let after = headers.get("last-event-id").map(|id| id.to_str().ok().and_then(|id| id.parse().ok()).unwrap_or(0));
    let subscription = shared.console.events(after);
    let shutdown = shared.shutdown.clone();
    let events = stream::unfold(
        (subscription, shutdown, place, true),
        |(mut subscription, shutdown, place, first)| async move {
            if first {
                // Says at once that the stream is open; a browser would otherwise wait for the first event.
                let opening = Event::default().comment("open").retry(RECONNECT);
                return Some((Ok::<_, axum::Error>(opening), (subscription, shutdown, place, false)));
            }
            let (id, event) = tokio::select! {
                biased;
                () = shutdown.cancelled() => return None,
                next = subscription.next() => next?,
            };
            let event = Event::default().id(id.to_string()).json_data(&event);
            Some((event, (subscription, shutdown, place, false)))
        },
    );
    Sse::new(events).keep_alive(KeepAlive::new().interval(shared.heartbeat).text("alive")).into_response()
}
