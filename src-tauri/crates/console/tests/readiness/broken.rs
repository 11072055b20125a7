//! The same plane with one protection broken at a time: the probes of that protection, and only they and what depends on them,
//! find it.

use crate::{
    desk::{Desk, To},
    mutations::{self, Mutation},
    plane::{Plane, wide},
    table::{Found, compare, found, word},
};
use domain::{CheckStatus, ControlPlaneKind, SystemClock};
use std::{fmt::Write as _, sync::Arc};
use testkit::{Meddler, Meddling};

/// What changed, worst first.
fn changed(before: &Found, now: &Found) -> String {
    let mut text = String::new();
    for wanted in [CheckStatus::Fail, CheckStatus::Warn, CheckStatus::Unknown, CheckStatus::Pass] {
        let ids: Vec<_> = now
            .iter()
            .filter(|(id, status)| **status == wanted && before.get(*id) != Some(*status))
            .map(|(id, _)| id.as_str())
            .collect();
        if !ids.is_empty() {
            let _ = writeln!(text, "    {:<8} {}", word(wanted), ids.join(", "));
        }
    }
    text
}

async fn probed(plane: &Plane, address: &str) -> Found {
    let to = To { kind: ControlPlaneKind::Breakwater, address, token: Some(&plane.token), read_only: false };
    let desk = Desk::before(&to, Arc::new(SystemClock)).await;
    desk.settled().await;
    let checks = desk.probed(&[]).await;
    desk.console.shutdown().await;
    found(&checks)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_broken_protection_is_found_by_its_probe() {
    let plane = Plane::start(Arc::new(SystemClock), wide()).await;
    let untouched = Meddler::before(plane.address, Meddling::default()).await;
    let before = probed(&plane, &untouched.url()).await;
    let mut table =
        "What is broken, and the probes that say something else then than they say of the whole plane.\n".to_owned();
    for Mutation { name, found_by, meddling } in mutations::all(&plane.token) {
        let meddler = Meddler::before(plane.address, meddling).await;
        let now = probed(&plane, &meddler.url()).await;
        let is_found = now.get(found_by).is_some_and(|status| *status != CheckStatus::Pass);
        assert!(is_found, "{name}: {found_by} finds it\n{}", changed(&before, &now));
        let _ = write!(table, "\n{name}\n{}", changed(&before, &now));
    }
    compare("broken.txt", &table);
}
