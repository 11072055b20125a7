//! The door of the web face over real loopback connections: who gets in, who does not, and what they are told.

#![expect(clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

use console::{ConnectError, Connector, Console, ConsoleParts, Pace, Probe, SyncMode};
use control_plane::{ControlPlane, Credential};
use credentials::MemoryStore;
use domain::{ControlPlaneKind, Secret, SystemClock};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use web::{ServeError, WebConfig};

/// There is no control plane in these tests.
#[derive(Debug)]
struct Nowhere;

#[async_trait::async_trait]
impl Connector for Nowhere {
    fn connect(
        &self,
        _: ControlPlaneKind,
        _: &str,
        _: Option<Credential>,
    ) -> Result<Arc<dyn ControlPlane>, ConnectError> {
        Err(ConnectError::KindNotSupported)
    }

    async fn probe(&self, _: &str, _: Option<Credential>) -> Probe {
        Probe { kind: None, because: None, hops: Vec::new() }
    }
}

struct House {
    address: SocketAddr,
    shutdown: CancellationToken,
    serving: JoinHandle<Result<(), ServeError>>,
    console: Console,
    _folder: tempfile::TempDir,
}

async fn console(folder: &std::path::Path) -> Console {
    Console::assemble(ConsoleParts {
        cache: cache::Cache::open(&folder.join("cache.db")).await,
        credentials: Arc::new(MemoryStore::new()),
        session_credentials: MemoryStore::new(),
        connectors: Arc::new(Nowhere),
        clock: Arc::new(SystemClock),
        built_in: None,
        actor: "tester".to_owned(),
        data_dir: folder.to_owned(),
        home_dir: Some(folder.to_owned()),
        version: "0.0.0".to_owned(),
        preferences: None,
        updates_configured: false,
        browser_return: None,
        drills: None,
        sync: SyncMode::OnDemand,
        pace: Pace::default(),
    })
    .await
}

async fn house() -> House {
    house_at("127.0.0.1:0").await
}

async fn house_at(wanted: &str) -> House {
    let folder = tempfile::tempdir().expect("a folder");
    let console = console(folder.path()).await;
    let listener = TcpListener::bind(wanted).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let shutdown = CancellationToken::new();
    let mut config = WebConfig::new(Secret::new("the-one-time-token"), Secret::new("the-session"));
    config.heartbeat = Duration::from_millis(50);
    let serving = tokio::spawn(web::serve(listener, console.clone(), config, shutdown.clone()));
    House { address, shutdown, serving, console, _folder: folder }
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .find_map(|line| line.split_once(':').filter(|(found, _)| found.eq_ignore_ascii_case(name)))
            .map(|(_, value)| value.trim())
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

impl House {
    /// Sends exactly these lines, so that every header is the test's own.
    async fn send(&self, lines: &[&str], body: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.expect("the server accepts");
        let text =
            format!("{}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", lines.join("\r\n"), body.len());
        stream.write_all(text.as_bytes()).await.expect("the request is sent");
        let mut answer = String::new();
        let read = timeout(Duration::from_secs(10), stream.read_to_string(&mut answer)).await;
        read.expect("an answer comes in time").expect("the answer is text");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("an answer has a status");
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    fn host(&self) -> String {
        format!("Host: {}", self.address)
    }

    fn cookie(&self) -> String {
        format!("Cookie: breakwater_{}=the-session", self.address.port())
    }

    async fn call(&self, command: &str, further: &[&str], body: &str) -> Answer {
        let (line, host) = (format!("POST /rpc/{command} HTTP/1.1"), self.host());
        let mut lines = vec![line.as_str(), host.as_str()];
        lines.extend(further);
        self.send(&lines, body).await
    }
}

const JSON: &str = "Content-Type: application/json";
const OURS: &str = "X-Breakwater: 1";

#[tokio::test]
async fn the_token_opens_the_door_once() {
    let house = house().await;
    let host = house.host();
    let enter = ["GET /?token=the-one-time-token HTTP/1.1", host.as_str()];
    let first = house.send(&enter, "").await;
    assert_eq!((first.status, first.header("location")), (303, Some("/")), "the address with the token is left behind");
    let cookie = first.header("set-cookie").expect("a session is given").to_owned();
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(attribute), "the cookie is {attribute}: {cookie}");
    }
    let given = format!("Cookie: {}", cookie.split(';').next().unwrap_or_default());
    let page = house.send(&["GET / HTTP/1.1", &host, &given], "").await;
    assert_eq!(page.status, 200, "the session shows the page");
    let again = house.send(&enter, "").await;
    assert_eq!(again.status, 401, "the token is used up");
    assert!(again.header("set-cookie").is_none(), "and gives no further session");
    assert!(again.body.contains("breakwater serve"), "the answer says how to get in");
    let wrong = house.send(&["GET /?token=the-one-time-tokex HTTP/1.1", &host], "").await;
    assert_eq!(wrong.status, 401, "a wrong token is no token");
}

