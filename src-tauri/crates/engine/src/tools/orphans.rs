//! Finds and ends processes that an attempt left behind, by the marker in their environment.
//!
//! After a crash of the control plane the processes of its attempts may still run, although nobody reads their output any
//! more. Before anything is tried again they must be gone, or two copies of the same work would run at once.
//!
//! Limits: this reads `/proc`, so it works on Linux only; elsewhere it finds nothing and answers 0. A process that clears
//! its environment, or belongs to another user, is not found.

use super::process::MARKER;

/// Kills every process whose attempt marker begins with `prefix`, again and again until none is left, and answers how
/// many were found. Gives up after 50 rounds, which only a process that forks faster than it is killed can outlast.
pub async fn kill_marked(prefix: &str) -> usize {
    if prefix.is_empty() {
        return 0;
    }
    let needle = format!("{MARKER}={prefix}").into_bytes();
    tokio::task::spawn_blocking(move || sweep(|variable| variable.starts_with(&needle))).await.unwrap_or(0)
}

/// The same for the processes of one attempt. The whole marker must match: that of the first attempt is the beginning of
/// that of the twelfth.
pub(crate) async fn kill_attempt(marker: &str) -> usize {
    let needle = format!("{MARKER}={marker}").into_bytes();
    tokio::task::spawn_blocking(move || sweep(|variable| variable == needle)).await.unwrap_or(0)
}

#[cfg(target_os = "linux")]
fn sweep(is_marker: impl Fn(&[u8]) -> bool) -> usize {
    use rustix::process::{Pid, Signal, kill_process};
    use std::collections::HashSet;

    let mut killed = HashSet::new();
    for _round in 0..50 {
        let found: Vec<i32> = marked(&is_marker);
        if found.is_empty() {
            break;
        }
        for id in found {
            if let Some(pid) = Pid::from_raw(id)
                && kill_process(pid, Signal::KILL).is_ok()
            {
                killed.insert(id);
            }
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    killed.len()
}

#[cfg(not(target_os = "linux"))]
fn sweep(_is_marker: impl Fn(&[u8]) -> bool) -> usize {
    0
}

/// Ids of the living processes that carry the marker. A zombie has no environment any more, so it is not among them.
#[cfg(target_os = "linux")]
fn marked(is_marker: &impl Fn(&[u8]) -> bool) -> Vec<i32> {
    let own = std::process::id();
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(Result::ok)
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|&id| id != own)
        .filter(|id| {
            let environ = std::fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
            environ.split(|&byte| byte == 0).any(is_marker)
        })
        .filter_map(|id| i32::try_from(id).ok())
        .collect()
}
