//! TLS in front of a server, with a certificate that ends when the test says, as a proxy has it.
//!
//! It listens on a loopback port and ends when it is dropped. What passes is not looked at.

use domain::Timestamp;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use std::{net::SocketAddr, sync::Arc};
use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer},
};

/// Who signs certificates for this machine.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// The listener.
pub(crate) struct Encrypted {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Authority {
    /// A new one.
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    /// Its own certificate, PEM.
    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// Speaks TLS before a server, with a certificate that is valid from 2020 until then.
    pub(crate) async fn before(&self, server: SocketAddr, until: Timestamp) -> Encrypted {
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(1970, 1, 1) + until.since(Timestamp::from_millis(0));
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let accepting = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(pass(acceptor.clone(), stream, server));
                while connections.try_join_next().is_some() {}
            }
        });
        Encrypted { address, accepting }
    }
}

impl Encrypted {
    /// Where it listens, as a base URL.
    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.address)
    }
}

impl Drop for Encrypted {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// A client that goes away, or does not trust us, is its own business.
async fn pass(acceptor: TlsAcceptor, stream: TcpStream, server: SocketAddr) {
    let Ok(mut inner) = acceptor.accept(stream).await else { return };
    let Ok(mut outer) = TcpStream::connect(server).await else { return };
    let _ = tokio::io::copy_bidirectional(&mut inner, &mut outer).await;
}
