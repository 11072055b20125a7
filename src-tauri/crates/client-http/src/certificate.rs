//! When the certificate of a plane ends.
//!
//! The verifier of the TLS library looks at dates before it looks for whoever signed, so that asking it about a day far away
//! tells the end; no second parser of certificates is needed.

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

/// The last moment at which a certificate is valid; `None` if it cannot be read.
pub(crate) fn end(der: &[u8]) -> Option<Timestamp> {
    let der = CertificateDer::from(der);
    let certificate = ParsedCertificate::try_from(&der).ok()?;
    let at = UnixTime::since_unix_epoch(FAR);
    let algorithms = ring::default_provider().signature_verification_algorithms.all;
    match verify_server_cert_signed_by_trust_anchor(&certificate, &RootCertStore::empty(), &[], at, algorithms) {
        Err(Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => {
            Some(Timestamp::from_millis(0).plus(Duration::from_secs(not_after.as_secs())))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::end;

    #[test]
    fn what_is_no_certificate_has_no_end() {
        assert_eq!(end(b""), None, "nothing is no certificate");
        assert_eq!(end(&[0x30, 0x03, 0x02, 0x01, 0x00]), None, "another document is none either");
    }
}
