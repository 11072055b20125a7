//! The story, free of any face.

use crate::plane::Plane;
use serde_json::{Value, json};
use std::{
    thread,
    time::{Duration, Instant},
};

/// What a face must be able to do for the story. Replies are the JSON that the face gives to its users.
pub(crate) trait Face {
    /// Starts a run and answers with it.
    fn create(&self, plan: &Value) -> Value;
    /// One run.
    fn run(&self, run: &str) -> Value;
    /// Its events, oldest first.
    fn events(&self, run: &str) -> Vec<Value>;
    /// Its log lines, oldest first.
    fn logs(&self, run: &str) -> Vec<Value>;
    /// Tries a step again.
    fn retry_step(&self, run: &str, step: &str, reason: &str) -> Value;
    /// Says yes to a gate.
    fn approve(&self, run: &str, step: &str) -> Value;
    /// Ids of runs in which the text is found.
    fn search(&self, text: &str) -> Vec<String>;
}

/// Fails once at `deploy`, asks a person at `manual:release`, and leaves a word in its log that can be searched for.
fn plan() -> Value {
    json!({
        "goal": "ship the harbour lights",
        "steps": [
            {"name": "build", "tool": "shell", "inputs": {"argv": ["printf", "built the perihelion bundle\\n"]}},
            {"name": "deploy", "tool": "fail", "inputs": {"times": 1, "message": "the quay is busy"}, "depends_on": ["build"]},
            {"name": "release", "tool": "manual:release", "inputs": {"question": "Light them up?"}, "depends_on": ["deploy"]},
            {"name": "announce", "tool": "echo", "inputs": {"message": "lights are on"}, "depends_on": ["release"]},
        ],
    })
}

/// Tells it, and stops the plane on the way.
pub(crate) fn tell(face: &dyn Face, plane: Plane) {
    let created = face.create(&plan());
    let run = created["id"].as_str().expect("a created run has an id").to_owned();

    let failed = until(face, &run, "failed");
    assert_eq!(step(&failed, "build")["status"], "succeeded", "the step before the failure has done its work");
    assert_eq!(step(&failed, "deploy")["status"], "failed", "the drill step fails the first time");
    assert_eq!(step(&failed, "release")["status"], "skipped", "nothing behind a failure is tried");

    face.retry_step(&run, "deploy", "the quay is free again");
    let waiting = until(face, &run, "waiting");
    assert_eq!(step(&waiting, "deploy")["attempts"].as_array().map(Vec::len), Some(2), "the retry is a second attempt");
    assert_eq!(step(&waiting, "release")["gate"]["state"], "open", "the gate blocks until a person decides");
    assert_eq!(step(&waiting, "announce")["status"], "queued", "what depends on the gate has not started");

    face.approve(&run, "release");
    let live = until(face, &run, "succeeded");
    let seqs: Vec<u64> = face.events(&run).iter().filter_map(|event| event["seq"].as_u64()).collect();
    assert_eq!(seqs, (1..=live["last_seq"].as_u64().unwrap_or(0)).collect::<Vec<_>>(), "events count up without a gap");
    let log = eventually("the whole log", || {
        let log = face.logs(&run);
        (log.len() as u64 == live["last_log_seq"].as_u64().unwrap_or(u64::MAX)).then_some(log)
    });

    plane.stop();

    let offline = eventually("the face notices that the plane is gone", || {
        let run = face.run(&run);
        (run["freshness"]["state"] == "offline").then_some(run)
    });
    assert_eq!(without_freshness(offline), without_freshness(live), "offline shows the run as it was last seen");
    let offline_seqs: Vec<u64> = face.events(&run).iter().filter_map(|event| event["seq"].as_u64()).collect();
    assert_eq!(offline_seqs, seqs, "every event is there offline");
    assert_eq!(face.logs(&run), log, "every log line is there offline");
    for text in ["harbour", "perihelion", "quay is free", run.as_str()] {
        assert!(face.search(text).contains(&run), "{text:?} finds the run offline");
    }
    assert!(face.search("albatross").is_empty(), "a word that was never there finds nothing");
}

fn step<'a>(run: &'a Value, name: &str) -> &'a Value {
    let steps = run["steps"].as_array().expect("a run has steps");
    steps.iter().find(|step| step["name"] == name).expect("the step is there")
}

fn without_freshness(mut run: Value) -> Value {
    if let Some(run) = run.as_object_mut() {
        run.remove("freshness");
    }
    run
}

fn until(face: &dyn Face, run: &str, status: &str) -> Value {
    eventually(&format!("the run is {status}"), || {
        let run = face.run(run);
        (run["status"] == status).then_some(run)
    })
}

/// Asks again until there is an answer; a minute without one is a failure.
pub(crate) fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "not within a minute: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}
