//! The client against servers that are broken or mean: every outcome has its name, and nothing hangs or fills memory.

#![expect(clippy::expect_used, reason = "a set-up that breaks is a failed test")]

use client_breakwater::{BreakwaterClient, BuildError, Limits};
use control_plane::{CallContext, ControlPlane, Error};
use domain::{CorrelationId, FeedItem, RunId, Secret};
use futures::StreamExt;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Short, so that a stand-in that says nothing costs no time.
fn limits() -> Limits {
    Limits {
        connect: Duration::from_secs(2),
        read: Duration::from_millis(300),
        call: Duration::from_millis(900),
        silence: Duration::from_millis(300),
        body: 64 * 1024,
    }
}

fn context() -> CallContext {
    CallContext::new(CorrelationId::new("hostile-1"))
}

/// Reads the head of a request and gives it back.
async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// A server that answers every connection with these bytes and closes it.
async fn says(bytes: impl Into<Vec<u8>>) -> BreakwaterClient {
    let bytes: Arc<[u8]> = Arc::from(bytes.into());
    behaves(move |mut stream| {
        let bytes = Arc::clone(&bytes);
        async move {
            head(&mut stream).await;
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
    })
    .await
}

/// A server that does this with every connection.
async fn behaves<F, W>(with: F) -> BreakwaterClient
where
    F: Fn(TcpStream) -> W + Send + 'static,
    W: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(with(stream));
        }
    });
    BreakwaterClient::tcp(&format!("http://{address}"), Some(Secret::new("token-1").into()), limits())
        .expect("a client")
}