#[tokio::test]
async fn the_printed_address_works_again_for_whoever_is_in() {
    let house = house().await;
    let (host, cookie) = (house.host(), house.cookie());
    let enter = "GET /?token=the-one-time-token HTTP/1.1";
    let early = house.send(&[enter, &host, &cookie], "").await;
    assert_eq!((early.status, early.header("location")), (303, Some("/")), "with a session it leads to the page");
    let first = house.send(&[enter, &host], "").await;
    assert_eq!(first.status, 303, "whoever was in already did not use the token up");
    let again = house.send(&[enter, &host, &cookie], "").await;
    assert_eq!((again.status, again.header("location")), (303, Some("/")), "a used token is no matter with a session");
    let stranger = house.send(&[enter, &host], "").await;
    assert_eq!(stranger.status, 401, "without a session the used token stays used");
}

#[tokio::test]
async fn asking_for_the_head_does_not_use_the_token_up() {
    let house = house().await;
    let host = house.host();
    let head = house.send(&["HEAD /?token=the-one-time-token HTTP/1.1", &host], "").await;
    assert_eq!(head.status, 401, "a preview of the link is nobody");
    assert!(head.header("set-cookie").is_none(), "and gets no session");
    let entered = house.send(&["GET /?token=the-one-time-token HTTP/1.1", &host], "").await;
    assert_eq!(entered.status, 303, "the reader who comes after it gets in");
}

#[cfg(target_os = "linux")] // Elsewhere only 127.0.0.1 is there unless somebody has added more.
#[tokio::test]
async fn every_loopback_address_answers_by_its_own_name() {
    let house = house_at("127.0.0.2:0").await;
    let page = house.send(&["GET / HTTP/1.1", &house.host(), &house.cookie()], "").await;
    assert_eq!(page.status, 200, "the address that is listened on is our own name");
    let other = format!("Host: 127.0.0.3:{}", house.address.port());
    let refused = house.send(&["GET / HTTP/1.1", &other, &house.cookie()], "").await;
    assert_eq!(refused.status, 403, "another loopback address is not");
}

#[tokio::test]
async fn nothing_is_told_without_a_session() {
    let house = house().await;
    let host = house.host();
    let call = house.call("app.info", &[OURS, JSON], "null").await;
    assert_eq!((call.status, call.json()["code"].as_str()), (401, Some("no_session")), "no command");
    assert!(call.json()["correlationId"].is_string(), "even a refusal can be found in the log");
    for path in ["/events", "/", "/runs", "/assets/index.js"] {
        let answer = house.send(&[&format!("GET {path} HTTP/1.1"), &host], "").await;
        assert_eq!(answer.status, 401, "{path} needs a session");
    }
}

#[tokio::test]
async fn foreign_names_and_foreign_pages_are_refused_even_with_the_session() {
    let house = house().await;
    let (cookie, port) = (house.cookie(), house.address.port());
    let rebound = format!("Host: evil.example:{port}");
    let answer = house.send(&["POST /rpc/app.info HTTP/1.1", &rebound, &cookie, OURS, JSON], "null").await;
    assert_eq!(answer.status, 403, "a name of somebody else that points here is refused");
    for origin in ["http://evil.example", "null", "http://127.0.0.1:1"] {
        let answer = house.call("app.info", &[&cookie, OURS, JSON, &format!("Origin: {origin}")], "null").await;
        assert_eq!(answer.status, 403, "a page of {origin} is refused");
        assert!(answer.header("access-control-allow-origin").is_none(), "and no other page may read the answer");
    }
    let own = format!("Origin: http://{}", house.address);
    let answer = house.call("app.info", &[&cookie, OURS, JSON, &own], "null").await;
    assert_eq!(answer.status, 200, "our own page is served: {}", answer.body);
}

