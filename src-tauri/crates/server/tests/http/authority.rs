//! An authority that signs certificates for tests, and the files that it leaves.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use std::{fs, path::PathBuf};
use tempfile::TempDir;

/// A year, month and day.
pub(crate) type Day = (i32, u8, u8);

pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

/// A certificate and its key, as files.
pub(crate) struct Issued {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("an authority");
        Self { issuer, folder: tempfile::tempdir().expect("a folder") }
    }

    /// A certificate for this machine, valid from one day to another.
    pub(crate) fn issue(&self, name: &str, from: Day, until: Day) -> Issued {
        let day = |(year, month, day): Day| date_time_ymd(year, month, day);
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let mut params = CertificateParams::new(names).expect("parameters");
        (params.not_before, params.not_after) = (day(from), day(until));
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        Issued {
            certificate: self.write(&format!("{name}.pem"), &certificate.pem(), 0o644),
            key: self.write(&format!("{name}.key"), &key.serialize_pem(), 0o600),
        }
    }

    /// One that is valid for as long as these tests may be run.
    pub(crate) fn good(&self) -> Issued {
        self.issue("good", (2020, 1, 1), (2120, 1, 1))
    }

    /// A file beside the certificates.
    pub(crate) fn write(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).expect("a file");
        set_mode(&path, mode);
        path
    }

    /// The certificate of the authority itself, PEM.
    pub(crate) fn pem(&self) -> String {
        self.issuer.pem()
    }
}

#[cfg(unix)]
pub(crate) fn set_mode(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
}

#[cfg(not(unix))]
pub(crate) fn set_mode(_: &std::path::Path, _: u32) {}
