//! Arguments of the verbs that stay and serve, and of tokens.

use clap::{Args, Subcommand};
use std::{net::SocketAddr, num::NonZeroUsize, path::PathBuf, time::Duration};

/// How to serve the console.
#[derive(Debug, Clone, Args)]
pub struct ServeArguments {
    /// Loopback address and port; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    pub listen: SocketAddr,
}

/// How to run the control plane.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct PlaneArguments {
    /// What to do instead of running it.
    #[command(subcommand)]
    pub verb: Option<PlaneVerb>,
    /// Also listen here by TCP, where a token is needed always; port 0 takes a free one. The address is printed first.
    /// Wins over `listen.address` of plane.toml.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Allow --listen on an address that other machines reach. This needs TLS, or declared proxies, in plane.toml.
    #[arg(long, requires = "listen")]
    pub allow_network: bool,
    /// Judge plane.toml in the data directory and the environment, name every fault, and start nothing.
    #[arg(long)]
    pub check: bool,
    /// Most steps that execute at once.
    #[arg(long, default_value = "8", value_name = "N")]
    pub slots: NonZeroUsize,
    /// End by itself after this many seconds with no open run and no client.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub idle_exit: Option<Duration>,
    /// Leave the terminal that it was started from.
    #[arg(long, hide = true)]
    pub detached: bool,
}

/// What to do about the control plane without running it.
#[derive(Debug, Clone, Subcommand)]
pub enum PlaneVerb {
    /// Copy its database while it works, check the copy, and note when that was, which the plane tells from then on.
    Backup {
        /// The file to make; by default one in the folder `backups` of the data directory. Nothing is overwritten.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// What to do with tokens.
#[derive(Debug, Clone, Subcommand)]
pub enum TokenVerb {
    /// Make a token and print it, this once: only its hash is kept.
    Create {
        /// What it is called, 1 to 60 characters.
        name: String,
    },
    /// List the tokens that are valid.
    Ls,
    /// Make a token invalid at once and for ever.
    Revoke {
        /// Its id, as `token ls` shows it.
        id: String,
    },
}

pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<u64>() {
        Ok(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds)),
        _ => Err("write a whole number of seconds, 1 to 86400".to_owned()),
    }
}
