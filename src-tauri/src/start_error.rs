//! Why a face could not start, with what to do about it.

use domain::Fault;
use engine::{BackupError, OpenError};
use std::{io, net::SocketAddr, path::PathBuf};

/// Why a face could not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// Nothing says where the home folder is.
    #[error("there is no home folder, so there is no place for the data directory")]
    NoHome,
    /// The data directory cannot be made or is not ours.
    #[error("{} cannot be used as data directory: {source}", path.display())]
    DataDir { path: PathBuf, source: io::Error },
    /// Somebody else could reach the socket.
    #[error("{} is not a folder of this user alone", path.display())]
    NotPrivate { path: PathBuf },
    /// The operating system gives no threads.
    #[error("the program cannot start its threads: {0}")]
    Runtime(io::Error),
    /// What was written down for the control plane cannot be used.
    #[error("the control plane does not start: {} of its settings cannot be used", .0.len())]
    Settings(Vec<Fault>),
    /// The engine cannot be opened.
    #[error(transparent)]
    Engine(#[from] OpenError),
    /// Another process holds the engine, yet does not answer.
    #[error("another process holds the built-in control plane but does not answer on {}", socket.display())]
    Mute { socket: PathBuf },
    /// A listener cannot be made.
    #[error("{address} cannot be listened on: {source}")]
    Listen { address: SocketAddr, source: io::Error },
    /// A server cannot serve.
    #[error(transparent)]
    Serve(#[from] server::ServeError),
    /// The page cannot be served.
    #[error(transparent)]
    Page(#[from] web::ServeError),
    /// The window cannot be opened.
    #[error(transparent)]
    Desktop(#[from] desktop::DesktopError),
    /// There is nowhere to show a window.
    #[error("there is no display, so no window can open")]
    NoDisplay,
    /// The control plane in the background did not come up.
    #[error("the built-in control plane did not start in the background: {detail}")]
    Background { detail: String, log: PathBuf },
    /// What was asked for cannot be done offline.
    #[error("this needs the control plane, and --offline forbids contacting it")]
    Offline,
    /// The first lines of output cannot be written.
    #[error("the output cannot be written: {0}")]
    Output(io::Error),
    /// The running control plane refuses, or cannot be asked.
    #[error(transparent)]
    Plane(control_plane::Error),
    /// What is to be written is there already.
    #[error("{} is there already", path.display())]
    Exists { path: PathBuf },
    /// An export of the audit cannot be written.
    #[error("{} cannot be written: {source}", path.display())]
    Export { path: PathBuf, source: io::Error },
    /// The engine refuses an act on tokens, or cannot read the audit.
    #[error(transparent)]
    Token(#[from] engine::Error),
    /// There is no new backup.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The providers of a drill cannot listen.
    #[error("the providers of the drill cannot listen: {0}")]
    Drill(io::Error),
    /// A provider of a drill would be reached over the network.
    #[error("a provider of the drill would be at {address}, which is not on this machine")]
    DrillNotLoopback { address: SocketAddr },
}

impl StartError {
    /// Stable; decides the exit code.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Mute { .. } | Self::Background { .. } | Self::Offline => "offline",
            Self::Engine(OpenError::InUse { .. })
            | Self::Serve(_)
            | Self::Page(_)
            | Self::Listen { .. }
            | Self::Backup(BackupError::Exists { .. })
            | Self::Exists { .. } => "conflict",
            Self::Backup(BackupError::Missing { .. }) => "not_found",
            Self::DrillNotLoopback { .. }
            | Self::NoHome
            | Self::NotPrivate { .. }
            | Self::NoDisplay
            | Self::Settings(_) => "invalid",
            Self::Token(error) => match error {
                engine::Error::NotFound { .. } => "not_found",
                engine::Error::Invalid { .. } | engine::Error::Conflict { .. } => "invalid",
                _ => "internal",
            },
            Self::Plane(error) => match error {
                control_plane::Error::NotFound { .. } => "not_found",
                control_plane::Error::Invalid { .. } | control_plane::Error::Conflict { .. } => "invalid",
                control_plane::Error::Forbidden { .. } => "forbidden",
                _ => "offline",
            },
            Self::DataDir { .. }
            | Self::Runtime(_)
            | Self::Drill(_)
            | Self::Engine(_)
            | Self::Desktop(_)
            | Self::Output(_)
            | Self::Backup(_)
            | Self::Export { .. } => "internal",
        }
    }

    /// Each setting that cannot be used.
    pub(crate) fn faults(&self) -> &[Fault] {
        match self {
            Self::Settings(faults) => faults,
            _ => &[],
        }
    }

    /// What to do.
    pub(crate) fn hint(&self) -> Option<String> {
        let text = match self {
            Self::NoHome => "Say where it is: --data-dir DIR",
            Self::DataDir { .. } => "Choose a folder that you may write: --data-dir DIR",
            Self::NotPrivate { path } => return Some(format!("Make it yours: chmod 700 {}", path.display())),
            Self::NoDisplay => "Open the console in a browser instead: breakwater serve",
            Self::Mute { .. } => "See which breakwater process runs, stop it, and try again.",
            Self::Backup(BackupError::Missing { .. }) => {
                "Start the control plane once, or name its folder: --data-dir DIR"
            }
            Self::Backup(BackupError::Broken { .. }) => {
                "Keep the database and its older backups as they are, and look at the disk."
            }
            Self::Exists { .. } | Self::Backup(BackupError::Exists { .. }) => {
                "Choose another name: nothing is overwritten."
            }
            Self::Listen { .. } => "Choose another port, or port 0 for a free one.",
            Self::Background { log, .. } => return Some(format!("See {}, or run `breakwater plane`.", log.display())),
            Self::Offline => "Leave out --offline.",
            Self::Settings(_) => "Run `breakwater plane --check`, which names each fault and starts nothing.",
            Self::Token(engine::Error::Invalid { faults })
            | Self::Plane(control_plane::Error::Invalid { faults, .. }) => {
                return faults.first().map(|fault| fault.remedy.clone());
            }
            _ => return None,
        };
        Some(text.to_owned())
    }
}
