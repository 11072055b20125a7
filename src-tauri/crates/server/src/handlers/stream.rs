//! Live streams of one run and of all runs, and where they are resumed.

use crate::{
    connection::Connection, middleware::authenticate::Caller, query::Parameters, refusal::Refusal, serve::Server,
    stream,
};
use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};
use control_plane_api::{code, paths::LAST_EVENT_ID_HEADER};
use domain::{Fault, FeedItem, RunId};
use futures::future::{BoxFuture, FutureExt as _};
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;

pub(crate) async fn all(
    State(server): State<Server>,
    Extension(connection): Extension<Connection>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let after = match given(&uri, &headers)? {
        Some(given) => Some(given.id.parse().map_err(|_| given.misread("a whole number"))?),
        None => None,
    };
    let place = admit(&server, &caller)?;
    let items = server.engine().feed(after);
    let id = |item: &FeedItem| match item {
        FeedItem::Event { position, .. } => Some(position.to_string()),
        _ => None,
    };
    let over = over(&server, connection.shutdown, &caller);
    Ok(stream::answer(items, id, server.config().heartbeat, over, place))
}

pub(crate) async fn run(
    State(server): State<Server>,
    Extension(connection): Extension<Connection>,
    Extension(caller): Extension<Caller>,
    Path(run): Path<RunId>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (mut seq, mut log_seq) = match given(&uri, &headers)? {
        Some(given) => both(&given.id).ok_or_else(|| given.misread("two whole numbers joined by a dot"))?,
        None => (0, 0),
    };
    let place = admit(&server, &caller)?;
    let items = server.engine().run_feed(&run, seq, log_seq).await?;
    let id = move |item: &FeedItem| {
        match item {
            FeedItem::Event { event, .. } => seq = event.seq,
            FeedItem::Log { line, .. } => log_seq = line.seq,
            FeedItem::Heartbeat | FeedItem::Resync => return None,
        }
        Some(format!("{seq}.{log_seq}"))
    };
    let over = over(&server, connection.shutdown, &caller);
    Ok(stream::answer(items, id, server.config().heartbeat, over, place))
}

/// What ends a stream from this side: the end of the server, or of the token that opened it.
fn over(server: &Server, shutdown: CancellationToken, caller: &Caller) -> BoxFuture<'static, ()> {
    let Some(id) = &caller.token else { return shutdown.cancelled_owned().boxed() };
    // A token that is none by now was revoked between the door and here.
    let Some(revoked) = server.engine().until_revoked(id) else { return futures::future::ready(()).boxed() };
    async move {
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = revoked.cancelled() => {}
        }
    }
    .boxed()
}

/// A place among the streams that are served at once. The user of this machine has places of their own, which no token
/// can take.
fn admit(server: &Server, caller: &Caller) -> Result<OwnedSemaphorePermit, Refusal> {
    let places = if caller.token.is_some() { server.streams() } else { server.local_streams() };
    Arc::clone(places).try_acquire_owned().map_err(|_| {
        Refusal::new(
            StatusCode::TOO_MANY_REQUESTS,
            code::TOO_MANY_STREAMS,
            "as many live streams are open as are served at once",
        )
        .hint("close one, or read events by sequence number")
        .after(10)
    })
}

/// The id to resume after, and where it was found.
struct Given {
    id: String,
    path: String,
}

/// The id from the header, which a reconnecting browser sends, or else from the query.
fn given(uri: &Uri, headers: &HeaderMap) -> Result<Option<Given>, Refusal> {
    let mut parameters = Parameters::read(uri, &["after"])?;
    let after = parameters.text("after").map(|id| Given { id, path: "query.after".to_owned() });
    parameters.finish()?;
    let path = format!("headers.{LAST_EVENT_ID_HEADER}");
    Ok(match headers.get(LAST_EVENT_ID_HEADER).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()) {
        Some(id) if !id.is_empty() => Some(Given { id, path }),
        _ => after,
    })
}

fn both(id: &str) -> Option<(u64, u64)> {
    let (seq, log_seq) = id.split_once('.')?;
    Some((seq.parse().ok()?, log_seq.parse().ok()?))
}

impl Given {
    fn misread(&self, expected: &str) -> Refusal {
        let id: String = self.id.chars().filter(char::is_ascii_graphic).take(40).collect();
        Refusal::invalid(&[Fault {
            path: self.path.clone(),
            rule: "format".to_owned(),
            message: format!("{id:?} is not the id of an item of this stream"),
            remedy: format!("give back the last id that came, {expected}, or leave it out"),
        }])
    }
}
