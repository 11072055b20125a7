//! The story in the real window: the app itself, driven through `WebKitWebDriver`, from an empty data directory to a run
//! that was retried and approved. It leaves a picture in `target/window`.
//!
//! It needs a display, so it is not part of a plain `cargo test`; `cargo xtask test --only window` gives it one.

#![expect(clippy::expect_used, clippy::panic, reason = "set-up that fails is a failed test")]

mod driver;

use driver::{Driver, Window};
use std::path::Path;

const PLAN: &str = r#"{"goal": "ship the harbour lights", "steps": [
  {"name": "build", "tool": "shell", "inputs": {"argv": ["printf", "built the perihelion bundle\n"]}},
  {"name": "deploy", "tool": "fail", "inputs": {"times": 1, "message": "the quay is busy"}, "depends_on": ["build"]},
  {"name": "release", "tool": "manual:release", "inputs": {"question": "Light them up?"}, "depends_on": ["deploy"]}]}"#;

#[tokio::test]
#[ignore = "needs a display: cargo xtask test --only window"]
async fn a_run_is_started_retried_and_approved_in_the_real_window() {
    let data = tempfile::tempdir().expect("a temporary directory can be made");
    let driver = Driver::start(data.path());
    let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/window");
    let window = Window { client: driver.session().await, pictures };

    window.reads("Start a run, or connect a control plane").await;
    window.picture("first-run").await;

    window.client.execute("location.hash = '#/runs'", Vec::new()).await.expect("the page runs scripts of the test");
    window.press("Start run").await;
    window.press("Your own plan").await;
    window.fill("the plan", "//textarea[@id='new-run-plan']", PLAN).await;
    window.press("Start 1 run").await;

    window.reads("ship the harbour lights").await;
    window.press("Retry deploy").await;
    window.fill("the reason", "//textarea[@id='retry-reason']", "the quay is free again").await;
    window
        .find("the dialog's button", "//*[@role='dialog' or @role='alertdialog']//button[contains(., 'Retry 1 step')]")
        .await
        .click()
        .await
        .expect("it can be pressed");

    window.press("Approve 1 gate").await;
    window.reads("Succeeded").await;
    window.picture("run-succeeded").await;

    window.client.clone().close().await.expect("the window closes");
}
