//! A proxy in front of a server that does to its connections what networks, balancers and dying servers do.
//!
//! While there is no fault it passes bytes on. A fault that is set cuts every open connection first, so that it holds for
//! the very next request. It listens on a loopback port and ends when it is dropped.
#![expect(clippy::expect_used, reason = "a helper that cannot do its work ends the test")]

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// Every connection is reset as soon as it is there.
    Reset,
    /// Requests are taken and never answered.
    HalfOpen,
    /// Requests are passed on and carried out, and their answers never arrive.
    AnswerLost,
    /// Every request waits so long before it is passed on.
    Latency(Duration),
    /// Every request is answered with this status and an empty JSON object; a 429 asks for a second of rest.
    Storm(u16),
    /// The answer breaks off in the middle of its JSON.
    Truncated,
    /// A page where JSON is expected, as from a captive portal.
    Page,
    /// Fifty million bytes of JSON.
    Flood,
    /// A byte of JSON now and then, without end.
    Drip,
}

impl Fault {
    /// Every fault of which a client can tell at once or after its time limit that something is wrong.
    pub const ALL: [Self; 10] = [
        // First, while no breaker stands before a repetition.
        Self::AnswerLost,
        Self::Reset,
        Self::HalfOpen,
        Self::Storm(500),
        Self::Storm(503),
        Self::Storm(429),
        Self::Truncated,
        Self::Page,
        Self::Flood,
        Self::Drip,
    ];
}

/// The proxy.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    fault: watch::Sender<Fault>,
    /// Requests so far, whatever became of them.
    requests: Arc<AtomicUsize>,
    accepting: JoinHandle<()>,
}

impl FaultProxy {
    /// Stands before this server.
    ///
    /// # Panics
    /// If this machine has no free loopback port.
    pub async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port is free");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (fault, seen) = watch::channel(Fault::None);
        let requests = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&requests);
        let accepting = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let mut changed = seen.clone();
                let fault = *changed.borrow_and_update();
                let counter = Arc::clone(&counter);
                connections.spawn(async move {
                    tokio::select! {
                        // Whatever becomes of the connection is what the other side is to cope with.
                        _ = suffer(fault, stream, server, &counter) => {}
                        _ = changed.changed() => {}
                    }
                });
                while connections.try_join_next().is_some() {}
            }
        });
        Self { address, fault, requests, accepting }
    }

    /// Where it listens, as a base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on this is wrong. Every open connection ends.
    pub fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }

    /// Requests so far, whatever became of them. A connection that is reset at once counts as one.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn suffer(
    fault: Fault,
    mut stream: TcpStream,
    server: SocketAddr,
    requests: &AtomicUsize,
) -> std::io::Result<()> {
    const JSON: &str = "content-type: application/json\r\n";
    if !matches!(fault, Fault::None | Fault::Latency(_)) {
        requests.fetch_add(1, Ordering::Relaxed);
    }
    match fault {
        Fault::None => pass(stream, server, requests).await,
        Fault::Latency(by) => {
            tokio::time::sleep(by).await;
            pass(stream, server, requests).await
        }
        Fault::Reset => stream.set_zero_linger(),
        Fault::HalfOpen => {
            request(&mut stream).await?;
            std::future::pending().await
        }
        Fault::AnswerLost => lose_answer(stream, server).await,
        Fault::Storm(status) => {
            request(&mut stream).await?;
            let rest = if status == 429 { "retry-after: 1\r\n" } else { "" };
            say(
                &mut stream,
                &format!("HTTP/1.1 {status} Fault\r\n{JSON}{rest}content-length: 2\r\nconnection: close\r\n\r\n{{}}"),
            )
            .await
        }
        Fault::Truncated => {
            request(&mut stream).await?;
            say(
                &mut stream,
                &format!("HTTP/1.1 200 OK\r\n{JSON}content-length: 1000\r\nconnection: close\r\n\r\n{{\"runs\":[{{"),
            )
            .await
        }
        Fault::Page => {
            request(&mut stream).await?;
            let page = "<html>Sign in to this network</html>";
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                page.len()
            );
            say(&mut stream, &format!("{head}{page}")).await
        }
        Fault::Flood => {
            request(&mut stream).await?;
            say(
                &mut stream,
                &format!("HTTP/1.1 200 OK\r\n{JSON}content-length: 50000000\r\nconnection: close\r\n\r\n[\""),
            )
            .await?;
            let block = vec![b'x'; 64 * 1024];
            for _ in 0..(50_000_000 / block.len()) {
                stream.write_all(&block).await?;
            }
            Ok(())
        }
        Fault::Drip => {
            request(&mut stream).await?;
            say(
                &mut stream,
                &format!("HTTP/1.1 200 OK\r\n{JSON}transfer-encoding: chunked\r\nconnection: close\r\n\r\n"),
            )
            .await?;
            loop {
                stream.write_all(b"1\r\n \r\n").await?;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// Passes bytes on both ways, and counts the heads of requests among them.
async fn pass(stream: TcpStream, server: SocketAddr, requests: &AtomicUsize) -> std::io::Result<()> {
    const END_OF_FIRST_LINE: &[u8] = b" HTTP/1.1\r\n";
    let (mut from_client, mut to_client) = stream.into_split();
    let (mut from_server, mut to_server) = TcpStream::connect(server).await?.into_split();
    let onward = async {
        let mut block = vec![0; 64 * 1024];
        loop {
            let read = from_client.read(&mut block).await?;
            let heads =
                block[..read].windows(END_OF_FIRST_LINE.len()).filter(|part| *part == END_OF_FIRST_LINE).count();
            requests.fetch_add(heads, Ordering::Relaxed);
            if read == 0 {
                return to_server.shutdown().await;
            }
            to_server.write_all(&block[..read]).await?;
        }
    };
    let back = tokio::io::copy(&mut from_server, &mut to_client);
    tokio::try_join!(onward, async { back.await.map(drop) }).map(drop)
}

/// Passes the request on, waits until it was carried out, and ends the connection instead of saying so.
async fn lose_answer(stream: TcpStream, server: SocketAddr) -> std::io::Result<()> {
    let (mut from_client, to_client) = stream.into_split();
    let (mut from_server, mut to_server) = TcpStream::connect(server).await?.into_split();
    let onward = tokio::io::copy(&mut from_client, &mut to_server);
    let mut first = [0];
    tokio::select! {
        _ = onward => {}
        _ = from_server.read(&mut first) => {}
    }
    drop(to_client);
    Ok(())
}

/// Reads the head of a request; what follows of it stays in the socket.
async fn request(stream: &mut TcpStream) -> std::io::Result<()> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).await? > 0 {
        head.push(byte[0]);
    }
    Ok(())
}

async fn say(stream: &mut TcpStream, text: &str) -> std::io::Result<()> {
    stream.write_all(text.as_bytes()).await
}
