//! Serving listeners: accepting within bounds, and ending in order.

#[cfg(unix)]
use crate::socket::LocalSocket;
use crate::{
    config::{Reach, ServerConfig},
    connection::{Connection, Peer},
    document::Document,
    door::Door,
    error::ServeError,
    measures::Measures,
    router,
};
use axum::{
    Router,
    body::Body,
    extract::Request,
    serve::{Listener, ListenerExt},
};
use engine::Engine;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{net::TcpListener, sync::Semaphore, task::JoinSet, time::timeout};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// An engine, ready to be served on any number of listeners. Clones share it and its measurements.
#[derive(Debug, Clone)]
pub struct Server(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    engine: Engine,
    config: ServerConfig,
    measures: Measures,
    streams: Arc<Semaphore>,
    local_streams: Arc<Semaphore>,
    door: Door,
    document: Document,
    open: AtomicUsize,
}

/// Counts a connection as long as it is carried.
struct Counted(Server);

impl Counted {
    fn new(server: &Server) -> Self {
        server.0.open.fetch_add(1, Ordering::Relaxed);
        Self(server.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Server {
    /// Joins an engine and its bounds. Nothing is served yet.
    pub fn new(engine: Engine, config: ServerConfig) -> Self {
        let places = || Arc::new(Semaphore::new(config.max_streams));
        let (streams, local_streams) = (places(), places());
        let document = Document::write();
        let open = AtomicUsize::new(0);
        let (measures, door) = (Measures::default(), Door::default());
        Self(Arc::new(Parts { engine, config, measures, streams, local_streams, door, document, open }))
    }

    /// Serves by TCP until `shutdown`, then lets requests finish for the time of the configuration. Bearer tokens are
    /// needed for everything but the health probes.
    pub async fn serve_tcp(&self, listener: TcpListener, shutdown: CancellationToken) -> Result<(), ServeError> {
        let address = TcpListener::local_addr(&listener).map_err(|source| ServeError::Listener { source })?;
        if self.config().reach == Reach::Loopback && !address.ip().is_loopback() {
            return Err(ServeError::NotLoopback { address });
        }
        // Small answers leave at once instead of waiting to be joined with more.
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        self.serve(listener, |_| Peer::Network { local: address.ip() }, shutdown).await;
        Ok(())
    }

    /// Makes a local socket at `path` and serves it, as [`Server::serve_local`] does.
    #[cfg(unix)]
    pub async fn serve_unix(&self, path: &std::path::Path, shutdown: CancellationToken) -> Result<(), ServeError> {
        self.serve_local(LocalSocket::bind(path).await?, shutdown).await;
        Ok(())
    }

    /// Serves a local socket until `shutdown`, then lets requests finish. Only processes of the user that this process
    /// runs as are served, and they need no token. The file of the socket is removed at the end.
    #[cfg(unix)]
    pub async fn serve_local(&self, socket: LocalSocket, shutdown: CancellationToken) {
        let LocalSocket { listener, file } = socket;
        let own = rustix::process::geteuid().as_raw();
        let peer = move |stream: &tokio::net::UnixStream| Peer::Local {
            uid: stream.peer_cred().ok().map(|credentials| credentials.uid()),
            own,
        };
        self.serve(listener, peer, shutdown).await;
        drop(file);
    }

    /// Connections that are open now, over all listeners; idle ones count too.
    pub fn connections(&self) -> usize {
        self.0.open.load(Ordering::Relaxed)
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    pub(crate) fn config(&self) -> &ServerConfig {
        &self.0.config
    }

    pub(crate) fn measures(&self) -> &Measures {
        &self.0.measures
    }

    pub(crate) fn streams(&self) -> &Arc<Semaphore> {
        &self.0.streams
    }

    pub(crate) fn local_streams(&self) -> &Arc<Semaphore> {
        &self.0.local_streams
    }

    pub(crate) fn door(&self) -> &Door {
        &self.0.door
    }

    pub(crate) fn document(&self) -> &Document {
        &self.0.document
    }

    async fn serve<L, P>(&self, mut listener: L, peer: P, shutdown: CancellationToken)
    where
        L: Listener,
        P: Fn(&L::Io) -> Peer,
    {
        let router = router::build(self);
        let slots = Arc::new(Semaphore::new(self.config().max_connections));
        let mut connections = JoinSet::new();
        loop {
            let slot = tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                slot = Arc::clone(&slots).acquire_owned() => slot,
            };
            let (stream, _) = tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                accepted = listener.accept() => accepted,
            };
            while connections.try_join_next().is_some() {}
            let connection = Connection { peer: peer(&stream), shutdown: shutdown.clone() };
            let work = carry(TokioIo::new(stream), router.clone(), connection, self.config().patience);
            let counted = Counted::new(self);
            connections.spawn(async move {
                work.await;
                drop(counted);
                drop(slot);
            });
        }
        drop(listener);
        let finished = timeout(self.config().drain, async { while connections.join_next().await.is_some() {} }).await;
        if finished.is_err() {
            tracing::warn!(open = connections.len(), "connections were cut at the end");
            connections.shutdown().await;
        }
    }
}

/// Carries one connection until the other end leaves or the end is asked for; then the request at hand is finished.
async fn carry<S>(stream: TokioIo<S>, router: Router, connection: Connection, patience: std::time::Duration)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let shutdown = connection.shutdown.clone();
    let service = hyper::service::service_fn(move |mut request: Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(connection.clone());
        router.clone().oneshot(request.map(Body::new))
    });
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(patience);
    let mut carried = std::pin::pin!(builder.serve_connection(stream, service));
    let ended = tokio::select! {
        ended = carried.as_mut() => ended,
        () = shutdown.cancelled() => {
            carried.as_mut().graceful_shutdown();
            carried.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}
