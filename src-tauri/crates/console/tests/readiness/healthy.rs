//! Every probe against a plane with nothing wrong.

use crate::{
    desk::{Desk, To},
    plane::{Plane, wide},
    table::{compare, listed},
};
use domain::{CheckStatus, ControlPlaneKind, SystemClock};
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
async fn every_probe_of_a_healthy_plane_passes_or_says_why_it_cannot_tell() {
    let plane = Plane::start(Arc::new(SystemClock), wide()).await;
    let to =
        To { kind: ControlPlaneKind::Breakwater, address: &plane.url(), token: Some(&plane.token), read_only: false };
    let desk = Desk::before(&to, Arc::new(SystemClock)).await;
    desk.settled().await;
    let checks = desk.probed(&[]).await;
    for check in &checks {
        let reason = check.evidence.as_ref().map(|evidence| evidence.finding.as_str()).unwrap_or_default();
        let is_good = match check.status {
            CheckStatus::Pass => true,
            CheckStatus::Unknown => !reason.is_empty() || check.evidence.is_none(),
            CheckStatus::Warn | CheckStatus::Fail => check.id.starts_with("console."),
        };
        assert!(is_good, "{}: {:?}", check.id, check.evidence);
    }
    compare("healthy.txt", &listed(&checks));
    desk.console.shutdown().await;
}
