//! What the probes find on stand-ins of other planes, which behave as the originals were recorded to.

use crate::{
    desk::{Desk, To, port},
    table::{compare, listed},
};
use control_plane::{CallContext, NewRun};
use domain::{Check, CheckStatus, ControlPlaneKind, SystemClock};
use serde_json::{Value, json};
use std::{fmt::Write as _, sync::Arc};
use testkit::{
    Loopback,
    stand_in::{Dialect, Front, FuzzyLlama, Nofx},
};

/// Runs that are carried out before anything is probed.
const RUNS: usize = 2;

async fn probed(to: &To<'_>, plan: &Value) -> Vec<Check> {
    let plane = port(to);
    for number in 0..RUNS {
        let idempotency_key = format!("probed-run-{number}");
        let new = NewRun { plan: plan.clone(), template: None, team: None, idempotency_key };
        plane.create_run(&CallContext::new("test"), &new).await.unwrap();
    }
    let desk = Desk::before(to, Arc::new(SystemClock)).await;
    desk.carried_out(RUNS).await;
    let mut checks = desk.probed(&[]).await;
    desk.console.shutdown().await;
    // What depends on this machine and this hour says nothing of the plane.
    checks.retain(|check| {
        !check.id.starts_with("console.") && !["plane.coverage", "plane.clock"].contains(&check.id.as_str())
    });
    checks
}

/// Notes what was found. Defects that were recorded of the original must be found, and what was recorded as good must not be
/// called a failure.
fn judge(table: &mut String, name: &str, checks: &[Check], defects: &[&str], good: &[&str]) {
    let _ = writeln!(table, "\n{name}\n\n{}", listed(checks).trim_end());
    let status = |id: &str| checks.iter().find(|check| check.id == id).map(|check| check.status);
    for id in defects {
        assert_eq!(status(id), Some(CheckStatus::Fail), "{name}: {id} is a defect that was recorded\n{table}");
    }
    for id in good {
        assert_eq!(status(id), Some(CheckStatus::Pass), "{name}: {id} was recorded as good\n{table}");
    }
    for check in checks.iter().filter(|check| check.status == CheckStatus::Unknown && check.writes.is_none()) {
        let reason = check.evidence.as_ref().map_or("", |evidence| &evidence.finding);
        assert!(!reason.is_empty() && reason != "There was no answer to judge.", "{name}: {} says why", check.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_other_planes_is_found() {
    let mut table = "What the probes find on stand-ins of other planes.\n".to_owned();
    nofx(&mut table).await;
    store_platform(&mut table).await;
    fuzzyllama(&mut table).await;
    compare("foreign.txt", &table);
}

async fn nofx(table: &mut String) {
    let plan =
        json!({ "goal": "greet", "steps": [{ "name": "greet", "tool": "test:echo", "inputs": { "text": "hi" } }] });

    let served = Loopback::serve(Front::nofx(Arc::new(Nofx::as_published()))).await;
    let to = To { kind: ControlPlaneKind::Nofx, address: &served.url(), token: Some("any"), read_only: false };
    let checks = probed(&to, &plan).await;
    judge(
        table,
        "NOFX (Express)",
        &checks,
        &[
            // Runs are shown to everybody, and templates to whoever shows any bearer token.
            "access.no_credential",
            "access.wrong_credential",
            // No answer carries any, and each says what it is made with.
            "access.browser_headers",
            "contract.no_internals",
            // 500 to more than two megabytes.
            "limits.body",
            // Six shapes, and codes in none of those that runs use.
            "contract.envelope",
            // `/health/ready` is not there, and health is `ok` with an unhealthy store.
            "contract.open_probes",
        ],
        &["limits.told", "limits.count_down", "contract.malformed", "contract.page_bounds", "access.other_origins"],
    );

    let served = Loopback::serve(Front::nofx(Arc::new(Nofx::new(Dialect::Serverless)))).await;
    let to = To { kind: ControlPlaneKind::Nofx, address: &served.url(), token: Some("any"), read_only: false };
    let checks = probed(&to, &plan).await;
    judge(
        table,
        "NOFX (serverless)",
        &checks,
        &[
            // Any bearer token makes an administrator.
            "access.wrong_credential",
            "access.malformed_credential",
            "access.browser_headers",
            "contract.envelope",
            "contract.open_probes",
            // It knows neither limits nor correlation ids.
            "limits.told",
            "limits.strangers",
            "contract.correlation",
        ],
        &["access.no_credential", "contract.page_bounds"],
    );
}

async fn store_platform(table: &mut String) {
    let served = Loopback::serve(Front::store_platform(Arc::default())).await;
    let to = To { kind: ControlPlaneKind::StorePlatform, address: &served.url(), token: Some("ada"), read_only: false };
    let checks = probed(&to, &json!({ "name": "My shop", "engine": "medusa" })).await;
    judge(
        table,
        "the store platform",
        &checks,
        &[
            // It authenticates nobody and believes whatever name is sent.
            "access.no_credential",
            "access.wrong_credential",
            // Five shapes, two of them no JSON.
            "contract.envelope",
            "contract.types",
            // 500 to JSON that is broken, and to more than a megabyte of it.
            "contract.malformed",
            "limits.body",
            // The list is exempt from every limit.
            "limits.strangers",
        ],
        &["access.browser_headers", "access.other_origins", "contract.open_probes", "contract.page_bounds"],
    );
}

async fn fuzzyllama(table: &mut String) {
    let plane = FuzzyLlama::new();
    let token = plane.access_token();
    let served = Loopback::serve(Front::fuzzyllama(plane)).await;
    let to = To { kind: ControlPlaneKind::Fuzzyllama, address: &served.url(), token: Some(&token), read_only: false };
    let checks = probed(&to, &json!({ "description": "A shop, carry it through." })).await;
    judge(
        table,
        "FuzzyLlama",
        &checks,
        &[
            // Every list is one bare array.
            "contract.page_bounds",
            // No readiness at all.
            "contract.open_probes",
            // No code anywhere, and a refusal of the guard lacks a part of the others.
            "contract.envelope",
            "contract.correlation",
            // 500 to more than 100 kB, and what the guard refuses is never counted.
            "limits.body",
            "limits.strangers",
        ],
        &[
            "access.no_credential",
            "access.wrong_credential",
            "access.forged_headers",
            "access.browser_headers",
            "access.other_origins",
            "limits.told",
            "limits.count_down",
            "contract.malformed",
        ],
    );
}
