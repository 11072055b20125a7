//! Serving listeners: accepting within bounds, and ending in order.

#[cfg(unix)]
use crate::socket::LocalSocket;
use crate::{
    config::{Reach, ServerConfig},
    connection::{Connection, Peer},
    document::Document,
    door::Door,
    error::ServeError,
    limits::Limits,
    measures::Measures,
    router,
    tls::TlsIdentity,
};
use axum::{
    Router,
    body::Body,
    extract::Request,
    serve::{Listener, ListenerExt},
};
use engine::Engine;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::timeout,
};
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
    limits: Limits,
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
        let (measures, door, limits) = (Measures::default(), Door::default(), Limits::new(config.limits));
        Self(Arc::new(Parts { engine, config, measures, streams, local_streams, door, limits, document, open }))
    }

    /// Serves plain HTTP by TCP until `shutdown`, then lets requests finish for the time of the configuration. Bearer tokens
    /// are needed for everything but the health probes. An address that other machines reach is refused unless the
    /// configuration allows the network and declares proxies in front.
    pub async fn serve_tcp(&self, listener: TcpListener, shutdown: CancellationToken) -> Result<(), ServeError> {
        let address = self.judge(&listener)?;
        if !address.ip().is_loopback() && self.config().trusted_proxies == 0 {
            return Err(ServeError::InClear { address });
        }
        let opened = |stream| std::future::ready(Some(stream));
        self.serve(tapped(listener), network(address), false, opened, shutdown).await;
        Ok(())
    }

    /// The same by TLS, which may be served wherever the configuration allows. Each handshake has the patience of the
    /// configuration and holds up nobody but its own connection.
    pub async fn serve_tls(
        &self,
        listener: TcpListener,
        identity: TlsIdentity,
        shutdown: CancellationToken,
    ) -> Result<(), ServeError> {
        let address = self.judge(&listener)?;
        let patience = self.config().patience;
        let opened = move |stream: TcpStream| {
            let handshake = timeout(patience, identity.acceptor.accept(stream));
            async move { handshake.await.ok()?.inspect_err(|error| tracing::debug!(%error, "no TLS came about")).ok() }
        };
        self.serve(tapped(listener), network(address), true, opened, shutdown).await;
        Ok(())
    }

    /// The address of a listener, unless it is one that nobody allowed.
    fn judge(&self, listener: &TcpListener) -> Result<SocketAddr, ServeError> {
        let address = listener.local_addr().map_err(|source| ServeError::Listener { source })?;
        if self.config().reach == Reach::Loopback && !address.ip().is_loopback() {
            return Err(ServeError::NotLoopback { address });
        }
        Ok(address)
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
        let peer = move |stream: &tokio::net::UnixStream, _: &_| Peer::Local {
            uid: stream.peer_cred().ok().map(|credentials| credentials.uid()),
            own,
        };
        self.serve(listener, peer, false, |stream| std::future::ready(Some(stream)), shutdown).await;
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

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn document(&self) -> &Document {
        &self.0.document
    }

    /// `open` makes of an accepted connection what requests are read from, or nothing if that fails; it runs in the
    /// connection's own task, with the place that the connection takes.
    async fn serve<L, P, O, F, S>(
        &self,
        mut listener: L,
        peer: P,
        encrypted: bool,
        open: O,
        shutdown: CancellationToken,
    ) where
        L: Listener,
        P: Fn(&L::Io, &L::Addr) -> Peer,
        O: Fn(L::Io) -> F,
        F: Future<Output = Option<S>> + Send + 'static,
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
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
            let (stream, from) = tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                accepted = listener.accept() => accepted,
            };
            while connections.try_join_next().is_some() {}
            let connection = Connection { peer: peer(&stream, &from), encrypted, shutdown: shutdown.clone() };
            let (opening, router, server) = (open(stream), router.clone(), Counted::new(self));
            connections.spawn(async move {
                let opened = connection.shutdown.run_until_cancelled(opening).await;
                if let Some(stream) = opened.flatten() {
                    carry(TokioIo::new(stream), router, connection, server.0.config()).await;
                }
                drop(server);
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

/// Small answers leave at once instead of waiting to be joined with more.
fn tapped(listener: TcpListener) -> impl Listener<Io = TcpStream, Addr = SocketAddr> {
    listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    })
}

/// Who is at the other end of a connection to this address of ours.
fn network(address: SocketAddr) -> impl Fn(&TcpStream, &SocketAddr) -> Peer {
    let local = address.ip();
    move |_, from| Peer::Network { local, remote: from.ip(), address: from.ip() }
}

/// Carries one connection until the other end leaves or the end is asked for; then the request at hand is finished.
async fn carry<S>(stream: TokioIo<S>, router: Router, connection: Connection, config: &ServerConfig)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let shutdown = connection.shutdown.clone();
    let trusted_proxies = config.trusted_proxies;
    let service = hyper::service::service_fn(move |mut request: Request<hyper::body::Incoming>| {
        let connection = connection.of_request(request.headers(), trusted_proxies);
        request.extensions_mut().insert(connection);
        router.clone().oneshot(request.map(Body::new))
    });
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(config.patience);
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
