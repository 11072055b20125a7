//! A real HTTP server on a loopback port, for stand-ins of control planes.
//!
//! It serves until it is dropped. What it answers is the business of a [`Service`]; here are only sockets and bytes.
#![expect(clippy::expect_used, reason = "a helper that cannot do its work ends the test")]

use futures::future::BoxFuture;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    header::{HeaderName, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use std::{io, net::SocketAddr, sync::Arc};
use tokio::{net::TcpListener, task::JoinHandle};

/// One request, read whole.
#[derive(Debug, Clone)]
pub struct Asked {
    /// HTTP method.
    pub method: String,
    /// Path without query, as on the wire.
    pub path: String,
    /// What follows the question mark; empty if there is none.
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Who asks.
    pub peer: SocketAddr,
}

impl Asked {
    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The first value of a parameter, as on the wire.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Said {
    /// HTTP status; 0 if there is no answer.
    pub status: u16,
    /// Headers besides the length.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Said {
    /// The status of no answer at all.
    const NOTHING: u16 = 0;

    /// No answer: the connection is cut.
    pub const fn nothing() -> Self {
        Self { status: Self::NOTHING, headers: Vec::new(), body: Vec::new() }
    }

    /// A JSON answer.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json; charset=utf-8".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes() }
    }

    /// A text answer of this type.
    pub fn text(status: u16, kind: &str, body: &str) -> Self {
        Self { status, headers: vec![("content-type".to_owned(), kind.to_owned())], body: body.as_bytes().to_vec() }
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// What a stand-in answers.
pub trait Service: Send + Sync + 'static {
    /// Answers one request.
    fn answer(self: Arc<Self>, asked: Asked) -> BoxFuture<'static, Said>;
}

/// A server that ends when this is dropped.
#[derive(Debug)]
pub struct Loopback {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Loopback {
    /// Serves on a free port.
    ///
    /// # Panics
    /// If this machine has no free loopback port.
    pub async fn serve<S: Service>(service: Arc<S>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port is free");
        let address = listener.local_addr().expect("a bound socket has an address");
        let accepting = tokio::spawn(async move {
            // Dropped with the task that accepts, and with it every connection.
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, peer)) = listener.accept().await {
                let service = Arc::clone(&service);
                let answer = service_fn(move |request| answer(Arc::clone(&service), request, peer));
                connections.spawn(async move {
                    // A client that goes away is its own business.
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
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

impl Drop for Loopback {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn answer<S: Service>(
    service: Arc<S>,
    request: Request<Incoming>,
    peer: SocketAddr,
) -> io::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes().to_vec()).unwrap_or_default();
    let headers =
        head.headers.iter().filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    let said = service
        .answer(Asked {
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: headers.collect(),
            body,
            peer,
        })
        .await;
    if said.status == Said::NOTHING {
        return Err(io::Error::other("the connection is cut"));
    }
    let mut response = Response::new(Full::new(Bytes::from(said.body)));
    *response.status_mut() = said.status.try_into().expect("a status from 100 to 999");
    for (name, value) in said.headers {
        let name = HeaderName::try_from(name).expect("a name that a header can have");
        response.headers_mut().append(name, HeaderValue::try_from(value).expect("a value that a header can have"));
    }
    Ok(response)
}
