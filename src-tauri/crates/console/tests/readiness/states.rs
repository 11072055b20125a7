//! States that a plane or a connection can really be in, and what the probes say of each.

use crate::{
    desk::{Desk, To},
    plane::{Plane, SLOTS, alter, wide},
    table::{compare, told},
};
use domain::{Check, CheckStatus, ControlPlaneKind, SystemClock};
use engine::tools::AiEndpoints;
use futures::future::BoxFuture;
use serde_json::json;
use server::TierPolicies;
use std::{num::NonZeroUsize, sync::Arc, time::Duration};
use testkit::{Asked, Loopback, Meddler, Meddling, Said, Service, TurnedClock, eventually};

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
    providers(&mut table).await;
    gone(&mut table).await;
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

async fn one_slot(clock: &Arc<TurnedClock>) -> Plane {
    Plane::start_with(Arc::<TurnedClock>::clone(clock), wide(), NonZeroUsize::MIN, AiEndpoints::default()).await
}

/// What waits and what is stuck.
async fn work(table: &mut String) {
    let clock = Arc::<TurnedClock>::default();
    let plane = one_slot(&clock).await;
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

/// What the plane and the console keep.
async fn kept(table: &mut String) {
    let plane = Plane::start(Arc::new(SystemClock), wide()).await;
    let url = plane.url();
    let to = to(&plane, &url);
    plane.tamper("UPDATE plane SET audit_lost = 2 WHERE id = 1").await;
    told(table, "acts could not be recorded", "data.audit_complete", CheckStatus::Fail, &probed(&to, &[]).await);
    plane.tamper("UPDATE plane SET audit_lost = 0 WHERE id = 1").await;
    plane.tamper("UPDATE audit SET actor = 'eve' WHERE seq = 1").await;
    told(table, "an entry of the audit was changed", "data.audit_chain", CheckStatus::Fail, &probed(&to, &[]).await);

    let plane = Plane::start(Arc::new(SystemClock), wide()).await;
    let url = plane.url();
    let desk = Desk::before(&crate::states::to(&plane, &url), Arc::new(SystemClock)).await;
    desk.settled().await;
    alter(&desk.dir.path().join("cache.db"), "DELETE FROM event WHERE seq = 2").await;
    let found = desk.probed(&[]).await;
    told(table, "an event is missing in the cache", "plane.event_gaps", CheckStatus::Warn, &found);
    desk.console.shutdown().await;
}

/// What the plane depends on.
async fn providers(table: &mut String) {
    let broken = Loopback::serve(Arc::new(Broken)).await;
    let ai = AiEndpoints { anthropic: broken.url(), openai: broken.url() };
    let plane = Plane::start_with(Arc::new(SystemClock), wide(), SLOTS, ai).await;
    let url = plane.url();
    for (provider, wanted, found_by) in [
        ("anthropic", "one provider of two fails", "provider.breakers"),
        ("openai", "both providers fail", "provider.serving"),
    ] {
        for _ in 0..5 {
            plane.run(&asking(provider)).await;
        }
        told(table, wanted, found_by, CheckStatus::Fail, &probed(&to(&plane, &url), &[]).await);
    }
}

fn asking(provider: &str) -> serde_json::Value {
    let inputs = json!({ "provider": provider, "model": "m", "prompt": "hello", "api_key": { "from_env": "KEY" } });
    json!({ "goal": "ask", "steps": [{ "name": "ask", "tool": "ai", "inputs": inputs }] })
}

/// A provider that fails whatever is asked.
#[derive(Debug)]
struct Broken;

impl Service for Broken {
    fn answer(self: Arc<Self>, _: Asked) -> BoxFuture<'static, Said> {
        Box::pin(std::future::ready(Said::json(500, &json!({ "error": { "message": "out of order" } }))))
    }
}

/// The plane goes away, and nobody notices for two hours.
async fn gone(table: &mut String) {
    let clock = Arc::<TurnedClock>::default();
    let plane = Plane::start(Arc::<TurnedClock>::clone(&clock), wide()).await;
    let way = Meddler::before(plane.address, Meddling::default()).await;
    let url = way.url();
    let desk = Desk::before(&to(&plane, &url), Arc::<TurnedClock>::clone(&clock)).await;
    desk.settled().await;
    drop(way);
    let found = eventually("the breaker round the connection to open", async || {
        let found = desk.probed(&[]).await;
        let is_open = found.iter().any(|check| check.id == "console.breakers" && check.status == CheckStatus::Fail);
        is_open.then_some(found)
    })
    .await;
    told(table, "the plane is gone", "console.breakers", CheckStatus::Fail, &found);
    clock.advance(Duration::from_hours(2));
    let found = desk.only(&["plane.coverage"]).await;
    told(table, "the same two hours later, unwatched", "plane.coverage", CheckStatus::Fail, &found);
    desk.console.shutdown().await;
}
