//! The checks, one file each, in a folder for what they look at where there are many.

use control_plane::Heard;
use serde_json::Value;
use std::collections::BTreeSet;

pub(crate) mod access;
pub(crate) mod console;
mod console_breakers;
mod console_cache;
mod console_disk;
mod console_keychain;
pub(crate) mod contract;
pub(crate) mod data;
pub(crate) mod limits;
pub(crate) mod plane;
mod plane_clock;
mod plane_coverage;
mod plane_credential;
mod plane_dead_letters;
mod plane_event_gaps;
mod plane_latency;
mod plane_live;
mod plane_queue_age;
mod plane_ready;
mod plane_stuck_runs;
pub(crate) mod provider;
pub(crate) mod work;

pub(crate) use console_breakers::ConsoleBreakers;
pub(crate) use console_cache::ConsoleCache;
pub(crate) use console_disk::ConsoleDisk;
pub(crate) use console_keychain::ConsoleKeychain;
pub(crate) use plane_clock::PlaneClock;
pub(crate) use plane_coverage::PlaneCoverage;
pub(crate) use plane_credential::PlaneCredential;
pub(crate) use plane_dead_letters::PlaneDeadLetters;
pub(crate) use plane_event_gaps::PlaneEventGaps;
pub(crate) use plane_latency::PlaneLatency;
pub(crate) use plane_live::PlaneLive;
pub(crate) use plane_queue_age::PlaneQueueAge;
pub(crate) use plane_ready::PlaneReady;
pub(crate) use plane_stuck_runs::PlaneStuckRuns;

/// Most characters of a foreign text that are shown.
const MAX_TEXT: usize = 200;

/// A foreign text, cut and without control characters.
fn plain(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(MAX_TEXT).collect()
}

/// The names of everything that an answer holds, without what it says.
fn keys(heard: &Heard) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    if let Some(json) = heard.json() {
        collect(&json, "", &mut keys);
    }
    keys
}

fn collect(value: &Value, place: &str, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => {
            for (name, value) in entries {
                let place = format!("{place}.{name}");
                collect(value, &place, keys);
                keys.insert(place);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, place, keys)),
        _ => {}
    }
}
