//! The browser of the person: it opens an address and is led back.

use super::form;
use http_body_util::{BodyExt as _, Empty};
use hyper::{Request, body::Bytes, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use std::{collections::HashMap, net::SocketAddr};
use tokio::net::TcpStream;

/// What the listener on loopback is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameBack {
    /// What is exchanged for the identity.
    pub code: String,
    /// As it was sent.
    pub state: String,
    /// The issuer, if the provider names itself.
    pub issuer: Option<String>,
    /// Where to, without the query.
    pub to: String,
}

/// Opens an address of the provider that listens there.
pub(super) async fn open(provider: SocketAddr, url: &str) -> Result<CameBack, String> {
    let path = url.strip_prefix(&format!("http://{provider}")).ok_or("this is not an address of the provider")?;
    let stream = TcpStream::connect(provider).await.expect("the provider listens");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("the provider speaks HTTP");
    let connection = tokio::spawn(connection);
    let request = Request::get(path).header(header::HOST, provider.to_string()).body(Empty::<Bytes>::new());
    let response = sender.send_request(request.expect("an address")).await.expect("the provider answers");
    let to = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).map(str::to_owned);
    let page = response.into_body().collect().await.expect("the answer is whole").to_bytes();
    connection.abort();
    let to = to.ok_or_else(|| String::from_utf8_lossy(&page).into_owned())?;
    let (to, query) = to.split_once('?').expect("whoever is led back is told something");
    let mut told: HashMap<_, _> = form::read(query);
    let mut take = |name: &str| told.remove(name);
    match (take("code"), take("state")) {
        (Some(code), Some(state)) => Ok(CameBack { code, state, issuer: take("iss"), to: to.to_owned() }),
        _ => Err(take("error").unwrap_or_default()),
    }
}
