//! A banner of the desktop about a run that failed, and where a click on it leads.

use crate::{
    driver::{Driver, Window},
    plane::Plane,
};
use std::{path::Path, process::Command};
use testkit::{NotificationServer, ShownBanner, eventually};

const PLAN: &str = r#"{"goal": "raise the drawbridge", "steps": [
  {"name": "hoist", "tool": "fail", "inputs": {"times": 9, "message": "the chain is stuck"}}]}"#;

#[tokio::test]
#[ignore = "needs a display: cargo xtask test --only window"]
async fn a_run_that_fails_is_shown_by_the_desktop_and_a_click_leads_to_it() {
    let bus = zbus::Connection::session().await.expect("there is a session bus");
    let desktop = NotificationServer::on(bus).await.expect("nobody else shows banners on it");
    let data = tempfile::tempdir().expect("a temporary directory can be made");
    let plane = Plane::start(data.path());
    let driver = Driver::start(data.path());
    let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/window");
    let window = Window { client: driver.session().await, pictures };
    window.reads("Start a run, or connect a control plane").await;
    window.go("settings").await;
    window.reads("Data folder").await;

    let plan = data.path().join("plan.json");
    std::fs::write(&plan, PLAN).expect("a plan can be written");
    let started = Command::new(env!("CARGO_BIN_EXE_breakwater"))
        .args(["runs", "create", "-f"])
        .arg(&plan)
        .arg("--data-dir")
        .arg(data.path())
        .env("HOME", data.path())
        .output()
        .expect("the executable starts");
    assert!(started.status.success(), "the run starts: {}", String::from_utf8_lossy(&started.stderr));

    let shown = eventually("the desktop to show that it failed", async || desktop.shown().first().cloned());
    let ShownBanner { id, title, .. } = shown.await;
    assert_eq!(title, "Failed: raise the drawbridge", "what it is for");
    desktop.click(id).await.expect("the bus carries a click");
    window.reads("raise the drawbridge").await;
    let there = eventually("the window to go where the click leads", async || {
        let address = window.client.current_url().await.ok()?;
        address.fragment().filter(|place| place.starts_with("/runs/local/")).map(ToOwned::to_owned)
    });
    assert!(there.await.ends_with("?step=hoist"), "to the step that failed");
    drop(plane);
}
