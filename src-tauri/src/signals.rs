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
    let watched = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()].map(signal);
    let [Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)] = watched else {
        // Without handlers the signals keep their default meaning, which is to end the process.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        _ = hangup.recv() => {}
    }
}

#[cfg(not(unix))]
async fn next() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
