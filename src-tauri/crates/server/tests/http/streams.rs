//! Live streams: nothing missing and nothing twice across a reconnect, heartbeats, bounds, and an orderly end.

use crate::plane::{PATIENCE, Plane, Said, gated, good, key, operator};
use futures::StreamExt;
use serde_json::{Value, json};
use std::time::Duration;

/// One item as it came over the wire.
#[derive(Debug, Clone, PartialEq)]
struct Item {
    kind: String,
    id: Option<String>,
    data: Value,
}

/// A stream that is being read.
struct Reader {
    response: reqwest::Response,
    text: String,
}

impl Reader {
    async fn open(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), 200, "the stream opens");
        assert_eq!(response.headers()["content-type"], "text/event-stream", "as a stream of events");
        Self { response, text: String::new() }
    }

    /// The next item, or `None` at the end.
    async fn next(&mut self) -> Option<Item> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(ToOwned::to_owned);
                return Some(Item {
                    kind: field("event: ").expect("a kind"),
                    id: field("id: "),
                    data: serde_json::from_str(&field("data: ").expect("data")).expect("JSON"),
                });
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("in time");
            self.text.push_str(std::str::from_utf8(&chunk.expect("no break")?).expect("text"));
        }
    }

    /// The next item that is not a heartbeat.
    async fn next_real(&mut self) -> Option<Item> {
        loop {
            match self.next().await {
                Some(item) if item.kind == "heartbeat" => {}
                item => return item,
            }
        }
    }
}

#[tokio::test]
async fn a_run_is_read_across_reconnects_without_gap_or_repeat() {
    let plane = Plane::start().await;
    let run = plane
        .run(&json!({"goal": "many events", "steps": [
            {"name": "one", "tool": "echo", "inputs": {"message": "1"}},
            {"name": "two", "tool": "echo", "inputs": {"message": "2"}, "depends_on": ["one"]},
            {"name": "three", "tool": "manual:go", "depends_on": ["two"]},
            {"name": "four", "tool": "echo", "inputs": {"message": "4"}, "depends_on": ["three"]},
        ]}))
        .await;
    let path = format!("/api/v1/runs/{run}/stream");
    let mut items: Vec<Item> = Vec::new();
    let mut ended = false;
    let mut approved = false;
    // The connection is dropped after every second item; each time the last id is given back.
    while !ended {
        assert!(items.len() < 200, "the stream gets on, it does not repeat itself: {items:?}");
        let mut request = plane.ask("GET", &path);
        if let Some(id) = items.last().and_then(|item| item.id.clone()) {
            request = request.header("last-event-id", id);
        }
        let mut reader = Reader::open(request).await;
        for _ in 0..2 {
            let Some(item) = reader.next_real().await else { break };
            let kind = item.data["event"]["kind"].as_str().unwrap_or_default().to_owned();
            ended |= kind == "run.succeeded";
            items.push(item);
            if kind == "gate.opened" && !approved {
                approved = true;
                let said = plane.post(&format!("/api/v1/runs/{run}/steps/three/approve"), &json!({})).await;
                assert_eq!(said.status, 200, "the gate is approved: {}", said.text);
            }
        }
    }
    let last = items.last().and_then(|item| item.id.clone()).expect("an id");
    let mut rest = Reader::open(plane.ask("GET", &path).header("last-event-id", last)).await;
    assert_eq!(rest.next_real().await, None, "after the last event of an ended run comes the end");
    let events: Vec<_> =
        items.iter().filter(|item| item.kind == "event").map(|item| item.data["event"].clone()).collect();
    let stored = plane.get(&format!("/api/v1/runs/{run}/events?limit=1000")).await;
    assert_eq!(&Value::from(events), &stored.json["data"]["items"], "the stream and the timeline tell the same, once");
    let lines: Vec<_> =
        items.iter().filter(|item| item.kind == "log").map(|item| item.data["line"]["seq"].clone()).collect();
    let stored = plane.get(&format!("/api/v1/runs/{run}/logs?limit=5000")).await;
    let stored: Vec<_> =
        stored.json["data"]["items"].as_array().expect("lines").iter().map(|line| line["seq"].clone()).collect();
    assert_eq!(lines, stored, "and so do the stream and the log");
    assert!(!lines.is_empty(), "something was printed");
}

