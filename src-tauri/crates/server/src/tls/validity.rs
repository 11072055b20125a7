//! From when until when a certificate is valid.
//!
//! The verifier of the TLS library looks at these dates before it looks for whoever signed, so that asking it without any
//! trusted authority tells them; no second parser of certificates is needed.

use domain::Timestamp;
use rustls::{
    CertificateError, Error, RootCertStore,
    client::verify_server_cert_signed_by_trust_anchor,
    crypto::ring,
    pki_types::{CertificateDer, UnixTime},
    server::ParsedCertificate,
};
use std::time::Duration;

/// Later than any date that a certificate can hold: the year 9999 has passed by then.
const FAR: Duration = Duration::from_secs(1_000_000_000_000);

/// Why a certificate is not valid.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Invalid {
    /// It ended at this time.
    Expired(Timestamp),
    /// It begins at this time.
    NotYet(Timestamp),
    /// It is not understood.
    Unreadable,
}

/// The last moment at which a certificate is valid, if it is valid now.
pub(super) fn end(certificate: &CertificateDer<'_>, now: Timestamp) -> Result<Timestamp, Invalid> {
    let certificate = ParsedCertificate::try_from(certificate).map_err(|_| Invalid::Unreadable)?;
    match dates(&certificate, now.since(Timestamp::from_millis(0))) {
        Some(invalid) => Err(invalid),
        None => match dates(&certificate, FAR) {
            Some(Invalid::Expired(end)) => Ok(end),
            _ => Err(Invalid::Unreadable),
        },
    }
}

/// What the verifier finds wrong with the dates at a time after the Unix epoch.
fn dates(certificate: &ParsedCertificate<'_>, at: Duration) -> Option<Invalid> {
    let at = UnixTime::since_unix_epoch(at);
    let algorithms = ring::default_provider().signature_verification_algorithms.all;
    match verify_server_cert_signed_by_trust_anchor(certificate, &RootCertStore::empty(), &[], at, algorithms) {
        Err(Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => {
            Some(Invalid::Expired(moment(not_after)))
        }
        Err(Error::InvalidCertificate(CertificateError::NotValidYetContext { not_before, .. })) => {
            Some(Invalid::NotYet(moment(not_before)))
        }
        Err(Error::InvalidCertificate(CertificateError::BadEncoding)) => Some(Invalid::Unreadable),
        _ => None,
    }
}

fn moment(time: UnixTime) -> Timestamp {
    Timestamp::from_millis(0).plus(Duration::from_secs(time.as_secs()))
}
