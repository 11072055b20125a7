//! Finds and ends processes that an attempt left behind, by the marker in their environment.
//!
//! After a crash of the control plane the processes of its attempts may still run, although nobody reads their output any
//! more. Before anything is tried again they must be gone, or two copies of the same work would run at once.
//!
//! Limits: this reads `/proc`, so it works on Linux only; elsewhere it finds nothing and answers 0. A process that clears
//! its environment, or belongs to another user, is not found.

/// Kills every process whose attempt marker begins with `prefix`, again and again until none is left, and answers how
/// many were found. Gives up after 50 rounds, which only a process that forks faster than it is killed can outlast.
pub async fn kill_marked(prefix: &str) -> usize {
    if prefix.is_empty() {
        return 0;
    }
    let prefix = prefix.to_owned();
    tokio::task::spawn_blocking(move || sweep(&prefix)).await.unwrap_or(0)
}

#[cfg(target_os = "linux")]
fn sweep(prefix: &str) -> usize {
    use rustix::process::{Pid, Signal, kill_process};
    use std::collections::HashSet;

    let mut killed = HashSet::new();
    for _round in 0..50 {
        let found: Vec<i32> = marked(prefix);
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
fn sweep(_prefix: &str) -> usize {
    0
}

/// Ids of the living processes that carry the marker. A zombie has no environment any more, so it is not among them.
#[cfg(target_os = "linux")]
fn marked(prefix: &str) -> Vec<i32> {
    let needle = format!("{}={prefix}", super::process::MARKER).into_bytes();
    let own = std::process::id();
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(Result::ok)
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|&id| id != own)
        .filter(|id| {
            let environ = std::fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
            environ.split(|&byte| byte == 0).any(|variable| variable.starts_with(&needle))
        })
        .filter_map(|id| i32::try_from(id).ok())
        .collect()
}
