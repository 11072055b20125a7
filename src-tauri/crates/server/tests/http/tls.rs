//! The server by TLS, as its callers and those who mean it ill meet it.

use crate::{
    authority::Authority,
    plane::{PATIENCE, Plane, Said},
};
use domain::{Clock as _, SystemClock};
use reqwest::{Certificate, tls::Version};
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use server::{Reach, ServeError, ServerConfig, TlsIdentity};
use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsConnector;

/// A plane that is served by TLS besides.
struct Secured {
    plane: Plane,
    authority: Authority,
    address: SocketAddr,
}

impl Secured {
    async fn start_with(change: impl FnOnce(&mut ServerConfig)) -> Self {
        let plane = Plane::start_with(|mut config| {
            change(&mut config);
            config
        })
        .await;
        let authority = Authority::new();
        let (identity, listener) = (identity(&authority), TcpListener::bind("127.0.0.1:0").await.expect("a free port"));
        let address = listener.local_addr().expect("an address");
        let (server, shutdown) = (plane.server.clone(), plane.shutdown.clone());
        tokio::spawn(async move { server.serve_tls(listener, identity, shutdown).await });
        Self { plane, authority, address }
    }

    fn client(&self) -> reqwest::ClientBuilder {
        let authority = Certificate::from_pem(self.authority.pem().as_bytes()).expect("a certificate");
        reqwest::Client::builder().no_proxy().tls_certs_only([authority])
    }

    fn runs(&self, client: &reqwest::Client) -> reqwest::RequestBuilder {
        client.get(format!("https://{}/api/v1/runs", self.address))
    }

    /// Fails unless the server answers a client that means it well.
    async fn assert_serves(&self, what: &str) {
        let client = self.client().build().expect("a client");
        let asked = tokio::time::timeout(PATIENCE, Said::of(self.runs(&client).bearer_auth(&self.plane.token)));
        assert_eq!(asked.await.expect(what).status, 200, "{what}");
    }

    /// What a TLS client that offers only these protocols agrees on.
    async fn negotiate(&self, protocols: &[&str]) -> Result<Option<Vec<u8>>, std::io::Error> {
        let mut roots = rustls::RootCertStore::empty();
        let authority = CertificateDer::from_pem_slice(self.authority.pem().as_bytes()).expect("a certificate");
        roots.add(authority).expect("an authority");
        let mut config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        let stream = TcpStream::connect(self.address).await?;
        let name = ServerName::try_from("localhost").expect("a name");
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
        Ok(stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec))
    }
}

fn identity(authority: &Authority) -> TlsIdentity {
    let issued = authority.good();
    TlsIdentity::read(&issued.certificate, &issued.key, SystemClock.now()).expect("it is good")
}

#[tokio::test]
async fn both_versions_are_spoken_and_a_token_is_needed_all_the_same() {
    let secured = Secured::start_with(|_| ()).await;
    for version in [Version::TLS_1_2, Version::TLS_1_3] {
        let client = secured.client().tls_version_min(version).tls_version_max(version).build().expect("a client");
        let said = Said::of(secured.runs(&client).bearer_auth(&secured.plane.token)).await;
        assert_eq!(said.status, 200, "{version:?}: {}", said.text);
        assert_eq!(
            said.header("strict-transport-security"),
            "max-age=31536000",
            "{version:?}: and from now on only so"
        );
        let refused = Said::of(secured.runs(&client)).await;
        refused.assert_refused(401, "unauthenticated", "TLS opens no door");
        assert_eq!(refused.header("strict-transport-security"), "max-age=31536000", "refusals say it too");
    }
    let plain = secured.plane.get("/api/v1/runs").await;
    assert_eq!(plain.header("strict-transport-security"), "", "without TLS nobody may be told so");
}

#[tokio::test]
async fn who_does_not_know_the_authority_says_nothing() {
    let secured = Secured::start_with(|_| ()).await;
    let other = Certificate::from_pem(Authority::new().pem().as_bytes()).expect("a certificate");
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([other]).build().expect("a client");
    let error = secured.runs(&client).send().await.expect_err("another authority vouches for nobody here");
    assert!(error.is_connect(), "the handshake fails: {error}");
    secured.assert_serves("a broken handshake is its own affair").await;
}

#[tokio::test]
async fn http_1_1_is_the_only_protocol() {
    let secured = Secured::start_with(|_| ()).await;
    let agreed = secured.negotiate(&["h2", "http/1.1"]).await.expect("one of them is spoken");
    assert_eq!(agreed.as_deref(), Some(b"http/1.1".as_slice()), "it is named");
    assert!(secured.negotiate(&["h2"]).await.is_err(), "one that is not spoken is refused at once");
    assert_eq!(secured.negotiate(&[]).await.expect("none is needed"), None, "a simple client is served as well");
}

