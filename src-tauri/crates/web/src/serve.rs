//! Serving a listener until the end.

use crate::{config::WebConfig, router};
use console::Console;
use std::{io, net::SocketAddr};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Why a listener is not served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address can be reached from other machines.
    #[error("{address} can be reached from other machines; listen on 127.0.0.1 or [::1]")]
    NotLoopback {
        /// The address.
        address: SocketAddr,
    },
    /// The listener cannot be used.
    #[error("the listener cannot be used: {0}")]
    Listener(#[from] io::Error),
}

/// Serves the console on this listener until `shutdown`, and a little longer for requests that are being answered.
pub async fn serve(
    listener: TcpListener,
    console: Console,
    config: WebConfig,
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback { address });
    }
    let drain = config.drain;
    let router = router::build(address, console, config, shutdown.clone());
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(shutdown.clone().cancelled_owned());
    let overdue = async {
        shutdown.cancelled().await;
        tokio::time::sleep(drain).await;
    };
    tokio::select! {
        ended = async { serving.await } => Ok(ended?),
        () = overdue => {
            tracing::warn!("requests were cut at the end");
            Ok(())
        }
    }
}
