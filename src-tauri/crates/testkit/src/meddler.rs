//! A reverse proxy in front of a server that spoils what it passes on, as a careless operator or a wrong build would.
//!
//! The server stays what it is; what comes out of the proxy is a plane with one protection less. It listens on a loopback
//! port and ends when it is dropped. Deliberately absent: faults of the network, which the [fault proxy](crate::FaultProxy)
//! has.
#![expect(clippy::expect_used, reason = "a helper that cannot do its work ends the test")]

use crate::{Asked, Said};
use http_body_util::{BodyExt as _, Full, combinators::UnsyncBoxBody};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    client,
    header::{HeaderMap, HeaderName, HeaderValue},
    server,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// Headers that belong to one connection.
const OF_THE_CONNECTION: [&str; 3] = ["connection", "content-length", "transfer-encoding"];

type Body = UnsyncBoxBody<Bytes, hyper::Error>;
type Before = Box<dyn Fn(&mut Asked) -> Option<Said> + Send + Sync>;
type After = Box<dyn Fn(&Asked, &mut Said) + Send + Sync>;

/// What is done to what passes.
pub struct Meddling {
    before: Before,
    after: After,
    cuts_streams: bool,
    slow: Option<(&'static str, Duration)>,
}

impl std::fmt::Debug for Meddling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Meddling").finish_non_exhaustive()
    }
}

impl Default for Meddling {
    /// Nothing.
    fn default() -> Self {
        Self { before: Box::new(|_| None), after: Box::new(|_, _| {}), cuts_streams: false, slow: None }
    }
}

impl Meddling {
    /// Changes requests, or answers them itself.
    pub fn before(before: impl Fn(&mut Asked) -> Option<Said> + Send + Sync + 'static) -> Self {
        Self { before: Box::new(before), ..Self::default() }
    }

    /// Changes answers. Of a live stream it sees the head alone.
    pub fn after(after: impl Fn(&Asked, &mut Said) + Send + Sync + 'static) -> Self {
        Self { after: Box::new(after), ..Self::default() }
    }

    /// Ends live streams that are to go on from somewhere as soon as they begin.
    pub fn cutting_resumed_streams() -> Self {
        Self { cuts_streams: true, ..Self::default() }
    }

    /// Keeps requests for this path for so long.
    pub fn slow(path: &'static str, delay: Duration) -> Self {
        Self { slow: Some((path, delay)), ..Self::default() }
    }
}

/// The proxy.
#[derive(Debug)]
pub struct Meddler {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Meddler {
    /// Stands before this server.
    ///
    /// # Panics
    /// If this machine has no free loopback port.
    pub async fn before(server: SocketAddr, meddling: Meddling) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port is free");
        let address = listener.local_addr().expect("a bound socket has an address");
        let meddling = Arc::new(meddling);
        let accepting = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, peer)) = listener.accept().await {
                let meddling = Arc::clone(&meddling);
                let service = service_fn(move |request| pass(Arc::clone(&meddling), request, peer, server));
                connections.spawn(async move {
                    // A client that goes away is its own business.
                    let _ = server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
                while connections.try_join_next().is_some() {}
            }
        });
        Self { address, accepting }
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens, as a base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Meddler {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass(
    meddling: Arc<Meddling>,
    request: Request<Incoming>,
    peer: SocketAddr,
    server: SocketAddr,
) -> io::Result<Response<Body>> {
    let mut asked = read(request, peer).await;
    if let Some((_, delay)) = meddling.slow.filter(|(path, _)| asked.path == *path) {
        tokio::time::sleep(delay).await;
    }
    if let Some(said) = (meddling.before)(&mut asked) {
        return Ok(written(said.status, &said.headers, whole(said.body)));
    }
    let (head, body) = forward(&asked, server).await?.into_parts();
    let mut said = Said { status: head.status.as_u16(), headers: pairs(&head.headers), body: Vec::new() };
    let is_stream = said.headers.iter().any(|(name, value)| name == "content-type" && value == "text/event-stream");
    if is_stream && !(meddling.cuts_streams && asked.parameter("after").is_some()) {
        (meddling.after)(&asked, &mut said);
        return Ok(written(said.status, &said.headers, body.boxed_unsync()));
    }
    if !is_stream {
        said.body = body.collect().await.map_err(io::Error::other)?.to_bytes().to_vec();
    }
    (meddling.after)(&asked, &mut said);
    Ok(written(said.status, &said.headers, whole(said.body)))
}

async fn read(request: Request<Incoming>, peer: SocketAddr) -> Asked {
    let (head, body) = request.into_parts();
    Asked {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: pairs(&head.headers),
        body: body.collect().await.map(|body| body.to_bytes().to_vec()).unwrap_or_default(),
        peer,
    }
}

/// Asks the server, on a connection of its own.
async fn forward(asked: &Asked, server: SocketAddr) -> io::Result<Response<Incoming>> {
    let stream = TcpStream::connect(server).await?;
    let (mut sender, connection) =
        client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    tokio::spawn(connection);
    let query = if asked.query.is_empty() { String::new() } else { format!("?{}", asked.query) };
    let mut request = Request::builder().method(asked.method.as_str()).uri(format!("{}{query}", asked.path));
    for (name, value) in asked.headers.iter().filter(|(name, _)| !OF_THE_CONNECTION.contains(&name.as_str())) {
        request = request.header(name, value);
    }
    let body = Full::new(Bytes::from(asked.body.clone()));
    let request = request.body(body).map_err(io::Error::other)?;
    sender.send_request(request).await.map_err(io::Error::other)
}

fn pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| value.to_str().ok().map(str::to_owned);
    headers.iter().filter_map(|(name, value)| Some((name.to_string(), text(value)?))).collect()
}

fn whole(body: Vec<u8>) -> Body {
    Full::new(Bytes::from(body)).map_err(|never| match never {}).boxed_unsync()
}

fn written(status: u16, headers: &[(String, String)], body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status.try_into().expect("a status from 100 to 999");
    for (name, value) in headers.iter().filter(|(name, _)| !OF_THE_CONNECTION.contains(&name.as_str())) {
        let name = HeaderName::try_from(name).expect("a name that a header can have");
        response.headers_mut().append(name, HeaderValue::try_from(value).expect("a value that a header can have"));
    }
    response
}
