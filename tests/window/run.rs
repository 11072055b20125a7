//! From an empty data directory to a run that was retried and approved, and then read with no control plane.

use crate::{
    driver::{Driver, OPENED, Window},
    plane::Plane,
};
use fantoccini::key::Key;
use std::path::Path;

const PLAN: &str = r#"{"goal": "ship the harbour lights", "steps": [
  {"name": "build", "tool": "shell", "inputs": {"argv": ["printf", "built the perihelion bundle\n"]}},
  {"name": "deploy", "tool": "fail", "inputs": {"times": 1, "message": "the quay is busy"}, "depends_on": ["build"]},
  {"name": "release", "tool": "manual:release", "inputs": {"question": "Light them up?"}, "depends_on": ["deploy"]}]}"#;

/// As the links to stores and to pages to pay on are.
const WAY_OUT: &str = "
    const link = document.createElement('a');
    Object.assign(link, { id: 'way-out', href: 'https://store.example/front?a=1', target: '_blank', rel: 'noopener' });
    link.textContent = 'way out';
    link.style = 'position: fixed; inset: 0 auto auto 0; z-index: 99999';
    document.body.append(link);";

async fn a_way_out_is_opened_by_the_browser_of_the_system(window: &Window, data: &Path) {
    let before = window.client.current_url().await.expect("the window has an address");
    window.client.execute(WAY_OUT, Vec::new()).await.expect("the page runs scripts of the test");
    window.find("the way out", "//a[@id='way-out']").await.click().await.expect("it can be clicked");
    let opened = testkit::eventually("the browser to be asked", async || {
        std::fs::read_to_string(data.join(OPENED)).ok().filter(|text| text.ends_with('\n'))
    });
    assert_eq!(opened.await, "https://store.example/front?a=1\n", "the address, whole and once");
    let after = window.client.current_url().await.expect("the window has an address");
    assert_eq!(after, before, "the console stays where it is");
}

#[tokio::test]
#[ignore = "needs a display: cargo xtask test --only window"]
async fn a_run_is_started_retried_approved_and_read_offline_in_the_real_window() {
    let data = tempfile::tempdir().expect("a temporary directory can be made");
    let plane = Plane::start(data.path());
    let driver = Driver::start(data.path());
    let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/window");
    let window = Window { client: driver.session().await, pictures };

    window.reads("Start a run, or connect a control plane").await;
    window.picture("first-run").await;

    window.go("runs").await;
    window.press("Start run").await;
    window.press("Your own plan").await;
    window.fill("the plan", "//textarea[@id='new-run-plan']", PLAN).await;
    window.press("Start 1 run").await;

    window.reads("ship the harbour lights").await;
    window.press("Retry deploy").await;
    window.fill("the reason", "//textarea[@id='retry-reason']", "the quay is free again").await;
    window.confirm("Retry 1 step").await;

    window.press("Approve 1 gate").await;
    window.reads("Succeeded").await;
    window.picture("run-succeeded").await;

    plane.stop();
    window.reads("The process that ran the built-in control plane has ended.").await;
    window.find("the run as it was", "//h1[contains(., 'ship the harbour lights')]").await;
    let step = "location.hash = location.hash.split('?')[0] + '?step=build'";
    window.client.execute(step, Vec::new()).await.expect("the page runs scripts of the test");
    window.find("its log", "//*[contains(text(), 'built the perihelion bundle')]").await;
    window.click("the events", "//*[@role='tab'][contains(., 'Events')]").await;
    window.find("the last event", "//*[contains(., 'the quay is free again')]").await;
    window.press("Search or run a command").await;
    window.fill("the search", "//input[@role='combobox']", "perihelion").await;
    window.find("the hit", "//*[@role='option'][contains(., 'perihelion')]").await;
    window.picture("found-offline").await;
    window.fill("the search", "//input[@role='combobox']", &Key::Escape.to_string()).await;
    window.press("Start it here").await;
    window.find("a connection that answers", "//a[contains(., 'Live')]").await;
    a_way_out_is_opened_by_the_browser_of_the_system(&window, data.path()).await;

    window.client.clone().close().await.expect("the window closes");
}