#[tokio::test]
async fn commands_need_what_a_form_cannot_send() {
    let house = house().await;
    let cookie = house.cookie();
    let bare = house.call("app.info", &[&cookie, JSON], "null").await;
    assert_eq!(bare.status, 403, "without the header of our page");
    let form = house.call("app.info", &[&cookie, OURS, "Content-Type: text/plain"], "null").await;
    assert_eq!(form.status, 415, "as something that a form could send");
    let read = house.send(&["GET /rpc/app.info HTTP/1.1", &house.host(), &cookie, OURS, JSON], "").await;
    assert_eq!(read.status, 405, "a command is never a mere link");
}

#[tokio::test]
async fn errors_come_in_one_shape_with_a_status_that_fits() {
    let house = house().await;
    let cookie = house.cookie();
    let with = [cookie.as_str(), OURS, JSON];
    let unknown = house.call("no.such", &with, "null").await;
    assert_eq!((unknown.status, unknown.json()["code"].as_str()), (404, Some("unknown_command")), "an unknown command");
    let broken = house.call("runs.get", &with, "{").await;
    assert_eq!((broken.status, broken.json()["code"].as_str()), (400, Some("invalid")), "what is no JSON");
    let incomplete = house.call("runs.get", &with, "{}").await;
    assert_eq!((incomplete.status, incomplete.json()["code"].as_str()), (422, Some("invalid")), "a missing field");
    let huge = house.call("runs.get", &with, &format!("\"{}\"", "x".repeat(2 * 1024 * 1024))).await;
    assert_eq!((huge.status, huge.json()["code"].as_str()), (413, Some("invalid")), "more than 2 MiB");
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_confine_the_page() {
    let house = house().await;
    let answer = house.send(&["GET / HTTP/1.1", &house.host(), &house.cookie()], "").await;
    let policy = answer.header("content-security-policy").expect("there is a policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    let expected =
        [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("cache-control", "no-store")];
    for (name, value) in expected {
        assert_eq!(answer.header(name), Some(value), "{name} is set");
    }
}

#[tokio::test]
async fn the_stream_tells_numbered_events_keeps_alive_and_ends_with_the_server() {
    let house = house().await;
    let stream = TcpStream::connect(house.address).await.expect("the server accepts");
    let (read, mut write) = stream.into_split();
    let request = format!("GET /events HTTP/1.1\r\n{}\r\n{}\r\nLast-Event-ID: 0\r\n\r\n", house.host(), house.cookie());
    house.console.announce_stale(vec![console::view::Tag::Runs]);
    write.write_all(request.as_bytes()).await.expect("the request is sent");
    let mut lines = BufReader::new(read).lines();
    let (mut has_id, mut has_event, mut has_heartbeat) = (false, false, false);
    while !(has_id && has_event && has_heartbeat) {
        let next = timeout(Duration::from_secs(10), lines.next_line()).await.expect("something comes in time");
        let line = next.expect("the stream can be read").expect("the stream goes on");
        has_id |= line == "id: 1" || line == "id:1";
        has_event |= line.contains("\"stale\"");
        has_heartbeat |= line.contains("alive");
    }
    house.shutdown.cancel();
    let ended = timeout(Duration::from_secs(10), house.serving).await.expect("an open stream does not hold up the end");
    assert!(ended.expect("the server does not panic").is_ok(), "the end is in order");
}

#[tokio::test]
async fn other_machines_are_not_even_listened_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = TcpListener::bind("0.0.0.0:0").await.expect("a port");
    let config = WebConfig::new(Secret::new("t"), Secret::new("s"));
    let refused = web::serve(listener, console(folder.path()).await, config, CancellationToken::new()).await;
    assert!(matches!(refused, Err(ServeError::NotLoopback { .. })), "the listener is refused before it serves");
}
