//! A data directory with a certificate, a keychain and an environment, and what settings come to in it.

use super::{
    super::{Asked, Settings, file, outside::Outside},
    CANARY,
};
use credentials::{CredentialStore as _, MemoryStore};
use domain::{Clock as _, Fault, Secret, SystemClock};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use std::{
    ffi::OsString,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// Every setting that there is.
pub(super) const GOOD: &str = r#"
[listen]
address = "0.0.0.0:7420"
hosts = ["plane.example.org", "10.0.0.7"]
tls_certificate = "good.pem"
tls_key = "good.key"
trusted_proxies = 2

[limits]
max_streams = 128
max_connections = 1024
body_limit = 4096

[sign_in.oidc]
issuer = "https://id.example.org/"
client_id = "breakwater"
client_secret = { keychain = "oidc" }
label = "Example staff"

[billing.stripe]
secret_key = { file = "stripe" }
webhook_secret = { env = "WEBHOOK" }
base_url = "https://stripe.example.org"
success_url = "https://app.example.org/paid?session={CHECKOUT_SESSION_ID}"
cancel_url = "https://app.example.org/plans"

[teams]
max_runs_in_flight = 7
max_members = 8
invitation_days = 9
"#;

pub(super) struct House {
    folder: TempDir,
    pub(super) asked: Option<Asked>,
    pub(super) variable: fn(&str) -> Option<OsString>,
}

impl House {
    pub(super) fn new() -> Self {
        let variable = |name: &str| (name == "WEBHOOK").then(|| CANARY.into());
        let house = Self { folder: tempfile::tempdir().expect("a folder"), asked: Some(Asked::default()), variable };
        for (name, until) in [("good", 2120), ("expired", 2021)] {
            let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("parameters");
            (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(until, 1, 1));
            let key = KeyPair::generate().expect("a key");
            let certificate = params.self_signed(&key).expect("a certificate");
            house.write(&format!("{name}.pem"), &certificate.pem(), 0o644);
            house.write(&format!("{name}.key"), &key.serialize_pem(), 0o600);
        }
        house.write("stripe", &format!("{CANARY}\n"), 0o600);
        house
    }

    pub(super) fn dir(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn write(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        let path = self.dir().join(name);
        fs::write(&path, text).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
        path
    }

    /// What a file with this text comes to.
    pub(super) async fn judge(&self, text: &str) -> Result<Settings, Vec<Fault>> {
        self.judge_file(&self.write("plane.toml", text, 0o644)).await
    }

    pub(super) async fn judge_file(&self, path: &Path) -> Result<Settings, Vec<Fault>> {
        let keychain = MemoryStore::new();
        keychain.set("oidc", &Secret::new(CANARY)).await.expect("it is in memory");
        let outside = Outside {
            dir: self.dir(),
            keychain: Box::new(keychain),
            variable: self.variable,
            now: SystemClock.now(),
            asked: self.asked,
        };
        let mut faults = Vec::new();
        let table = file::read(path, &mut faults);
        let judged = Settings::judge(table, &outside, faults).await;
        assert!(!format!("{judged:?}").contains(CANARY), "no secret is ever shown: {judged:?}");
        for fault in judged.as_ref().err().into_iter().flatten() {
            let said = fault.message.ends_with('.') && fault.remedy.ends_with('.') && !fault.rule.is_empty();
            assert!(said, "every fault is named in sentences, with a remedy: {fault:?}");
        }
        judged
    }

    /// Each fault of a file with this text, as `place: rule`.
    pub(super) async fn rules(&self, text: &str) -> Vec<String> {
        let faults = self.judge(text).await.err().unwrap_or_default();
        faults.into_iter().map(|fault| format!("{}: {}", fault.path, fault.rule)).collect()
    }
}
