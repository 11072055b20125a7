//! States that a plane or a connection can really be in, and what the probes say of each.

use crate::{
    desk::{Desk, To},
    plane::{Plane, wide},
    table::{compare, word},
};
use domain::{Check, CheckStatus, ControlPlaneKind, SystemClock};
use serde_json::json;
use server::TierPolicies;
use std::{fmt::Write as _, num::NonZeroUsize, sync::Arc, time::Duration};
use testkit::{Meddler, Meddling, TurnedClock, eventually};

/// What does not pass.
fn told(table: &mut String, name: &str, found_by: &str, wanted: CheckStatus, checks: &[Check]) {
    let found = checks.iter().find(|check| check.id == found_by).map(|check| (check.status, &check.evidence));
    assert_eq!(found.map(|(status, _)| status), Some(wanted), "{name}: {found_by} says {found:?}");
    let _ = write!(table, "\n{name}\n");
    if wanted == CheckStatus::Pass {
        let _ = writeln!(table, "    {:<8} {found_by}", word(wanted));
    }
    // How long this console has been open says nothing of the plane.
    let of_interest = |check: &&Check| check.status != CheckStatus::Pass && check.id != "plane.coverage";
    for check in checks.iter().filter(of_interest).filter(|check| check.evidence.is_some()) {
        let _ = writeln!(table, "    {:<8} {}", word(check.status), check.id);
    }
}

fn to<'a>(plane: &'a Plane, address: &'a str) -> To<'a> {
    To { kind: ControlPlaneKind::Breakwater, address, token: Some(&plane.token), read_only: false }
}

async fn probed(to: &To<'_>, by_name: &[&str]) -> Vec<Check> {
    let desk = Desk::before(to, Arc::new(SystemClock)).await;
    desk.settled().await;
    let checks = desk.probed(by_name).await;
    desk.console.shutdown().await;
    checks
}

#[tokio::test(flavor = "multi_thread")]
async fn each_state_is_told_by_its_probe() {
    let mut table = "What is the case, and the probes that do not pass then.\n".to_owned();
    ways(&mut table).await;
    acts(&mut table).await;
    work(&mut table).await;
    kept(&mut table).await;
    compare("states.txt", &table);
}

/// By which way and with what the plane is reached.
async fn ways(table: &mut String) {
    let plane = Plane::start(Arc::new(SystemClock), wide()).await;
    let url = plane.url();
    let found = probed(&To { read_only: true, ..to(&plane, &url) }, &["contract.idempotency"]).await;
    told(
        table,
        "the connection only reads, and its key may do everything",
        "access.least_privilege",
        CheckStatus::Fail,
        &found,
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let open = |path: &std::path::Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        let socket = plane.listen_locally().await;
        let folder = socket.parent().unwrap().to_owned();
        open(&folder, 0o700);
        let address = format!("unix:{}", socket.display());
        let to = To { token: None, ..to(&plane, &address) };
        told(table, "the plane is reached by its socket", "access.socket", CheckStatus::Pass, &probed(&to, &[]).await);
        open(&folder, 0o755);
        open(&socket, 0o666);
        told(table, "others may open the socket", "access.socket", CheckStatus::Fail, &probed(&to, &[]).await);

        let desk = Desk::before(&crate::states::to(&plane, &url), Arc::new(SystemClock)).await;
        desk.settled().await;
        open(desk.dir.path(), 0o755);
        let found = desk.probed(&[]).await;
        told(table, "others may open what the console keeps", "console.private_data", CheckStatus::Fail, &found);
        desk.console.shutdown().await;
    }
}

/// What is probed only when somebody asks for it.
async fn acts(table: &mut String) {
    const NAMES: &[&str] = &["limits.refusal", "contract.idempotency"];
    let mut narrow = wide();
    narrow.open =
        TierPolicies { open: reliability::rate_limit::RatePolicy { limit: 180, ..narrow.open }, ..narrow }.open;
    let plane = Plane::start(Arc::new(SystemClock), narrow).await;
    let url = plane.url();
    let found = probed(&to(&plane, &url), NAMES).await;
    told(table, "a limit is used up, and a run is asked for twice", "limits.refusal", CheckStatus::Pass, &found);
    let idempotency = found.iter().find(|check| check.id == "contract.idempotency").map(|check| check.status);
    assert_eq!(idempotency, Some(CheckStatus::Pass), "the plane keeps keys");
    let open = plane.open_runs().await;
    assert_eq!(open, 0, "nothing is left of the probe that goes on");

    let silent = Meddling::after(|_, said| said.headers.retain(|(name, _)| name != "retry-after"));
    let silent = Meddler::before(plane.address, silent).await;
    let found = named(&plane, &silent.url(), &["limits.refusal"]).await;
    told(table, "a refusal does not say when to come back", "limits.refusal", CheckStatus::Fail, &found);

    let forgetful = Meddling::before(|asked| {
        asked.headers.retain(|(name, _)| name != "idempotency-key");
        None
    });
    let forgetful = Meddler::before(plane.address, forgetful).await;
    let found = named(&plane, &forgetful.url(), &["contract.idempotency"]).await;
    told(table, "idempotency keys are lost on the way", "contract.idempotency", CheckStatus::Fail, &found);
}

/// Only these, of a plane that has no requests left for strangers.
async fn named(plane: &Plane, address: &str, names: &[&str]) -> Vec<Check> {
    let desk = Desk::before(&to(plane, address), Arc::new(SystemClock)).await;
    desk.settled().await;
    let found = desk.only(names).await;
    desk.console.shutdown().await;
    found
}

/// What waits and what is stuck.
async fn work(table: &mut String) {
    let clock = Arc::<TurnedClock>::default();
    let plane = Plane::start_with(Arc::<TurnedClock>::clone(&clock), wide(), NonZeroUsize::MIN).await;
    let url = plane.url();
    let failing =
        json!({ "goal": "fail", "steps": [{ "name": "drill", "tool": "fail", "inputs": { "retryable": false } }] });
    plane.run(&failing).await;
    let hanging = json!({
        "goal": "hang",
        "steps": [{ "name": "hang", "tool": "fail", "inputs": { "hang": "2h" }, "timeout_ms": 10_800_000 }],
    });
    for _ in 0..4 {
        plane.begin(&hanging).await;
    }
    eventually("one to hang and three to wait", async || (plane.waiting().await == 3).then_some(())).await;
    let desk = Desk::before(&to(&plane, &url), Arc::<TurnedClock>::clone(&clock)).await;
    desk.settled().await;
    let found = desk.probed(&[]).await;
    told(table, "one step hangs, three wait, and one was given up", "work.slots", CheckStatus::Fail, &found);

    clock.advance(Duration::from_hours(2));
    let found = desk.probed(&[]).await;
    told(table, "the same two hours later", "plane.stuck_runs", CheckStatus::Fail, &found);
    desk.console.shutdown().await;
}

/// What the plane keeps.
async fn kept(table: &mut String) {
    let plane = Plane::start(Arc::new(SystemClock), wide()).await;
    let url = plane.url();
    plane.tamper("UPDATE audit SET actor = 'eve' WHERE seq = 1").await;
    told(
        table,
        "an entry of the audit was changed",
        "data.audit_chain",
        CheckStatus::Fail,
        &probed(&to(&plane, &url), &[]).await,
    );
}
