//! Ways to a plane that are not good, and what the probes say of them.
//!
//! Whom a client trusts is a matter of its process, so that the console of an encrypted way is in a process of its own.

use crate::{
    desk::{Desk, ELSEWHERE, To},
    encrypted::Authority,
    plane::{Plane, wide},
    table::{compare, listed},
};
use domain::{Check, Clock as _, ControlPlaneKind, SystemClock, Timestamp};
use std::{env, fmt::Write as _, fs, path::Path, sync::Arc, time::Duration};
use tempfile::TempDir;
use testkit::{Meddler, Meddling};
use tokio::process::Command;

const ADDRESS: &str = "PROBED_ADDRESS";
const TOKEN: &str = "PROBED_TOKEN";
const ANSWER: &str = "PROBED_ANSWER";
/// In 2025.
const YESTERYEAR: Timestamp = Timestamp::from_millis(1_750_000_000_000);
const DAY: Duration = Duration::from_hours(24);

fn to<'a>(address: &'a str, token: Option<&'a str>) -> To<'a> {
    To { kind: ControlPlaneKind::Breakwater, address, token, read_only: false }
}

async fn probed(to: &To<'_>, ids: &[&str]) -> Vec<Check> {
    let desk = Desk::before(to, Arc::new(SystemClock)).await;
    let found = desk.only(ids).await;
    desk.console.shutdown().await;
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_way_is_told_by_its_probe() {
    let plane = Plane::start(Arc::new(SystemClock), wide()).await;
    let mut table = "How a plane is reached, and what the probes of the way say.\n".to_owned();
    let mut note = |name: &str, listed: &str| {
        let _ = write!(table, "\n{name}\n\n{listed}");
    };
    let port = plane.address.port();
    let elsewhere = format!("http://{ELSEWHERE}:{port}");
    let found = probed(&to(&elsewhere, Some(&plane.token)), &["plane.live", "access.private_way"]).await;
    note("plain HTTP to another machine", &listed(&found));
    let found = probed(&to(&plane.url(), None), &["plane.live", "plane.credential"]).await;
    note("no token", &listed(&found));

    for (name, days) in [("a token that ends in ten days", 10), ("a token that ends in two days", 2)] {
        let token = plane.key(Some(SystemClock.now().plus(days * DAY + DAY / 2))).await;
        let found = probed(&to(&plane.url(), Some(&token)), &["plane.live", "access.credential_end"]).await;
        note(name, &listed(&found));
    }

    let dir = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    fs::write(dir.path().join("authority.pem"), authority.pem()).unwrap();
    let now = SystemClock.now();
    let kept = Meddling::after(|_, said| {
        said.headers.push(("strict-transport-security".to_owned(), "max-age=31536000".to_owned()));
    });
    let kept = Meddler::before(plane.address, kept).await;
    for (name, server, until) in [
        ("TLS with a certificate of 90 days", kept.address(), now.plus(90 * DAY)),
        ("TLS with a certificate that ends in ten days", kept.address(), now.plus(10 * DAY + DAY / 2)),
        ("TLS with a certificate that ends in three days", kept.address(), now.plus(3 * DAY + DAY / 2)),
        ("TLS with a certificate that has ended", kept.address(), YESTERYEAR),
        ("TLS of a proxy that does not keep browsers to it", plane.address, now.plus(90 * DAY)),
    ] {
        let encrypted = authority.before(server, until).await;
        note(name, &probed_apart(&dir, &encrypted.url(), &plane.token).await);
    }
    compare("ways.txt", &table);
}

/// What a console in a process of its own finds, which trusts the authority.
async fn probed_apart(dir: &TempDir, address: &str, token: &str) -> String {
    let answer = dir.path().join("answer");
    let status = Command::new(env::current_exe().unwrap())
        .args(["--exact", "ways::an_encrypted_way_is_probed", "--ignored", "--quiet"])
        .env("SSL_CERT_FILE", dir.path().join("authority.pem"))
        .env(ADDRESS, address)
        .env(TOKEN, token)
        .env(ANSWER, &answer)
        .stdout(std::process::Stdio::null())
        .status()
        .await
        .unwrap();
    assert!(status.success(), "the process of the console ends well");
    fs::read_to_string(answer).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the console of an encrypted way, which another test starts in a process of its own"]
async fn an_encrypted_way_is_probed() {
    let (address, token) = (env::var(ADDRESS).unwrap(), env::var(TOKEN).unwrap());
    let ids = ["plane.live", "access.private_way", "access.certificate", "access.stays_encrypted"];
    let found = probed(&to(&address, Some(&token)), &ids).await;
    fs::write(Path::new(&env::var(ANSWER).unwrap()), listed(&found)).unwrap();
}
