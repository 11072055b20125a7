//! Being asked to stop: SIGTERM from an init system, Ctrl-C from a terminal, SIGHUP from a terminal that is closed.

use tokio_util::sync::CancellationToken;

/// A token that is cancelled when the process is asked to stop. Asked a second time, the process ends at once.
pub(crate) fn watch() -> CancellationToken {
    let asked = CancellationToken::new();
    let token = asked.clone();
    tokio::spawn(async move {
        next().await;
        tracing::info!("asked to stop");
        token.cancel();
        next().await;
        tracing::warn!("asked to stop again, so what is under way is cut");
        std::process::exit(130);
    });
    asked
}

#[cfg(unix)]
async fn next() {
    use tokio::signal::unix::{SignalKind, signal};
    let watched = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
    let [Ok(mut terminate), Ok(mut interrupt)] = watched else {
        // Without handlers the signals keep their default meaning, which is to end the process.
        return std::future::pending().await;
    };
    let hangup = async {
        // Whoever started this with `nohup` wants it to outlive the terminal, and a handler would undo that.
        if ignores_hangup() {
            return std::future::pending().await;
        }
        match signal(SignalKind::hangup()) {
            Ok(mut hangup) => drop(hangup.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = hangup => {}
    }
}

/// Whether SIGHUP was ignored when the process began. Known on Linux only; elsewhere it is taken to be heard.
#[cfg(unix)]
fn ignores_hangup() -> bool {
    const HANGUP: u64 = 1;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    ignored.is_some_and(|ignored| ignored & HANGUP != 0)
}

#[cfg(not(unix))]
async fn next() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
