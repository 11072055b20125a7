//! Paths, queries and headers that are made to confuse: refused in the envelope, or taken as what they are and nothing else.

use super::{people::Town, witness};
use crate::plane::{PATIENCE, Said, gated, good};
use control_plane_api::{Method, Operation, paths::fill};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Segments as they stand in a URL.
fn segments() -> Vec<String> {
    let plain = [
        "%00",
        "%2f",
        "..%2f..%2f",
        "%5c",
        "%0d%0aset-cookie:%20a=b",
        "%e2%80%ae",
        "%ff",
        "%c0%af",
        "'--",
        "%25%30%30",
        "*",
        ";v=1",
        "%20",
        "null",
        "true",
        "-1",
        "{run}",
        "%7B%7D",
        "ünï",
        "%F0%9F%92%A3",
    ];
    let mut all: Vec<String> = plain.into_iter().map(ToOwned::to_owned).collect();
    all.push("x".repeat(10_000));
    all.push("%e2%80%ae".repeat(3_000));
    all
}

#[tokio::test]
async fn a_segment_that_is_made_up_names_nothing() {
    let town = Town::new().await;
    let owner = town.owner("team_home", "ana@example.org").await;
    let before = witness::done(&town).await;
    for &operation in Operation::ALL.iter().filter(|operation| operation.parameters().next().is_some()) {
        let method = operation.method().as_str();
        for segment in segments() {
            let parts =
                operation.path().split('/').map(|part| if part.starts_with('{') { segment.as_str() } else { part });
            let path = parts.collect::<Vec<_>>().join("/");
            let mut request = town.by(&owner, method, &path);
            if operation.method() == Method::Post {
                request = request.json(&serde_json::json!({}));
            }
            let said = Said::of(request).await;
            let what = format!("{} with {}", operation.id(), &segment[..segment.len().min(30)]);
            assert!((400..500).contains(&said.status), "{what}: {} {}", said.status, said.text);
            let code = said.json["error"]["code"].as_str().unwrap_or_default().to_owned();
            said.assert_refused(said.status, &code, &what);
            assert!(!said.text.chars().any(engine::tools::is_deceptive), "{what}: nothing that hides is said back");
            assert!(said.text.len() < 5_000, "{what}: nor without end");
        }
    }
    assert_eq!(witness::done(&town).await, before, "nothing was done");
}

#[tokio::test]
async fn a_query_is_taken_whole_or_not_at_all() {
    let town = Town::new().await;
    let run = town.run(&gated()).await;
    let long = "x".repeat(10_000);
    for &operation in Operation::ALL {
        let values: Vec<_> =
            operation.parameters().map(|name| if name == "run" { run.as_str() } else { "team_home" }).collect();
        let path = fill(operation.path(), &values).expect("a path");
        let mut queries = vec![
            "limt=1".to_owned(),
            "%00=1".to_owned(),
            format!("{long}=1"),
            "%e2%80%ae=1".to_owned(),
            "token=x".to_owned(),
        ];
        for name in operation.queries() {
            queries.push(format!("{name}=1&{name}=1"));
            queries.push(format!("{name}=1&%{:02x}{}=2", name.as_bytes()[0], &name[1..]));
            let bad = ["", "-1", "1e3", "%00", "99999999999999999999999", "0x10", "%ff"];
            let is_number =
                matches!(*name, "limit" | "status") || operation != Operation::CreateRun && *name == "after";
            // The key of a page says nothing to anybody, so that one before the first is a page without items.
            let is_key = *name == "after" && matches!(operation, Operation::ListRuns | Operation::DeadLetters);
            let bad = bad
                .into_iter()
                .filter(|value| is_number && !(*name == "after" && value.is_empty()) && !(is_key && *value == "-1"));
            queries.extend(bad.map(|value| format!("{name}={value}")));
            queries.push(format!("{name}={long}"));
        }
        for query in queries {
            let mut request = town.ask(operation.method().as_str(), &format!("{path}?{query}"));
            if operation.method() == Method::Post {
                request = request.json(&good());
            }
            let said = Said::of(request).await;
            let what = format!("{}?{}", operation.id(), &query[..query.len().min(40)]);
            // What the operation needs is looked at first: a key has no session and owns no team.
            assert!([400, 401, 403, 404, 422].contains(&said.status), "{what}: {} {}", said.status, said.text);
            let code = said.json["error"]["code"].as_str().unwrap_or_default().to_owned();
            said.assert_refused(said.status, &code, &what);
            assert!(!said.text.chars().any(engine::tools::is_deceptive), "{what}: nothing that hides is said back");
            assert!(said.text.len() < 5_000, "{what}: nor without end");
        }
    }
}

