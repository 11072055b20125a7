//! A control plane that others made, through the terminal: found out by its bare address, used, and read without it.

use crate::plane::command;
use serde_json::{Value, json};
use std::{fs, path::Path, sync::Arc};
use testkit::{Loopback, stand_in::StorePlatform};

fn say(data: &Path, arguments: &[&str]) -> Value {
    let output = command(data, arguments).args(["-o", "json"]).output().expect("the executable starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?} ends well, not with {:?}: {said}", output.status.code());
    serde_json::from_slice(&output.stdout).expect("the reply is JSON")
}

pub(crate) fn tell() {
    let data = tempfile::tempdir().expect("a temporary directory");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let served = runtime.block_on(Loopback::serve(Arc::new(StorePlatform::default())));
    let url = served.url();
    let data = data.path();

    let test = say(data, &["connections", "test", &url]);
    assert_eq!(test["kind"], "store-platform", "its kind is found out: {test}");
    let added = say(data, &["connections", "add", "stores", &url, "--environment", "local"]);
    assert_eq!(added["kind"], "store-platform", "and kept: {added}");

    let plan = data.join("store.json");
    fs::write(&plan, json!({"name": "fine shop", "engine": "medusa"}).to_string()).expect("the plan can be written");
    let file = plan.to_str().expect("temporary paths are UTF-8");
    let run = say(data, &["runs", "create", "-f", file, "--connection", "stores"]);
    let id = run["id"].as_str().expect("a run has an id");
    let watched = command(data, &["runs", "watch", id]).output().expect("the executable starts");
    assert!(watched.status.success(), "it is followed until its store is ready: {watched:?}");

    drop(served);
    let kept = say(data, &["runs", "show", id, "--events", "--offline"]);
    assert_eq!(kept["status"], "succeeded", "how it ended is known without the platform");
    let told: Vec<_> = kept["events"].as_array().into_iter().flatten().map(|event| event["kind"].clone()).collect();
    assert_eq!(told, ["run.created", "step.succeeded", "step.succeeded", "run.succeeded"], "and so is its life");
    let stores = say(data, &["runs", "ls", "--kind", "store-platform", "--offline"]);
    assert_eq!(stores["items"].as_array().map(Vec::len), Some(1), "runs are found by the kind of their plane");
    let others = say(data, &["runs", "ls", "--kind", "nofx", "--offline"]);
    assert_eq!(others["items"].as_array().map(Vec::len), Some(0), "and not by another");
}