fn answer(status: &str, media: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-type: {media}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

async fn run(client: &BreakwaterClient) -> Error {
    client.run(&context(), &RunId::new("run_1")).await.expect_err("nothing here is a run")
}

#[tokio::test]
async fn answers_that_are_not_our_protocol_are_incompatible() {
    let html = "<html><body>Welcome to the router</body></html>";
    let cut = r#"{"success":true,"data":{"id":"run_1","goal":"#;
    let bare = r#"{"id":"run_1"}"#;
    let hollow = r#"{"success":true,"meta":{"timestamp":"2026-01-01T00:00:00.000Z","requestId":"1"}}"#;
    for (what, bytes) in [
        ("HTML", answer("200 OK", "text/html", html)),
        ("HTML that says it is JSON", answer("200 OK", "application/json", html)),
        ("cut JSON", answer("200 OK", "application/json", cut)),
        ("JSON without envelope", answer("200 OK", "application/json", bare)),
        ("success without data", answer("200 OK", "application/json", hollow)),
        ("nothing", answer("200 OK", "application/json", "")),
        ("no content", "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n".to_owned()),
        ("a foreign 404", answer("404 Not Found", "text/html", html)),
        ("a redirect", "HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n".to_owned()),
        ("another protocol", "SSH-2.0-OpenSSH_9.9\r\n".to_owned()),
    ] {
        let client = says(bytes).await;
        let error = run(&client).await;
        assert!(matches!(error, Error::Incompatible { .. }), "{what} is not our protocol: {error:?}");
    }
}

#[tokio::test]
async fn outages_are_named_as_such() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let client = BreakwaterClient::tcp(&format!("http://{address}"), None, limits()).expect("a client");
    let refused = Error::Unreachable { detail: "connection refused".to_owned() };
    assert_eq!(run(&client).await, refused, "nobody listens");

    let client = behaves(|mut stream| async move {
        head(&mut stream).await;
    })
    .await;
    let error = run(&client).await;
    assert!(matches!(error, Error::Unreachable { .. }), "the connection broke before an answer: {error:?}");

    let client = says("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"succ").await;
    let error = run(&client).await;
    assert!(matches!(error, Error::Unreachable { .. }), "the connection broke within an answer: {error:?}");

    let client = says(answer("502 Bad Gateway", "text/html", "<html>")).await;
    let down = Error::Unavailable { status: 502, correlation_id: None };
    assert_eq!(run(&client).await, down, "a proxy in front of a dead plane");

    let client = says("HTTP/1.1 429 Too Many Requests\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n").await;
    let throttled = Error::Throttled { retry_after: Some(Duration::from_secs(7)) };
    assert_eq!(run(&client).await, throttled, "the wait that is asked for is passed on");
}

#[tokio::test]
async fn silence_and_dripping_end_in_time() {
    let silent = behaves(|mut stream| async move {
        head(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    assert_eq!(run(&silent).await, Error::TimedOut, "no answer is waited for endlessly");

    let dripping = behaves(|mut stream| async move {
        head(&mut stream).await;
        let start = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n";
        let _ = stream.write_all(start.as_bytes()).await;
        let mut drip = tokio::time::interval(Duration::from_millis(50));
        loop {
            drip.tick().await;
            if stream.write_all(b" ").await.is_err() {
                return;
            }
        }
    })
    .await;
    assert_eq!(run(&dripping).await, Error::TimedOut, "steady dripping does not stretch a call");
}

#[tokio::test]
async fn a_flood_is_cut_off() {
    const FLOOD: usize = 50 * 1024 * 1024;
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let client = behaves(move |mut stream| {
        let count = Arc::clone(&count);
        async move {
            head(&mut stream).await;
            let start = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {FLOOD}\r\n\r\n");
            let _ = stream.write_all(start.as_bytes()).await;
            let piece = vec![b' '; 64 * 1024];
            while count.fetch_add(piece.len(), Ordering::Relaxed) < FLOOD {
                if stream.write_all(&piece).await.is_err() {
                    return;
                }
            }
        }
    })
    .await;
    let error = run(&client).await;
    assert!(matches!(error, Error::Incompatible { .. }), "too much is not our protocol: {error:?}");
    assert!(sent.load(Ordering::Relaxed) < FLOOD, "the rest was not read");
}

#[tokio::test]
async fn each_call_is_sent_once_with_what_accompanies_it() {
    let (heads, mut seen) = tokio::sync::mpsc::unbounded_channel();
    let client = behaves(move |mut stream| {
        let heads = heads.clone();
        async move {
            let _ = heads.send(head(&mut stream).await);
        }
    })
    .await;
    run(&client).await;
    let head = seen.recv().await.expect("the call arrived").to_lowercase();
    assert!(head.starts_with("get /api/v1/runs/run_1 http/1.1\r\n"), "the path is that of the API: {head}");
    assert!(head.contains("authorization: bearer token-1\r\n"), "the token travels in its header");
    assert!(head.contains("x-correlation-id: hostile-1\r\n"), "the correlation id travels along");
    assert!(seen.try_recv().is_err(), "a call that broke is not sent again from here");

    let climbing = client.run(&context(), &RunId::new("..")).await.expect_err("no run is called so");
    assert!(matches!(climbing, Error::NotFound { .. }), "an id cannot climb to another path: {climbing:?}");
    assert!(seen.try_recv().is_err(), "such a call is not sent at all");
}

#[tokio::test]
async fn a_feed_ends_with_its_reason() {
    let start = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    let beat = "event: heartbeat\ndata: {\"type\":\"heartbeat\"}\n\n";

    let client = says(format!("{start}event: novelty\ndata: whatever\n\n: comment\n\n{beat}")).await;
    let items: Vec<_> = client.feed(&context(), None).await.expect("a feed").collect().await;
    assert_eq!(items, [Ok(FeedItem::Heartbeat)], "what a later version adds is passed over; the end is the end");

    let client = says(format!("{start}{beat}event: event\ndata: {{\"type\":\"event\"}}\n\n{beat}")).await;
    let items: Vec<_> = client.feed(&context(), None).await.expect("a feed").collect().await;
    assert!(matches!(items[..], [Ok(_), Err(Error::Incompatible { .. })]), "nothing follows an error: {items:?}");

    let client = says(format!("{start}data: {}", "x".repeat(200 * 1024))).await;
    let items: Vec<_> = client.feed(&context(), None).await.expect("a feed").collect().await;
    assert!(
        matches!(items[..], [Err(Error::Incompatible { .. })]),
        "an endless item is cut off: {} items",
        items.len()
    );

    let silent = behaves(move |mut stream| async move {
        head(&mut stream).await;
        let _ = stream.write_all(format!("{start}{beat}").as_bytes()).await;
        std::future::pending::<()>().await;
    })
    .await;
    let items: Vec<_> = silent.feed(&context(), None).await.expect("a feed").collect().await;
    assert!(matches!(items[..], [Ok(_), Err(Error::Unreachable { .. })]), "silence ends a feed: {items:?}");

    let client = says(answer("200 OK", "text/html", "<html>")).await;
    let error = client.feed(&context(), None).await.err();
    assert!(matches!(error, Some(Error::Incompatible { .. })), "a page is no feed: {error:?}");
}

#[test]
fn addresses_are_judged_without_repeating_them() {
    for bad in ["ftp://plane", "plane", "http://me:hunter2@plane", "http://plane/?token=hunter2", "unix:/x"] {
        let error = BreakwaterClient::tcp(bad, None, limits()).expect_err("not an address");
        assert!(matches!(error, BuildError::Address { .. }), "{bad} is refused: {error}");
        assert!(!error.to_string().contains("hunter2"), "a password in an address is not repeated: {error}");
    }
    let secret = Secret::new("hunter2");
    let client =
        BreakwaterClient::tcp("https://plane.example/prefix/", Some(secret.into()), limits()).expect("a client");
    assert!(!format!("{client:?}").contains("hunter2"), "the token shows in no debug output");
}
