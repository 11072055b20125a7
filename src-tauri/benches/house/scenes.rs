//! What is measured, one function a scene.

use crate::{
    load::{Outcome, Shot, fire},
    plane::{EXECUTABLE, Plane, cpu_ms, tree_memory_mib},
    radius,
    report::Report,
    window,
};
use hyper::Method;
use std::{
    process::Command,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

/// One thing that is measured.
pub(crate) struct Scene {
    pub(crate) name: &'static str,
    pub(crate) measure: fn(&Runtime, &mut Report),
}

/// Every scene, in the order of the table.
pub(crate) const ALL: &[Scene] = &[
    Scene { name: "api", measure: api },
    Scene { name: "queue", measure: queue },
    Scene { name: "start", measure: start },
    Scene { name: "radius", measure: radius::measure },
    Scene { name: "window", measure: window::measure },
];

const CONNECTIONS: usize = 100;
const SPAN: Duration = Duration::from_secs(8);

fn api(runtime: &Runtime, report: &mut Report) {
    let plane = Plane::start(2);
    let plan = r#"{"goal":"one no-op","steps":[{"name":"only","tool":"echo","inputs":{"message":"x"}}]}"#;
    let shot = |method: Method, path: &str, body: &str| Shot {
        method,
        path: path.to_owned(),
        token: Some(plane.token.clone()),
        body: body.to_owned(),
    };
    let measure = |name: &str, shot: &Shot| {
        let before = cpu_ms(plane.pid());
        let outcome = runtime.block_on(fire(&plane.address, CONNECTIONS, SPAN, shot));
        (name.to_owned(), cpu_ms(plane.pid()) - before, outcome)
    };
    let live = measure("live", &shot(Method::GET, "/health/live", ""));
    let create = measure("create", &shot(Method::POST, "/api/v1/runs", plan));
    let list = measure("list", &shot(Method::GET, "/api/v1/runs?limit=50", ""));
    let peer = live.2.rate();
    for (name, cpu, outcome) in [live, create, list] {
        api_rows(report, &name, cpu, &outcome, peer);
    }
}

fn api_rows(report: &mut Report, name: &str, cpu: f64, outcome: &Outcome, peer: f64) {
    let scene = format!("api {name}, {CONNECTIONS} connections");
    let rate = outcome.rate();
    report.add(
        &scene,
        "requests/s",
        format!("{rate:.0}"),
        format!("{:.2}x of the limit 500/s; {:.2}x of /health/live", rate / 500.0, rate / peer),
    );
    for percent in [50, 95, 99] {
        let millis = outcome.percentile(percent).as_secs_f64() * 1000.0;
        let against = if percent == 95 { format!("{:.2}x of the limit 200 ms", millis / 200.0) } else { String::new() };
        report.add(&scene, &format!("p{percent}"), format!("{millis:.1} ms"), against);
    }
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let (count, errors) = (outcome.requests.max(1) as f64, outcome.errors as f64);
    report.add(&scene, "processor time/request", format!("{:.3} ms", cpu / count), String::new());
    report.add(&scene, "errors", format!("{:.2} %", errors / count * 100.0), "limit 1 %");
}

fn queue(runtime: &Runtime, report: &mut Report) {
    const STEPS: usize = 1000;
    let plane = Plane::start(8);
    let steps: Vec<_> = (0..STEPS)
        .map(|n| serde_json::json!({"name": format!("s{n}"), "tool": "echo", "inputs": {"message": "x"}}))
        .collect();
    let plan = serde_json::json!({"goal": "no-ops", "steps": steps}).to_string();
    let started = Instant::now();
    let output = {
        let file = plane.data.path().join("plan.json");
        std::fs::write(&file, plan).expect("the plan can be written");
        Command::new(EXECUTABLE)
            .args(["runs", "create", "--watch", "-o", "json", "-f"])
            .arg(&file)
            .arg("--data-dir")
            .arg(plane.data.path())
            .output()
            .expect("the executable starts")
    };
    let elapsed = started.elapsed();
    assert!(output.status.success(), "the run succeeds: {}", String::from_utf8_lossy(&output.stderr));
    let peer = runtime.block_on(commits_per_second());
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let rate = STEPS as f64 / elapsed.as_secs_f64();
    report.add(
        "queue, 1000 no-op steps, 8 slots",
        "steps/s",
        format!("{rate:.0}"),
        format!("{:.2}x of single durable SQLite commits on this disk ({peer:.0}/s)", rate / peer),
    );
}

/// What this disk allows: one small row a transaction, WAL, synchronous FULL.
async fn commits_per_second() -> f64 {
    use sqlx::{ConnectOptions as _, Connection as _};
    let folder = tempfile::tempdir().expect("a temporary directory can be made");
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(folder.path().join("peer.db"))
        .create_if_missing(true)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
        .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
        .connect()
        .await
        .expect("SQLite opens a file");
    sqlx::query("CREATE TABLE facts (id INTEGER PRIMARY KEY, body TEXT)")
        .execute(&mut connection)
        .await
        .expect("a table can be made");
    let (started, mut commits) = (Instant::now(), 0_u32);
    while started.elapsed() < Duration::from_secs(2) {
        sqlx::query("INSERT INTO facts (body) VALUES ('x')")
            .execute(&mut connection)
            .await
            .expect("a row can be written");
        commits += 1;
    }
    let rate = f64::from(commits) / started.elapsed().as_secs_f64();
    connection.close().await.expect("SQLite closes");
    rate
}

fn start(_runtime: &Runtime, report: &mut Report) {
    let plane = Plane::start(2);
    let list = |offline: bool| {
        let started = Instant::now();
        let mut command = Command::new(EXECUTABLE);
        command.args(["runs", "ls", "-o", "json", "--data-dir"]).arg(plane.data.path());
        if offline {
            command.arg("--offline");
        }
        let output = command.output().expect("the executable starts");
        assert!(output.status.success(), "the list is read: {}", String::from_utf8_lossy(&output.stderr));
        started.elapsed().as_secs_f64() * 1000.0
    };
    let version = {
        let started = Instant::now();
        Command::new(EXECUTABLE).arg("--version").output().expect("the executable starts");
        started.elapsed().as_secs_f64() * 1000.0
    };
    let median = |offline| {
        let mut times: Vec<f64> = (0..9).map(|_| list(offline)).collect();
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    for (name, offline) in [("live", false), ("from the cache", true)] {
        let millis = median(offline);
        report.add(
            "start, terminal",
            &format!("to readable list, {name}"),
            format!("{millis:.0} ms"),
            format!("{:.2}x of the limit 3 s; {:.1}x of printing the version", millis / 3000.0, millis / version),
        );
    }
    report.add(
        "memory, plane idle",
        "process tree, proportional",
        format!("{:.1} MiB", tree_memory_mib(plane.pid())),
        String::new(),
    );
}
