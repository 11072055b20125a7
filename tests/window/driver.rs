//! The real window under `WebKitWebDriver`: started, looked at, ended with all that it started.

use fantoccini::{Client, ClientBuilder, Locator, elements::Element, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use std::{
    net::TcpListener,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// How long anything may take to appear.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where the browser of this machine notes what it was to open.
pub(crate) const OPENED: &str = "opened";

/// A folder with a browser of the system that only notes what it is to open.
fn browser(data: &Path) -> std::ffi::OsString {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, noted) = (data.join("bin"), data.join(OPENED));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let script = folder.join("xdg-open");
    let text = format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{}'\n", noted.display());
    std::fs::write(&script, text).expect("a script can be written");
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).expect("it can be made to run");
    folder.into_os_string()
}

/// The driver, in a process group of its own: whatever it started ends with it.
#[derive(Debug)]
pub(crate) struct Driver {
    pub(crate) child: Child,
    port: u16,
}

impl Driver {
    /// Starts it over this data directory. The locale is `C.UTF-8` on purpose: there WebKit calls the language "C", which no
    /// formatter of the page may trip over.
    pub(crate) fn start(data: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port is free").port();
        let log = std::fs::File::create(data.join("driver.log")).expect("a log can be made");
        let path = [browser(data), std::env::var_os("PATH").unwrap_or_default()].join(":".as_ref());
        let child = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("BREAKWATER_DATA_DIR", data)
            .env("BREAKWATER_SINGLE_INSTANCE", "off")
            .env("HOME", data)
            .env("PATH", path)
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

    /// Opens the window.
    pub(crate) async fn session(&self) -> Client {
        let mut wanted = Capabilities::new();
        let app = json!({"binary": env!("CARGO_BIN_EXE_breakwater"), "args": []});
        wanted.insert("webkitgtk:browserOptions".to_owned(), app);
        let address = format!("http://127.0.0.1:{}", self.port);
        self.listens().await;
        let client = ClientBuilder::new(HttpConnector::new()).capabilities(wanted).connect(&address).await;
        client.unwrap_or_else(|error| panic!("the app opens its window: {error}"))
    }

    /// Waits until the driver itself can be asked.
    pub(crate) async fn listens(&self) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            assert!(tokio::time::Instant::now() < deadline, "the driver listens");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", self.child.id())]).status();
        let _ = self.child.wait();
    }
}

fn pressable(label: &str) -> String {
    format!("//button[not(@aria-disabled='true') and contains(normalize-space(.), {label:?})]")
}

/// The window, as a person uses it.
#[derive(Debug)]
pub(crate) struct Window {
    pub(crate) client: Client,
    /// Where pictures are kept.
    pub(crate) pictures: PathBuf,
}

impl Window {
    /// Waits for something.
    pub(crate) async fn find(&self, what: &str, xpath: &str) -> Element {
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

    /// Clicks on something once it is there.
    pub(crate) async fn click(&self, what: &str, xpath: &str) {
        self.find(what, xpath).await.click().await.unwrap_or_else(|error| panic!("{what} can be clicked: {error}"));
    }

    /// Presses the button with this label once it can be pressed.
    pub(crate) async fn press(&self, label: &str) {
        self.click(label, &pressable(label)).await;
    }

    /// Presses such a button of the dialog that is open.
    pub(crate) async fn confirm(&self, label: &str) {
        self.click(label, &format!("//*[@role='dialog' or @role='alertdialog']{}", pressable(label))).await;
    }

    /// Goes to a page of the console.
    pub(crate) async fn go(&self, place: &str) {
        let there = format!("location.hash = '#/{place}'");
        self.client.execute(&there, Vec::new()).await.expect("the page runs scripts of the test");
    }

    /// Types into something.
    pub(crate) async fn fill(&self, what: &str, xpath: &str, text: &str) {
        self.find(what, xpath).await.send_keys(text).await.unwrap_or_else(|error| panic!("{what} takes text: {error}"));
    }

    /// Waits for a text.
    pub(crate) async fn reads(&self, text: &str) {
        self.find(text, &format!("//*[not(self::script) and normalize-space(text())={text:?}]")).await;
    }

    /// Keeps a picture of what is shown now.
    pub(crate) async fn picture(&self, name: &str) {
        if let Ok(png) = self.client.screenshot().await {
            std::fs::create_dir_all(&self.pictures).expect("the folder for pictures can be made");
            std::fs::write(self.pictures.join(format!("{name}.png")), png).expect("a picture can be kept");
        }
    }
}