#[tokio::test]
async fn a_header_that_is_no_key_and_no_place_is_refused() {
    let town = Town::new().await;
    let keys = ["", "short", "has space in it", "tab\tinside", "ünïcödekey", &"k".repeat(256)];
    for key in keys {
        let request = town.ask("POST", "/api/v1/runs").header("idempotency-key", key.as_bytes()).json(&good());
        Said::of(request).await.assert_refused(422, "invalid", &format!("{key:?} as idempotency key"));
    }
    let twice = town
        .ask("POST", "/api/v1/runs")
        .header("idempotency-key", "one-of-two")
        .header("idempotency-key", "two-of-two");
    Said::of(twice.json(&good())).await.assert_refused(422, "invalid", "two idempotency keys");
    assert_eq!(town.get("/api/v1/runs").await.json["data"]["items"], serde_json::json!([]), "no run was made");
    let run = town.run(&gated()).await;
    for id in ["x", "-1", "1.2.3", "99999999999999999999999999", "1e3", "\u{ff}", &"9".repeat(5_000)] {
        for path in ["/api/v1/stream".to_owned(), format!("/api/v1/runs/{run}/stream")] {
            let request = town.ask("GET", &path).header("last-event-id", id.as_bytes());
            Said::of(request).await.assert_refused(
                422,
                "invalid",
                &format!("{path} after {:?}", &id[..id.len().min(20)]),
            );
        }
    }
    for id in ["", "a b", "ünï", "a\tb", &"x".repeat(129), "<script>\u{ff}"] {
        let said = Said::of(town.ask("GET", "/api/v1/runs").header("x-correlation-id", id.as_bytes())).await;
        assert_eq!(said.status, 200, "a request is not refused for the name it gives itself: {}", said.text);
        assert_eq!(said.header("x-correlation-id").len(), 36, "{id:?} is replaced");
        said.assert_dressed("a correlation id that is none");
    }
}

/// Sends bytes as they are and gives the first line of the answer.
async fn raw(town: &Town, bytes: &[u8]) -> String {
    let mut stream = tokio::net::TcpStream::connect(town.address).await.expect("a connection");
    // The server may answer and leave before it has read everything.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("it ends");
    String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn what_is_hardly_http_ends_the_connection_and_nothing_else() {
    let town = Town::new().await;
    let token = &town.token;
    let head = format!("host: localhost\r\nauthorization: Bearer {token}\r\nconnection: close\r\n");
    let post = |further: &str, body: &str| {
        format!("POST /api/v1/runs HTTP/1.1\r\n{head}content-type: application/json\r\n{further}\r\n{body}")
    };
    let before = witness::done(&town).await;
    for (what, bytes) in [
        ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec()),
        ("a method of its own", format!("GET\0 /api/v1/runs HTTP/1.1\r\n{head}\r\n").into_bytes()),
        ("a path without end", format!("GET /{} HTTP/1.1\r\n{head}\r\n", "x".repeat(100_000)).into_bytes()),
        ("a header without end", format!("GET / HTTP/1.1\r\nx: {}\r\n{head}\r\n", "x".repeat(1_000_000)).into_bytes()),
        ("headers without end", format!("GET / HTTP/1.1\r\n{}{head}\r\n", "x: y\r\n".repeat(10_000)).into_bytes()),
        ("two lengths", post("content-length: 2\r\ncontent-length: 3\r\n", "{}").into_bytes()),
        ("a length that is none", post("content-length: -1\r\n", "{}").into_bytes()),
        ("a chunk that is none", post("transfer-encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n").into_bytes()),
        ("a header that is folded", format!("GET /api/v1/runs HTTP/1.1\r\n{head}x: a\r\n b\r\n\r\n").into_bytes()),
        ("a second version", format!("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n{head}").into_bytes()),
    ] {
        let line = raw(&town, &bytes).await;
        assert!(line.is_empty() || line.starts_with("HTTP/1.1 4"), "{what}: {line}");
    }
    let both =
        post("content-length: 4\r\ntransfer-encoding: chunked\r\n", "0\r\n\r\nGET /api/v1/audit HTTP/1.1\r\n\r\n");
    let line = raw(&town, both.as_bytes()).await;
    assert!(line.starts_with("HTTP/1.1 4"), "a request inside another one: {line}");
    assert_eq!(witness::done(&town).await, before, "nothing was done");
    assert_eq!(town.get("/api/v1/runs").await.status, 200, "and the plane is there for everybody else");
}