#[tokio::test]
async fn plain_http_at_the_port_of_tls_gets_no_answer() {
    let secured = Secured::start_with(|_| ()).await;
    let mut stream = TcpStream::connect(secured.address).await.expect("it listens");
    let request = format!("GET /health/live HTTP/1.1\r\nHost: {}\r\n\r\n", secured.address);
    stream.write_all(request.as_bytes()).await.expect("it is sent");
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    // Closing with unread bytes may reset the connection; either way it ends.
    let _ = read.expect("the connection ends");
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP/"), "nothing is answered in clear text");
    secured.assert_serves("the next one is served").await;
}

#[tokio::test]
async fn a_slow_handshake_holds_up_nobody_else() {
    let secured = Secured::start_with(|config| config.patience = Duration::from_mins(10)).await;
    let mut silent = TcpStream::connect(secured.address).await.expect("it listens");
    silent.write_all(&[0x16, 0x03, 0x01]).await.expect("the beginning of a handshake");
    secured.assert_serves("others are accepted meanwhile").await;
    drop(silent);
}

#[tokio::test]
async fn a_slow_handshake_takes_a_place_and_is_cut_off() {
    let patience = Duration::from_millis(1_500);
    let secured = Secured::start_with(|config| {
        config.patience = patience;
        config.max_connections = 1;
    })
    .await;
    let begun = Instant::now();
    let mut silent = TcpStream::connect(secured.address).await.expect("it listens");
    silent.write_all(&[0x16, 0x03, 0x01]).await.expect("the beginning of a handshake");
    secured.assert_serves("the place is free again after a while").await;
    assert!(begun.elapsed() >= patience, "but not before: a handshake counts as a connection");
    let ended = tokio::time::timeout(PATIENCE, silent.read(&mut [0; 8])).await.expect("it was cut off");
    assert!(ended.map_or(true, |read| read == 0), "without a word");
}

#[tokio::test]
async fn the_end_does_not_wait_for_a_handshake() {
    let secured = Secured::start_with(|config| {
        config.patience = Duration::from_mins(10);
        config.drain = Duration::from_mins(10);
    })
    .await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let (identity, shutdown) = (identity(&secured.authority), secured.plane.shutdown.clone());
    let serving = tokio::spawn({
        let (server, shutdown) = (secured.plane.server.clone(), shutdown.clone());
        async move { server.serve_tls(listener, identity, shutdown).await }
    });
    let before = secured.plane.server.connections();
    let silent = TcpStream::connect(address).await.expect("it listens");
    while secured.plane.server.connections() == before {
        tokio::task::yield_now().await;
    }
    shutdown.cancel();
    let ended = tokio::time::timeout(PATIENCE, serving).await.expect("it ends").expect("without a panic");
    assert!(ended.is_ok(), "in order: {ended:?}");
    drop(silent);
}

#[tokio::test]
async fn what_other_machines_reach_is_encrypted_or_behind_a_proxy() {
    let everywhere = async || TcpListener::bind("0.0.0.0:0").await.expect("a free port");
    let of = async |reach, trusted_proxies| {
        Plane::start_with(|mut config| {
            (config.reach, config.trusted_proxies) = (reach, trusted_proxies);
            config
        })
        .await
    };
    let ended = tokio_util::sync::CancellationToken::new();
    ended.cancel();

    let loopback = of(Reach::Loopback, 1).await;
    let refused = loopback.server.serve_tcp(everywhere().await, ended.clone()).await.expect_err("nobody allowed that");
    assert!(matches!(refused, ServeError::NotLoopback { .. }), "a proxy alone allows nothing: {refused}");
    let own = identity(&Authority::new());
    let refused = loopback.server.serve_tls(everywhere().await, own.clone(), ended.clone()).await;
    assert!(matches!(refused, Err(ServeError::NotLoopback { .. })), "nor does TLS: {refused:?}");

    let open = of(Reach::Network, 0).await;
    let refused = open.server.serve_tcp(everywhere().await, ended.clone()).await.expect_err("tokens would be readable");
    assert!(matches!(refused, ServeError::InClear { .. }), "the reason is named: {refused}");
    assert!(open.server.serve_tls(everywhere().await, own, ended.clone()).await.is_ok(), "by TLS it is served");

    let behind = of(Reach::Network, 1).await;
    assert!(behind.server.serve_tcp(everywhere().await, ended).await.is_ok(), "behind a proxy as well");
}
