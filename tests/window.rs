//! The story in the real window: the app itself, driven through `WebKitWebDriver`, from an empty data directory to a run
//! that was retried and approved. It leaves a picture in `target/window`.
//!
//! It needs a display, so it is not part of a plain `cargo test`; `cargo xtask test --only window` gives it one. The
//! locale is `C.UTF-8` on purpose: there WebKit calls the language "C", which no formatter of the page may trip over.

#![expect(clippy::expect_used, clippy::panic, reason = "set-up that fails is a failed test")]

use fantoccini::{Client, ClientBuilder, Locator, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use std::{
    net::TcpListener,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

const PLAN: &str = r#"{"goal": "ship the harbour lights", "steps": [
  {"name": "build", "tool": "shell", "inputs": {"argv": ["printf", "built the perihelion bundle\n"]}},
  {"name": "deploy", "tool": "fail", "inputs": {"times": 1, "message": "the quay is busy"}, "depends_on": ["build"]},
  {"name": "release", "tool": "manual:release", "inputs": {"question": "Light them up?"}, "depends_on": ["deploy"]}]}"#;

const PATIENCE: Duration = Duration::from_mins(1);

/// The driver, in a process group of its own: whatever it started ends with it.
#[derive(Debug)]
struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    fn start(data: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port is free").port();
        let log = std::fs::File::create(data.join("driver.log")).expect("a log can be made");
        let child = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("BREAKWATER_DATA_DIR", data)
            .env("BREAKWATER_SINGLE_INSTANCE", "off")
            .env("HOME", data)
            .env("LANG", "C.UTF-8")
            .env("NO_AT_BRIDGE", "1")
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file can be shared"))
            .stderr(log)
            .process_group(0)
            .spawn()
            .expect("WebKitWebDriver starts; on Debian it is in the package webkit2gtk-driver");
        Self { child, port }
    }

    async fn session(&self) -> Client {
        let mut wanted = Capabilities::new();
        let app = json!({"binary": env!("CARGO_BIN_EXE_breakwater"), "args": []});
        wanted.insert("webkitgtk:browserOptions".to_owned(), app);
        let address = format!("http://127.0.0.1:{}", self.port);
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let client = ClientBuilder::new(HttpConnector::new()).capabilities(wanted.clone()).connect(&address).await;
            match client {
                Ok(client) => return client,
                // The driver itself needs a moment until it listens.
                Err(error) => assert!(tokio::time::Instant::now() < deadline, "the app opens its window: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", self.child.id())]).status();
        let _ = self.child.wait();
    }
}

/// The window, as a person uses it.
#[derive(Debug)]
struct Window {
    client: Client,
    pictures: PathBuf,
}

impl Window {
    async fn find(&self, what: &str, xpath: &str) -> fantoccini::elements::Element {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::XPath(xpath)).await;
        match found {
            Ok(element) => element,
            Err(error) => {
                self.picture("not-found").await;
                let text = self.client.source().await.unwrap_or_default();
                panic!("{what} appears in the window: {error}\n{}", text.chars().take(4000).collect::<String>())
            }
        }
    }

    async fn press(&self, label: &str) {
        let xpath = format!("//button[not(@aria-disabled='true') and contains(normalize-space(.), {label:?})]");
        self.find(label, &xpath).await.click().await.unwrap_or_else(|error| panic!("{label} can be pressed: {error}"));
    }

    async fn fill(&self, what: &str, xpath: &str, text: &str) {
        self.find(what, xpath).await.send_keys(text).await.unwrap_or_else(|error| panic!("{what} takes text: {error}"));
    }

    async fn reads(&self, text: &str) {
        self.find(text, &format!("//*[not(self::script) and normalize-space(text())={text:?}]")).await;
    }

    async fn picture(&self, name: &str) {
        if let Ok(png) = self.client.screenshot().await {
            std::fs::create_dir_all(&self.pictures).expect("the folder for pictures can be made");
            std::fs::write(self.pictures.join(format!("{name}.png")), png).expect("a picture can be kept");
        }
    }
}

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
    window.press("Retry 1 step").await;
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