#[tokio::test]
async fn all_runs_are_read_across_a_reconnect_without_gap_or_repeat() {
    let plane = Plane::start().await;
    let mut reader = Reader::open(plane.ask("GET", "/api/v1/stream")).await;
    assert_eq!(
        reader.next().await.map(|item| item.kind).as_deref(),
        Some("heartbeat"),
        "the stream says that it is there"
    );
    let first = plane.run(&good()).await;
    let mut before = Vec::new();
    while before.len() < 2 {
        let item = reader.next_real().await.expect("an item");
        if item.kind == "event" {
            before.push(item);
        }
    }
    drop(reader);
    plane.until(&first, "succeeded").await;
    let second = plane.run(&good()).await;
    plane.until(&second, "succeeded").await;

    let last = before.last().and_then(|item| item.id.clone()).expect("an id");
    let mut reader = Reader::open(plane.ask("GET", &format!("/api/v1/stream?after={last}"))).await;
    let mut seen: Vec<Value> = before.iter().map(|item| item.data["event"].clone()).collect();
    loop {
        let item = reader.next_real().await.expect("an item");
        if item.kind == "event" {
            let end = item.data["event"]["run_id"] == second && item.data["event"]["kind"] == "run.succeeded";
            seen.push(item.data["event"].clone());
            if end {
                break;
            }
        }
    }
    for run in [&first, &second] {
        let stored = plane.get(&format!("/api/v1/runs/{run}/events?limit=1000")).await;
        let told: Vec<_> = seen.iter().filter(|event| event["run_id"] == **run).cloned().collect();
        assert_eq!(Value::from(told), stored.json["data"]["items"], "every event of {run} came once and in order");
    }
}

#[tokio::test]
async fn silence_is_filled_with_heartbeats() {
    let plane = Plane::start_with(|mut config| {
        config.heartbeat = Duration::from_millis(50);
        config
    })
    .await;
    let mut reader = Reader::open(plane.ask("GET", "/api/v1/stream")).await;
    for _ in 0..3 {
        let item = reader.next().await.expect("an item");
        assert_eq!(item.data, json!({"type": "heartbeat"}), "nothing happens, and that is told");
        assert_eq!(item.id, None, "a heartbeat is no place to resume after");
    }
}

#[tokio::test]
async fn a_place_that_is_none_is_refused() {
    let plane = Plane::start().await;
    let run = plane.run(&good()).await;
    let by_run = format!("/api/v1/runs/{run}/stream");
    for (path, id) in
        [("/api/v1/stream", "x"), ("/api/v1/stream", "-1"), (&by_run, "7"), (&by_run, "1.x"), (&by_run, "1.2.3")]
    {
        let said = Said::of(plane.ask("GET", path).header("last-event-id", id)).await;
        said.assert_refused(422, "invalid", id);
    }
    plane.get("/api/v1/runs/run_never/stream").await.assert_refused(404, "not_found", "a run that never was");
}

#[tokio::test]
async fn no_more_streams_than_are_served_at_once() {
    let plane = Plane::start_with(|mut config| {
        config.max_streams = 2;
        config.heartbeat = Duration::from_millis(50);
        config
    })
    .await;
    let one = Reader::open(plane.ask("GET", "/api/v1/stream")).await;
    let _two = Reader::open(plane.ask("GET", "/api/v1/stream")).await;
    let third = plane.get("/api/v1/stream").await;
    third.assert_refused(429, "too_many_streams", "the third of two");
    assert!(!third.header("retry-after").is_empty(), "when to come back is said");
    assert_eq!(plane.get("/api/v1/runs").await.status, 200, "everything else goes on");
    drop(one);
    let admitted = async {
        while plane.ask("GET", "/api/v1/stream").send().await.expect("an answer").status() != 200 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, admitted).await.expect("a place that was left is given again");
}

