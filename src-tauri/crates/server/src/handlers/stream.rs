//! Live streams of one run and of all runs, and where they are resumed.

use crate::{connection::Connection, grant::Grant, query::Parameters, refusal::Refusal, serve::Server, stream};
use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};
use control_plane_api::{Operation, code, paths::LAST_EVENT_ID_HEADER};
use domain::{Fault, FeedItem, Permission, RunId};
use engine::{Engine, accounts::Scope};
use futures::future::{BoxFuture, FutureExt as _};
use std::{sync::Arc, time::Duration};
use tokio::{sync::OwnedSemaphorePermit, time::timeout};
use tokio_util::sync::CancellationToken;

/// Between two looks whether somebody who watches still may.
const LOOK_EVERY: Duration = Duration::from_secs(30);

pub(crate) async fn all(
    State(server): State<Server>,
    Extension(connection): Extension<Connection>,
    Extension(grant): Extension<Grant>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let after = match given(&uri, &headers)? {
        Some(given) => Some(given.id.parse().map_err(|_| given.misread("a whole number"))?),
        None => None,
    };
    let place = admit(&server, &connection)?;
    let items = server.engine().feed(grant.scope.clone(), after);
    let id = |item: &FeedItem| match item {
        FeedItem::Event { position, .. } => Some(position.to_string()),
        _ => None,
    };
    let over = over(&server, connection.shutdown, grant);
    Ok(stream::answer(items, id, server.config().heartbeat, over, place))
}

pub(crate) async fn run(
    State(server): State<Server>,
    Extension(connection): Extension<Connection>,
    Extension(grant): Extension<Grant>,
    Path(run): Path<RunId>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (mut seq, mut log_seq) = match given(&uri, &headers)? {
        Some(given) => both(&given.id).ok_or_else(|| given.misread("two whole numbers joined by a dot"))?,
        None => (0, 0),
    };
    let place = admit(&server, &connection)?;
    let items = server.engine().run_feed(&run, seq, log_seq).await?;
    let id = move |item: &FeedItem| {
        match item {
            FeedItem::Event { event, .. } => seq = event.seq,
            FeedItem::Log { line, .. } => log_seq = line.seq,
            FeedItem::Breaker { .. } | FeedItem::Heartbeat | FeedItem::Resync => return None,
        }
        Some(format!("{seq}.{log_seq}"))
    };
    let over = over(&server, connection.shutdown, grant);
    Ok(stream::answer(items, id, server.config().heartbeat, over, place))
}

/// What ends a stream from this side: the end of the server, of the credential that opened it, or of what that allowed.
fn over(server: &Server, shutdown: CancellationToken, grant: Grant) -> BoxFuture<'static, ()> {
    let engine = server.engine().clone();
    let mut changes = engine.account_changes();
    let lost = async move {
        while still_holds(&engine, &grant).await {
            // Some credentials end by themselves, so it is looked at now and then without a change.
            let _ = timeout(LOOK_EVERY, changes.changed()).await;
        }
    };
    async move {
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = lost => {}
        }
    }
    .boxed()
}

/// Whether the caller still is who they were and may read what they could. A database that does not answer says nothing.
async fn still_holds(engine: &Engine, grant: &Grant) -> bool {
    let look = async {
        if !engine.holds(&grant.caller).await? {
            return Ok(false);
        }
        let readable = engine.scope(&grant.caller, Permission::Read).await?;
        Ok::<_, engine::Error>(match &grant.scope {
            Scope::Everywhere => readable == Scope::Everywhere,
            Scope::Teams(teams) => teams.iter().all(|team| readable.reaches(team.as_str())),
        })
    };
    look.await.unwrap_or(true)
}

/// A place among the streams that are served at once. The user of this machine has places of their own, which nobody on a
/// network can take.
fn admit(server: &Server, connection: &Connection) -> Result<OwnedSemaphorePermit, Refusal> {
    let places = if connection.peer.address().is_some() { server.streams() } else { server.local_streams() };
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
    let mut parameters = Parameters::read(uri, Operation::Stream.queries())?;
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
