//! What the tests of the tools share: a log that remembers, calls with made-up inputs, and a host on loopback that speaks
//! exactly the bytes that a test gives it.

use super::{LogSink, ToolCall, breakers::BreakerSet};
use domain::{Clock, LogStream, Timestamp};
use parking_lot::Mutex;
use serde_json::{Map, Value};
use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A log that remembers.
#[derive(Debug, Default)]
pub(super) struct Remembered(Mutex<Vec<(LogStream, String)>>);

impl LogSink for Remembered {
    fn line(&self, stream: LogStream, text: &str) {
        self.0.lock().push((stream, text.to_owned()));
    }
}

impl Remembered {
    /// The lines of one stream, joined.
    pub(super) fn text(&self, wanted: LogStream) -> String {
        let lines = self.0.lock();
        lines.iter().filter(|(stream, _)| *stream == wanted).flat_map(|(_, line)| [line.as_str(), "\n"]).collect()
    }

    /// Waits until a line of standard output is there that `pick` likes.
    pub(super) async fn wait_for<T>(&self, pick: impl Fn(&str) -> Option<T>) -> T {
        eventually("a line of output", || {
            self.0.lock().iter().filter(|(s, _)| *s == LogStream::Stdout).find_map(|(_, line)| pick(line))
        })
        .await
    }
}

/// Polls a condition for at most 20 seconds.
pub(super) async fn eventually<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(found) = condition() {
            return found;
        }
        assert!(tokio::time::Instant::now() < deadline, "{what} did not come within 20 s");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// An object from a JSON literal.
pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("the test means an object, not {other}"),
    }
}

/// A first attempt with these inputs, and the log that it writes to.
pub(super) fn call(tool: &str, inputs: Value) -> (ToolCall, Arc<Remembered>) {
    let log = Arc::new(Remembered::default());
    let call = ToolCall {
        tool: tool.to_owned(),
        inputs: object(inputs),
        upstream: Map::new(),
        attempt: 1,
        plan_retries: false,
        attempt_marker: format!("test-{}", uuid::Uuid::new_v4()),
        correlation_id: "corr-1".to_owned(),
        cancel: tokio_util::sync::CancellationToken::new(),
        log: log.clone(),
    };
    (call, log)
}

/// A clock that stands still.
#[derive(Debug)]
pub(super) struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000)
    }
}

/// A new set of breakers.
pub(super) fn breakers() -> Arc<BreakerSet> {
    Arc::new(BreakerSet::new(Arc::new(Still)))
}

/// What a host does with one connection after it has read the request.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// Writes these bytes and closes.
    Bytes(String),
    /// Writes these bytes and then neither writes nor closes.
    ThenSilence(String),
}

impl Reply {
    /// A whole answer with this status, further header lines and body.
    pub(super) fn whole(status: u16, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::Bytes(format!(
            "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        ))
    }

    /// The head of an event stream, and these bytes of it.
    pub(super) fn events(body: &str) -> Self {
        let end = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
        Self::Bytes(format!("{STREAM_HEAD}{end}"))
    }

    /// The same, but the connection breaks off in the middle of the stream.
    pub(super) fn cut_events(body: &str) -> Self {
        Self::Bytes(format!("{STREAM_HEAD}{:x}\r\n{body}\r\n", body.len()))
    }

    /// The same, but nothing follows.
    pub(super) fn silent_events(body: &str) -> Self {
        Self::ThenSilence(format!("{STREAM_HEAD}{:x}\r\n{body}\r\n", body.len()))
    }
}

const STREAM_HEAD: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n";

/// A host on loopback. It gives its replies in order, and the last one again and again.
#[derive(Debug)]
pub(super) struct Host {
    /// Its address, `http://127.0.0.1:port`.
    pub(super) url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Host {
    /// Starts a host; it lives as long as the test's runtime.
    pub(super) async fn with(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        tokio::spawn(async move {
            let mut replies = replies.into_iter().peekable();
            let mut last = Reply::whole(500, "", "");
            while let Ok((stream, _)) = listener.accept().await {
                last = replies.next().unwrap_or(last);
                tokio::spawn(serve(stream, last.clone(), seen.clone()));
            }
        });
        Self { url, requests }
    }

    /// Every request so far, head and body.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().clone()
    }
}

async fn serve(mut stream: TcpStream, reply: Reply, seen: Arc<Mutex<Vec<String>>>) {
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    while !is_whole(&request) {
        match stream.read(&mut buffer).await {
            Ok(read @ 1..) => request.extend_from_slice(&buffer[..read]),
            _ => return,
        }
    }
    seen.lock().push(String::from_utf8_lossy(&request).into_owned());
    let (bytes, silence) = match reply {
        Reply::Bytes(bytes) => (bytes, false),
        Reply::ThenSilence(bytes) => (bytes, true),
    };
    if stream.write_all(bytes.as_bytes()).await.is_ok() && silence {
        let _gone = stream.read(&mut buffer).await;
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head
        .to_ascii_lowercase()
        .split("content-length: ")
        .nth(1)
        .and_then(|rest| rest.lines().next()?.trim().parse().ok());
    body.len() >= length.unwrap_or(0)
}
