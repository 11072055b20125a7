//! A window and a terminal over one data directory, and one session for both.

use crate::desk::{Desk, NAME, signed_in};
use console::{SyncMode, view::TemplatesQuery};
use domain::WireError;
use futures::future::join_all;
use std::time::Duration;

async fn ask(desk: &Desk) -> Result<(), WireError> {
    desk.console.templates(TemplatesQuery { connection: Some(NAME.into()) }).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_race_exchange_once() {
    let (plane, window) = signed_in(SyncMode::OnDemand).await;
    let desks = [window.another(SyncMode::OnDemand).await, window];
    for round in 0..3 {
        let before = desks[0].refresh_token().await;
        plane.clock.advance(Duration::from_mins(15));
        let requests = plane.proxy.requests();
        let asked = join_all((0..100).map(|number| ask(&desks[number % 2]))).await;
        let failed: Vec<_> = asked.into_iter().filter_map(Result::err).collect();
        assert!(failed.is_empty(), "every call is carried out in round {round}: {failed:?}");
        assert_eq!(plane.proxy.requests() - requests, 101, "and one of both has exchanged");
        assert_ne!(desks[0].refresh_token().await, before, "for both");
    }
}
