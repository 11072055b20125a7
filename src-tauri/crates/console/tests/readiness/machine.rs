//! What the machine of the console is like, and what the probes say of it.
#![cfg(target_os = "linux")]

use crate::{
    desk::{Desk, Machine, To},
    plane::{Plane, wide},
    table::{compare, told},
};
use credentials::{CredentialStore, Error, KeychainStatus};
use domain::{CheckStatus, ControlPlaneKind, Secret, SystemClock};
use std::sync::Arc;

/// A keychain that is not there.
#[derive(Debug)]
struct NoKeychain;

#[async_trait::async_trait]
impl CredentialStore for NoKeychain {
    async fn get(&self, _: &str) -> Result<Option<Secret>, Error> {
        Ok(None)
    }

    async fn set(&self, _: &str, _: &Secret) -> Result<(), Error> {
        Ok(())
    }

    async fn delete(&self, _: &str) -> Result<(), Error> {
        Ok(())
    }

    async fn status(&self) -> KeychainStatus {
        let (reason, remedy) = ("there is no session bus".to_owned(), "Start one.".to_owned());
        KeychainStatus::Unavailable { reason, remedy }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_the_machine_is_told_by_its_probe() {
    let plane = Plane::start(Arc::new(SystemClock), wide()).await;
    let socket = plane.listen_locally().await;
    let folder = socket.parent().unwrap().to_owned();
    std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let address = format!("unix:{}", socket.display());
    let to = To { kind: ControlPlaneKind::Breakwater, address: &address, token: None, read_only: false };
    let mut table = "What the machine of the console is like, and the probes that do not pass then.\n".to_owned();
    for (name, machine, found_by, wanted) in [
        ("no keychain is there", keychain(), "console.keychain", CheckStatus::Warn),
        ("the cache cannot be in its file", cache(socket.join("cache.db")), "console.cache", CheckStatus::Fail),
        ("no space is left", full(), "console.disk", CheckStatus::Fail),
        ("nobody looks for updates", no_updates(), "console.updates", CheckStatus::Warn),
    ] {
        let desk = Desk::on(machine, &to, Arc::new(SystemClock)).await;
        desk.settled().await;
        told(&mut table, name, found_by, wanted, &desk.probed(&[]).await);
        desk.console.shutdown().await;
    }
    compare("machine.txt", &table);
}

fn keychain() -> Machine {
    Machine { keychain: Arc::new(NoKeychain), ..Machine::default() }
}

/// Nothing can be made below what is no folder.
fn cache(path: std::path::PathBuf) -> Machine {
    Machine { cache: Some(path), ..Machine::default() }
}

/// The file system of processes has no space for anything.
fn full() -> Machine {
    Machine { data_dir: Some("/proc".into()), ..Machine::default() }
}

fn no_updates() -> Machine {
    Machine { updates_configured: false, ..Machine::default() }
}
