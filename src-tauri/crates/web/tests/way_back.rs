//! The listener that a browser comes back to, over real loopback connections: whom it hears, and whom it sends away.

#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

use console::{AwaitedReturn, BrowserReturn as _, CameBack, NotLetIn};
use domain::Secret;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinHandle,
};
use web::WayBack;

const STATE: &str = "s-4f1c";

struct Awaited {
    authority: String,
    path: String,
    heard: JoinHandle<Result<CameBack, NotLetIn>>,
}

async fn awaited() -> Awaited {
    let listening: Box<dyn AwaitedReturn> = WayBack.listen().await.expect("a port is free");
    let address = listening.address().to_owned();
    let rest = address.strip_prefix("http://").expect("plain HTTP on this machine");
    let (authority, path) = rest.split_once('/').expect("a path");
    assert!(authority.starts_with("127.0.0.1:"), "only this machine reaches {address}");
    let heard = tokio::spawn(async move { listening.came_back(STATE).await });
    Awaited { authority: authority.to_owned(), path: format!("/{path}"), heard }
}

impl Awaited {
    /// The whole answer to a request for this.
    async fn get(&self, target: &str) -> String {
        let mut stream = TcpStream::connect(&self.authority).await.expect("it listens");
        let request = format!("GET {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.authority);
        stream.write_all(request.as_bytes()).await.expect("the request is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("the answer is text");
        answer
    }

    async fn come(&self, query: &str) -> String {
        self.get(&format!("{}?{query}", self.path)).await
    }

    async fn heard(self) -> Result<CameBack, NotLetIn> {
        self.heard.await.expect("it ends by itself")
    }
}

#[tokio::test]
async fn the_browser_of_this_sign_in_is_heard_and_reads_what_to_do() {
    let awaited = awaited().await;
    let page =
        awaited.come(&format!("session_state=x&state={STATE}&code=c%2F1%2B2&iss=https%3A%2F%2Fid.example")).await;
    assert!(page.starts_with("HTTP/1.1 200 ") && page.contains("Back to Breakwater"), "{page}");
    for header in
        ["content-security-policy: default-src 'none'", "referrer-policy: no-referrer", "cache-control: no-store"]
    {
        assert!(page.to_lowercase().contains(header), "{header} is missing: {page}");
    }
    assert!(!page.contains("c/1+2") && !page.contains("c%2F1"), "the page repeats nothing: {page}");
    let issuer = Some("https://id.example".to_owned());
    let expected = CameBack { state: STATE.to_owned(), code: Secret::new("c/1+2"), issuer };
    assert_eq!(awaited.heard().await, Ok(expected), "decoded, and nothing else");
}

#[tokio::test]
async fn whoever_comes_with_anything_else_is_sent_away_and_ends_nothing() {
    let awaited = awaited().await;
    for query in [
        "",
        "code=c",
        "state=&code=c",
        "state=other&code=c",
        "state=other&error=access_denied",
        "state=s-4f1&code=c",
        "state=s-4f1c&state=s-4f1c&code=c",
        "state=s-4f1c&code=a&code=b",
        "state=%ff&code=c",
    ] {
        let page = awaited.come(query).await;
        assert!(page.starts_with("HTTP/1.1 404 ") && page.contains("Nothing waits for this page"), "{query}: {page}");
    }
    let elsewhere = awaited.get(&format!("/?state={STATE}&code=c")).await;
    assert!(elsewhere.starts_with("HTTP/1.1 404 "), "another path is none: {elsewhere}");
    assert!(!awaited.heard.is_finished(), "it still waits");
    awaited.come(&format!("state={STATE}&code=c")).await;
    assert!(awaited.heard().await.is_ok(), "and hears the right one");
}

#[tokio::test]
async fn what_a_provider_says_instead_is_a_word_or_left_out() {
    for (error, heard) in [
        ("error=access_denied", "access_denied"),
        ("error=access_denied&code=c", "access_denied"),
        ("error=%3Cscript%3E", "it does not say why"),
        ("error=", "it does not say why"),
        ("error_description=no", "it does not say why"),
    ] {
        let awaited = awaited().await;
        awaited.come(&format!("{error}&state={STATE}")).await;
        assert_eq!(awaited.heard().await, Err(NotLetIn { error: heard.to_owned() }), "{error}");
    }
}

#[tokio::test]
async fn a_listener_that_nobody_waits_at_any_more_is_gone() {
    let awaited = awaited().await;
    awaited.heard.abort();
    assert!(awaited.heard.await.expect_err("it was given up").is_cancelled());
    assert!(TcpStream::connect(&awaited.authority).await.is_err(), "nobody listens there");
}
