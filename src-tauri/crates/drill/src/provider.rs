//! One provider: takes connections, reads a request from each, and answers it as the script has it at that moment.

use crate::{
    ledger::Ledger,
    request::Request,
    script::Script,
    wire::{self, STREAM_END, STREAM_HEAD, Whole},
};
use domain::{DrillFault, DrillProvider, DrillRequest};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::sleep,
};

/// Between two events of a stream that is slow: short enough that nobody takes it for silence, and the events together
/// take longer than a step of a drill may.
const SLOW: Duration = Duration::from_secs(20);
/// Between two tries to listen again at an address that was given up on purpose.
const AGAIN: Duration = Duration::from_millis(50);

/// One provider of a drill.
#[derive(Debug, Clone)]
pub(crate) struct Provider {
    pub(crate) who: DrillProvider,
    pub(crate) key: Arc<str>,
    pub(crate) script: Arc<Script>,
    pub(crate) ledger: Arc<Ledger>,
}

impl Provider {
    /// Plays its part until it is dropped. Connections end with it.
    pub(crate) async fn play(self, listener: TcpListener, address: SocketAddr) {
        let mut listening = Some(listener);
        let mut open = JoinSet::new();
        loop {
            // Who listens cannot refuse a connection, so it stops listening.
            if self.script.fault(self.who) == Some(DrillFault::Unreachable) {
                listening = None;
            }
            let Some(listener) = &listening else {
                self.well_again().await;
                listening = listen_again(address).await;
                continue;
            };
            tokio::select! {
                () = self.script.change(self.who) => {}
                Some(_ended) = open.join_next() => {}
                Ok((stream, _)) = listener.accept() => {
                    let provider = self.clone();
                    open.spawn(async move { provider.serve(stream).await });
                }
            }
        }
    }

    async fn well_again(&self) {
        while self.script.fault(self.who) == Some(DrillFault::Unreachable) {
            self.script.change(self.who).await;
        }
    }

    async fn serve(&self, mut stream: TcpStream) {
        let Some(request) = Request::read(&mut stream).await else { return };
        let fault = self.script.fault(self.who);
        let refused = wire::refusal(self.who, &request, &self.key);
        let noted = DrillRequest { at_ms: self.script.elapsed_ms(), provider: self.who, fault };
        self.ledger.note(noted);
        // Whoever asked may be gone, which is no matter of the provider's.
        let _ = match refused {
            Some(refused) => stream.write_all(refused.bytes().as_bytes()).await,
            None => self.answer(&mut stream, &request, fault).await,
        };
    }

    async fn answer(
        &self,
        stream: &mut TcpStream,
        request: &Request,
        fault: Option<DrillFault>,
    ) -> std::io::Result<()> {
        let model = request.model().unwrap_or_default();
        if let Some(failed) = fault.and_then(|fault| wire::failure(self.who, fault)) {
            return stream.write_all(failed.bytes().as_bytes()).await;
        }
        match fault {
            Some(DrillFault::Hanging) => until_given_up(stream).await,
            Some(DrillFault::Malformed) => malformed(stream, request).await,
            Some(DrillFault::CutStream) => self.cut(stream, request, model).await,
            Some(DrillFault::SlowStream) => self.stream(stream, model, SLOW).await,
            _ if request.wants_stream() => self.stream(stream, model, Duration::ZERO).await,
            _ => stream.write_all(wire::answer(self.who, model).bytes().as_bytes()).await,
        }
    }

    async fn stream(&self, stream: &mut TcpStream, model: &str, pause: Duration) -> std::io::Result<()> {
        stream.write_all(STREAM_HEAD.as_bytes()).await?;
        for event in wire::events(self.who, model) {
            stream.write_all(wire::chunk(&event).as_bytes()).await?;
            stream.flush().await?;
            sleep(pause).await;
        }
        stream.write_all(STREAM_END.as_bytes()).await
    }

    /// Half of the answer, and then a reset instead of an end.
    async fn cut(&self, stream: &mut TcpStream, request: &Request, model: &str) -> std::io::Result<()> {
        if request.wants_stream() {
            let events = wire::events(self.who, model);
            stream.write_all(STREAM_HEAD.as_bytes()).await?;
            for event in events.iter().take(events.len() / 2) {
                stream.write_all(wire::chunk(event).as_bytes()).await?;
            }
        } else {
            let bytes = wire::answer(self.who, model).bytes();
            let half = bytes.as_bytes().get(..bytes.len() / 2).unwrap_or_default();
            stream.write_all(half).await?;
        }
        stream.flush().await?;
        // The system sends the reset when the connection is dropped.
        stream.set_zero_linger()
    }
}

/// Says nothing until the other side has had enough.
async fn until_given_up(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut nothing = [0; 64];
    while stream.read(&mut nothing).await? > 0 {}
    Ok(())
}

/// JSON that breaks off in the middle, in the shape that was asked for.
async fn malformed(stream: &mut TcpStream, request: &Request) -> std::io::Result<()> {
    const BROKEN: &str = "{\"type\": \"message\", \"content\": [";
    let bytes = if request.wants_stream() {
        format!("{STREAM_HEAD}{}{STREAM_END}", wire::chunk(&format!("data: {BROKEN}\n\n")))
    } else {
        Whole { status: 200, retry_after: None, body: BROKEN.to_owned() }.bytes()
    };
    stream.write_all(bytes.as_bytes()).await
}

/// Takes the same address again. Somebody else may have it for a moment.
async fn listen_again(address: SocketAddr) -> Option<TcpListener> {
    match TcpListener::bind(address).await {
        Ok(listener) => Some(listener),
        Err(error) => {
            tracing::warn!(%address, %error, "a provider of a drill cannot listen again yet");
            sleep(AGAIN).await;
            None
        }
    }
}