#[tokio::test]
async fn the_end_is_orderly_with_streams_open() {
    let plane = Plane::start().await;
    let run = plane.run(&gated()).await;
    let mut all = Reader::open(plane.ask("GET", "/api/v1/stream")).await;
    let mut one = Reader::open(plane.ask("GET", &format!("/api/v1/runs/{run}/stream"))).await;
    plane.until(&run, "waiting").await;
    let started = std::time::Instant::now();
    plane.shutdown.cancel();
    let ends = async {
        while all.next().await.is_some() {}
        while one.next().await.is_some() {}
    };
    tokio::time::timeout(PATIENCE, ends).await.expect("streams end cleanly, without a break");
    let served = tokio::time::timeout(PATIENCE, plane.serving).await.expect("the server ends").expect("no panic");
    assert!(served.is_ok(), "in order");
    assert!(started.elapsed() < Duration::from_secs(8), "without waiting for the limit");
    let refused = tokio::net::TcpStream::connect(plane.address).await;
    assert!(refused.is_err(), "nothing is accepted any more");
}

#[tokio::test]
async fn a_request_under_way_is_finished_at_the_end() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let plane = Plane::start().await;
    let body = good().to_string();
    let mut stream = tokio::net::TcpStream::connect(plane.address).await.expect("a connection");
    let head = format!(
        "POST /api/v1/runs HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        plane.token,
        body.len()
    );
    let (start, rest) = body.split_at(5);
    stream.write_all(format!("{head}{start}").as_bytes()).await.expect("the head is taken");
    // A second request that is answered proves that the server has seen the first.
    assert_eq!(plane.get("/api/v1/runs").await.status, 200, "the server is there");
    plane.shutdown.cancel();
    let mut probe = futures::stream::repeat(plane.address).then(tokio::net::TcpStream::connect).boxed();
    while probe.next().await.is_some_and(|connected| connected.is_ok()) {}
    stream.write_all(rest.as_bytes()).await.expect("the rest is taken");
    let mut answer = String::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_string(&mut answer)).await;
    read.expect("in time").expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 201"), "what was begun is finished: {answer}");
    let served = tokio::time::timeout(PATIENCE, plane.serving).await.expect("the server ends").expect("no panic");
    assert!(served.is_ok(), "in order");
}

#[tokio::test]
async fn a_stream_ends_with_the_token_that_opened_it() {
    let plane = Plane::start().await;
    let run = plane.run(&gated()).await;
    for path in ["/api/v1/stream".to_owned(), format!("/api/v1/runs/{run}/stream")] {
        let domain::MadeApiKey { secret, key } = key(&plane.engine, "visitor").await;
        let mut reader = Reader::open(plane.bare("GET", &path).bearer_auth(secret.expose())).await;
        assert_eq!(reader.next().await.map(|item| item.kind).as_deref(), Some("heartbeat"), "{path} is open");
        plane.engine.revoke_api_key(&key.id, None, &operator()).await.expect("it is revoked");
        while let Some(item) = reader.next_real().await {
            assert_ne!(item.data["event"]["kind"], "run.cancelled", "nothing is told after the end: {item:?}");
        }
    }
}

#[tokio::test]
async fn a_place_beyond_the_end_of_a_run_is_told_and_the_rest_still_comes() {
    let plane = Plane::start().await;
    let run = plane.run(&gated()).await;
    let path = format!("/api/v1/runs/{run}/stream");
    let mut reader = Reader::open(plane.ask("GET", &path).header("last-event-id", "5000.5000")).await;
    let first = reader.next_real().await.expect("the stream goes on");
    assert_eq!(first.kind, "resync", "the reader learns that its place was of another life");
    let said = plane.post(&format!("/api/v1/runs/{run}/cancel"), &json!({"reason": "enough"})).await;
    assert_eq!(said.status, 200, "the run is cancelled: {}", said.text);
    let mut kinds = Vec::new();
    while let Some(item) = reader.next_real().await {
        kinds.push(item.data["event"]["kind"].as_str().unwrap_or_default().to_owned());
    }
    assert_eq!(kinds.last().map(String::as_str), Some("run.cancelled"), "what happens from now on comes: {kinds:?}");
}
