//! The window: from its start to a list that can be read, from an event to the screen, and what its processes hold.
//!
//! The driver looks from outside, so its own way is part of the start. The latency is taken inside the page: from the
//! time that the engine wrote into an event to the frame in which the page shows it, on one clock.

use crate::{
    driver::{Driver, Window},
    plane::{EXECUTABLE, executable_below, tree_memory_mib},
    report::{Report, percentile},
};
use serde_json::{Value, json};
use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

/// Steps whose end is watched.
const STEPS: usize = 40;
/// Starts of which the middle one counts.
const STARTS: usize = 5;
/// How long the processes are left alone before their memory is read.
const REST: Duration = Duration::from_secs(5);

/// Notes for each step the moment of the frame in which it first reads "Succeeded".
const WATCH: &str = r"
  window.seen = {};
  const look = () => requestAnimationFrame(() => {
    for (const row of document.querySelectorAll('ul.steps > li')) {
      const name = row.querySelector('.name .truncate')?.textContent;
      if (name && !(name in window.seen) && row.querySelector('.visually-hidden')?.textContent.includes('Succeeded')) {
        window.seen[name] = Date.now();
      }
    }
  });
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  look();
";

/// Measures it where there is a display.
pub(crate) fn measure(runtime: &Runtime, report: &mut Report) {
    if std::env::var_os("DISPLAY").is_none_or(|display| display.is_empty()) {
        report.add("window", "not measured", "there is no display", "");
        return;
    }
    runtime.block_on(async {
        let data = tempfile::tempdir().expect("a temporary directory can be made");
        for _ in 0..20 {
            terminal(data.path(), &["runs", "create", "--watch", "-f", &plan_file(data.path(), &one_step())]);
        }
        let mut starts = Vec::new();
        for _ in 1..STARTS {
            let (taken, driver, window) = start(data.path()).await;
            starts.push(taken);
            let _ = window.client.close().await;
            drop(driver);
        }
        let (taken, driver, window) = start(data.path()).await;
        starts.push(taken);
        starts.sort_unstable();
        let middle = starts[STARTS / 2].as_secs_f64();
        report.add(
            "window, 20 runs cached",
            "start to readable list",
            format!("{:.0} ms", middle * 1000.0),
            format!("{:.2}x of the limit 3 s; median of {STARTS}, the driver's own way included", middle / 3.0),
        );
        latency(&window, data.path(), report).await;
        memory(&driver, data.path(), report);
        let _ = window.client.close().await;
    });
}

async fn start(data: &Path) -> (Duration, Driver, Window) {
    let driver = Driver::start(data);
    driver.listens().await;
    let started = Instant::now();
    let window = Window { client: driver.session().await, pictures: data.to_owned() };
    window.find("a run", "//*[@role='row']//*[contains(., 'one no-op')]").await;
    (started.elapsed(), driver, window)
}

async fn latency(window: &Window, data: &Path, report: &mut Report) {
    let run = terminal(data, &["runs", "create", "-f", &plan_file(data, &chain())]);
    let (id, connection) = (text(&run["id"]), text(&run["connection"]));
    let page = format!("location.hash = '#/runs/{connection}/{id}'");
    window.client.execute(&page, Vec::new()).await.expect("the page runs scripts");
    window.find("the run", "//*[normalize-space(text())='a chain of waits']").await;
    window.client.execute(WATCH, Vec::new()).await.expect("the page runs scripts");
    terminal(data, &["runs", "approve", &id, "begin"]);
    terminal(data, &["runs", "watch", &id]);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let seen = window.client.execute("return window.seen", Vec::new()).await.expect("the page runs scripts");
    let shown = terminal(data, &["runs", "show", &id, "--events"]);
    let mut taken: Vec<f64> = list(&shown["events"])
        .iter()
        .filter(|event| event["kind"] == "step.succeeded" && event["step"] != "begin")
        .filter_map(|event| {
            let name = event["step"].as_str()?;
            let at: domain::Timestamp = serde_json::from_value(event["at"].clone()).ok()?;
            #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^52")]
            Some(seen[name].as_f64()? - at.as_millis() as f64)
        })
        .collect();
    taken.sort_by(f64::total_cmp);
    let missed = STEPS.saturating_sub(taken.len());
    for percent in [50, 95, 99] {
        let millis = percentile(&taken, percent);
        report.add(
            &format!("event to screen, {} steps", taken.len()),
            &format!("p{percent}"),
            format!("{millis:.0} ms"),
            format!("{:.2}x of the limit 100 ms", millis / 100.0),
        );
    }
    report.add("event to screen", "never shown", missed.to_string(), "limit 0");
}

fn memory(driver: &Driver, data: &Path, report: &mut Report) {
    std::thread::sleep(REST);
    let window = executable_below(driver.child.id()).map_or(0.0, tree_memory_mib);
    let peer = Chromium::show(data);
    std::thread::sleep(REST);
    let chromium = peer.memory_mib();
    report.add(
        "memory, window idle",
        "process tree, proportional",
        format!("{window:.0} MiB"),
        format!(
            "{:.2}x of Chromium that shows the same page ({chromium:.0} MiB, without its server)",
            window / chromium
        ),
    );
}

/// The same console in Chromium: what an Electron-like shell would hold at the least.
struct Chromium {
    browser: Child,
    server: Child,
    _profile: tempfile::TempDir,
}

impl Chromium {
    fn show(data: &Path) -> Self {
        let mut server = Command::new(EXECUTABLE)
            .args(["serve", "-o", "json", "--data-dir"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the executable starts");
        let mut line = String::new();
        let output = server.stdout.take().expect("stdout is piped");
        std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut line).expect("it prints its address");
        let said: Value = serde_json::from_str(&line).expect("it speaks JSON");
        let profile = tempfile::tempdir().expect("a temporary directory can be made");
        let browser = Command::new("chromium")
            .args(["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"])
            .args(["--disable-component-update", "--disable-sync", "--window-size=1440,900"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg(format!("--app={}", text(&said["address"])))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("Chromium starts");
        Self { browser, server, _profile: profile }
    }

    fn memory_mib(&self) -> f64 {
        tree_memory_mib(self.browser.id())
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        for child in [&mut self.browser, &mut self.server] {
            // Asked first: a browser that is killed leaves its children behind.
            let _ = Command::new("kill").arg(child.id().to_string()).status();
            let _ = child.wait();
        }
    }
}

/// What the terminal answers.
fn terminal(data: &Path, arguments: &[&str]) -> Value {
    let output = Command::new(EXECUTABLE)
        .args(arguments)
        .args(["-o", "json", "--data-dir"])
        .arg(data)
        .output()
        .expect("the executable starts");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

fn plan_file(data: &Path, plan: &Value) -> String {
    let file = data.join("plan.json");
    std::fs::write(&file, plan.to_string()).expect("the plan can be written");
    file.to_str().expect("temporary paths are UTF-8").to_owned()
}

fn one_step() -> Value {
    json!({"goal": "one no-op", "steps": [{"name": "only", "tool": "echo", "inputs": {"message": "x"}}]})
}

/// Steps that end one after the other, far enough apart to be told from each other, once a person lets them begin.
fn chain() -> Value {
    let mut steps = vec![json!({"name": "begin", "tool": "manual:begin", "inputs": {"question": "Begin?"}})];
    let mut before = "begin".to_owned();
    for number in 0..STEPS {
        let name = format!("w{number}");
        let inputs = json!({"duration": "200ms"});
        steps.push(json!({"name": name, "tool": "wait", "inputs": inputs, "depends_on": [before]}));
        before = name;
    }
    json!({"goal": "a chain of waits", "steps": steps})
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
