//! How far a round of probes has come, and that it can be ended.

use crate::{
    desk::{Desk, To},
    plane::{Plane, wide},
};
use console::view::{ReadinessQuery, RunChecks};
use domain::{ControlPlaneKind, SystemClock};
use std::{sync::Arc, time::Duration};
use testkit::{Meddler, Meddling, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_round_tells_how_far_it_is_and_what_it_found_is_kept_when_it_is_ended() {
    let plane = Plane::start(Arc::new(SystemClock), wide()).await;
    let slow = Meddler::before(plane.address, Meddling::slow("/api/v1/identity", Duration::from_millis(500))).await;
    let url = slow.url();
    let to = To { kind: ControlPlaneKind::Breakwater, address: &url, token: Some(&plane.token), read_only: false };
    let desk = Desk::before(&to, Arc::new(SystemClock)).await;
    desk.settled().await;
    let whose = ReadinessQuery::default;
    let status = desk.console.readiness_status(whose()).await.unwrap();
    assert_eq!(status.progress, None, "nothing is probed yet");

    let checks = ["plane.latency", "console.disk"].map(str::to_owned).to_vec();
    let round = desk.console.run_checks(RunChecks { checks, connection: None });
    let ended = async {
        let progress = eventually("the quick one of two to have answered", async || {
            let progress = desk.console.readiness_status(whose()).await.unwrap().progress?;
            (progress.done == 1).then_some(progress)
        })
        .await;
        assert_eq!(progress.total, 2, "both are of the round");
        assert_eq!(progress.current.as_deref(), Some("Answers are quick"), "the slow one is waited for");
        desk.console.cancel_checks(whose()).await.unwrap().progress
    };
    let (found, ended) = tokio::join!(round, ended);
    assert_eq!(ended.map(|progress| progress.done), Some(1), "it says how far it was");
    let found = found.unwrap().checks;
    let has_evidence = |id: &str| found.iter().any(|check| check.id == id && check.evidence.is_some());
    assert!(has_evidence("console.disk"), "what was found is kept");
    assert!(!has_evidence("plane.latency"), "what was not is not made up");
    let status = desk.console.readiness_status(whose()).await.unwrap();
    assert_eq!(status.progress, None, "the round is over");
    desk.console.shutdown().await;
}
