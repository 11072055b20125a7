//! Both providers of one drill, from the first request to the last.

use crate::{ledger::Ledger, provider::Provider, script::Script};
use domain::{DrillPhase, DrillProvider, DrillRequest};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Where the providers of a drill listen. There is no way to make one that is not on loopback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addresses {
    anthropic: SocketAddr,
    openai: SocketAddr,
}

impl Addresses {
    /// Of one of them.
    pub const fn of(&self, provider: DrillProvider) -> SocketAddr {
        match provider {
            DrillProvider::Anthropic => self.anthropic,
            DrillProvider::Openai => self.openai,
        }
    }
}

/// Both providers. They end when this is dropped.
#[derive(Debug)]
pub struct Stage {
    addresses: Addresses,
    script: Arc<Script>,
    ledger: Arc<Ledger>,
    tasks: TaskTracker,
    over: CancellationToken,
}

impl Stage {
    /// Takes two free ports of 127.0.0.1 and begins the script. Requests with another key than `key` are refused as a real
    /// provider refuses them.
    pub async fn open(phases: Vec<DrillPhase>, key: &str) -> io::Result<Self> {
        let anthropic = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let openai = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let addresses = Addresses { anthropic: anthropic.local_addr()?, openai: openai.local_addr()? };
        let (script, ledger) = (Arc::new(Script::begin(phases)), Arc::<Ledger>::default());
        let (tasks, over) = (TaskTracker::new(), CancellationToken::new());
        for (who, listener) in [(DrillProvider::Anthropic, anthropic), (DrillProvider::Openai, openai)] {
            let (script, ledger) = (Arc::clone(&script), Arc::clone(&ledger));
            let provider = Provider { who, key: Arc::from(key), script, ledger };
            let over = over.clone();
            let address = addresses.of(who);
            tasks.spawn(async move { over.run_until_cancelled(provider.play(listener, address)).await });
        }
        Ok(Self { addresses, script, ledger, tasks, over })
    }

    /// Where they listen.
    pub const fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// How far the script is, in milliseconds.
    pub fn elapsed_ms(&self) -> u64 {
        self.script.elapsed_ms()
    }

    /// Every request so far, in the order in which they came.
    pub fn requests(&self) -> Vec<DrillRequest> {
        self.ledger.all()
    }

    /// Ends both, and waits until their ports are free.
    pub async fn close(&self) {
        self.over.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.over.cancel();
    }
}
