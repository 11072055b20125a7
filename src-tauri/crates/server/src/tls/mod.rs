//! TLS 1.2 and 1.3: who this server is, read from PEM files and judged before anything listens.
//!
//! Deliberately absent: certificates of clients (a bearer credential says who they are), and reading the files again while
//! it runs: a renewed certificate is taken up with the next start.

mod validity;

use crate::private_file::read_private;
use domain::{Fault, Secret, Timestamp};
use rustls::{
    Error, InconsistentKeys, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    version::{TLS12, TLS13},
};
use std::{fs, path::Path, sync::Arc};
use tokio_rustls::TlsAcceptor;

/// Where faults of the chain are reported.
const CERTIFICATE: &str = "tls_certificate";
/// Where faults of the key are reported.
const KEY: &str = "tls_key";

/// A certificate chain with its key, ready to be served with. Clones share it.
#[derive(Clone)]
pub struct TlsIdentity {
    pub(crate) acceptor: TlsAcceptor,
    not_after: Timestamp,
}

impl std::fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TlsIdentity").field("not_after", &self.not_after).finish_non_exhaustive()
    }
}

impl TlsIdentity {
    /// Reads the chain (the own certificate first) and its key, both PEM, and judges them as of `now`. Answers every fault
    /// of both files at once, at the paths `tls_certificate` and `tls_key`. The key must be in a file of its owner alone.
    pub fn read(certificate: &Path, key: &Path, now: Timestamp) -> Result<Self, Vec<Fault>> {
        let (chain, key) = (read_chain(certificate, now), read_key(key));
        let (chain, not_after, key) = match (chain, key) {
            (Ok((chain, not_after)), Ok(key)) => (chain, not_after, key),
            (chain, key) => return Err(chain.err().into_iter().chain(key.err()).collect()),
        };
        let acceptor = acceptor(chain, key).map_err(|fault| vec![fault])?;
        Ok(Self { acceptor, not_after })
    }

    /// When the first certificate of the chain ends; clients refuse the server from then on.
    pub const fn not_after(&self) -> Timestamp {
        self.not_after
    }
}

fn fault(path: &str, rule: &str, message: impl Into<String>, remedy: &str) -> Fault {
    Fault { path: path.to_owned(), rule: rule.to_owned(), message: message.into(), remedy: remedy.to_owned() }
}

type Chain = Vec<CertificateDer<'static>>;

fn read_chain(path: &Path, now: Timestamp) -> Result<(Chain, Timestamp), Fault> {
    let pem = fs::read(path).map_err(|error| {
        let message = format!("The certificate cannot be read: {}.", error.kind());
        fault(CERTIFICATE, "readable", message, "Name the PEM file with the certificate of this control plane.")
    })?;
    let unusable = || {
        let remedy = "Name a PEM file with the certificate of this control plane first and those that signed it after.";
        fault(CERTIFICATE, "certificate", "This is no chain of X.509 certificates.", remedy)
    };
    let chain: Chain = CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>().map_err(|_| unusable())?;
    let ends = chain.iter().map(|certificate| validity::end(certificate, now)).collect::<Result<Vec<_>, _>>();
    let end = ends.map_err(|reason| match reason {
        validity::Invalid::Expired(end) => {
            let remedy = "Renew it, put the new chain in its place, and start again.";
            fault(CERTIFICATE, "expired", format!("The certificate ended at {end}."), remedy)
        }
        validity::Invalid::NotYet(begin) => {
            let remedy = "Wait until then, or look whether the clock of this machine is right.";
            fault(CERTIFICATE, "not_yet_valid", format!("The certificate begins at {begin}."), remedy)
        }
        validity::Invalid::Unreadable => unusable(),
    })?;
    let end = end.into_iter().min().ok_or_else(unusable)?;
    Ok((chain, end))
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, Fault> {
    let pem: Secret = read_private(path)
        .map_err(|error| fault(KEY, error.rule(), format!("The key is not read: {error}."), error.remedy()))?;
    PrivateKeyDer::from_pem_slice(pem.expose().as_bytes()).map_err(|_| {
        let remedy = "Name a PEM file with one unencrypted private key (PKCS#8, PKCS#1 or SEC1).";
        fault(KEY, "key", "This is no private key.", remedy)
    })
}

fn acceptor(chain: Chain, key: PrivateKeyDer<'static>) -> Result<TlsAcceptor, Fault> {
    let unsupported = |_| {
        let remedy = "Use a key of ECDSA (P-256 or P-384), Ed25519 or RSA, and a certificate for it.";
        fault(KEY, "key", "The key is of a kind that is not supported.", remedy)
    };
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_protocol_versions(&[&TLS13, &TLS12]).map_err(unsupported)?;
    let config = builder.with_no_client_auth().with_single_cert(chain, key);
    let mut config = config.map_err(|error| match error {
        Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            let remedy = "Name the key that the certificate was asked for with.";
            fault(KEY, "match", "The key does not belong to the certificate.", remedy)
        }
        other => unsupported(other),
    })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
