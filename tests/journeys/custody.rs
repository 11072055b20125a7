//! When the process that had the built-in control plane is killed: a face that stays says so, finds it again when it is
//! started anew, and carries it itself when a person asks for that.

use crate::{plane::Plane, story::eventually, web::Web};
use serde_json::json;

/// Tells it.
pub(crate) fn tell() {
    let plane = Plane::start();
    let face = Web::over(plane.data());
    let plan = json!({"goal": "wait for a word", "steps": [
        {"name": "word", "tool": "manual:word", "inputs": {"question": "Go on?"}},
    ]});
    let seen_at = || face.call("app.info", &json!(null))["built_in_plane"].clone();
    assert_eq!(seen_at(), "attached", "the other process had it first");
    let run = face.call("runs.create", &json!({"plan": plan}))["id"].as_str().expect("a run has an id").to_owned();
    let status = || face.call("runs.get", &json!({"run": run}))["status"].clone();
    eventually("the run waits for a person", || (status() == "waiting").then_some(()));

    let plane_data = plane.data();
    plane.kill();
    eventually("the face says that it is gone", || (seen_at() == "not_running").then_some(()));
    assert_eq!(status(), "waiting", "the run is shown as it was last seen");

    let plane = Plane::over(plane_data);
    eventually("the face finds the one that was started anew", || (seen_at() == "attached").then_some(()));
    eventually("and hears it", || {
        let run = face.call("runs.get", &json!({"run": run}));
        (run["freshness"]["state"] == "live").then_some(())
    });

    plane.kill();
    eventually("it is gone again", || (seen_at() == "not_running").then_some(()));
    let told = face.call("connections.start_built_in", &json!(null));
    assert_eq!(told["built_in_plane"], "embedded", "it runs in the process of the face now");
    let approved = eventually("the gate can be decided", || {
        face.try_call("gates.approve", &json!({"run": run, "step": "word"})).ok()
    });
    assert_eq!(approved["id"], run.as_str(), "the run that the killed process left is taken up");
    eventually("the run succeeds", || (status() == "succeeded").then_some(()));
    let again = face.call("connections.start_built_in", &json!(null));
    assert_eq!(again["built_in_plane"], "embedded", "asking again changes nothing");

    let data = face.end();
    let reader = Web::start(data, &["--offline"]);
    let seen = reader.call("runs.get", &json!({"run": run}));
    assert_eq!(seen["status"], "succeeded", "the run is read with no control plane at all");
    let refused = reader.try_call("connections.start_built_in", &json!(null)).expect_err("nothing may be contacted");
    assert_eq!(refused["code"], "offline", "and a face that was told so starts none: {refused}");
}
