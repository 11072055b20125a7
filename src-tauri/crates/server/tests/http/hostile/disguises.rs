//! Requests that pretend to be something else: none of what they say of themselves opens a door.

use super::{people::Town, witness};
use crate::plane::{PATIENCE, Said};
use domain::Role;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

#[tokio::test]
async fn headers_that_claim_something_are_not_believed() {
    let town = Town::new().await;
    let viewer = town.member("team_home", "vi@example.org", Role::Viewer).await;
    let claims = [
        ("x-forwarded-for", "127.0.0.1"),
        ("x-real-ip", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1;host=localhost;proto=https"),
        ("x-forwarded-host", "localhost"),
        ("x-original-url", "/health/live"),
        ("x-rewrite-url", "/health/live"),
        ("x-http-method-override", "GET"),
        ("x-http-method", "GET"),
        ("x-method-override", "GET"),
        ("x-user", "ana@example.org"),
        ("x-remote-user", "root"),
        ("x-authenticated-user", "operator"),
        ("x-api-key", town.token.as_str()),
        ("proxy-authorization", "Bearer x"),
        ("x-admin", "true"),
        ("origin", "http://localhost"),
        ("referer", "http://localhost/api/v1/audit"),
        ("cookie", "access_token=x; session=x"),
    ];
    let mut refused = 0;
    for (name, value) in claims {
        for method in ["GET", "POST"] {
            let stranger = town.bare(method, "/api/v1/api-keys").header(name, value);
            Said::of(stranger).await.assert_refused(401, "unauthenticated", name);
            let known = town.by(&viewer, method, "/api/v1/api-keys").header(name, value).json(&serde_json::json!({}));
            Said::of(known).await.assert_refused(403, "forbidden", name);
            refused += 2;
        }
    }
    let key = town.token.clone();
    for (name, value) in [
        ("cookie", format!("token={key}")),
        ("x-authorization", format!("Bearer {key}")),
        ("x-access-token", key.clone()),
    ] {
        Said::of(town.bare("GET", "/api/v1/runs").header(name, value)).await.assert_refused(
            401,
            "unauthenticated",
            name,
        );
        refused += 1;
    }
    for name in ["token", "access_token", "api_key", "authorization", "bearer"] {
        let path = format!("/api/v1/runs?{name}={key}");
        Said::of(town.bare("GET", &path)).await.assert_refused(401, "unauthenticated", name);
        refused += 1;
    }
    witness::tells_of(&town, refused).await;
}

#[tokio::test]
async fn a_credential_is_one_bearer_token_and_nothing_else() {
    let town = Town::new().await;
    let key = &town.token;
    let said =
        async |value: String| Said::of(town.bare("GET", "/api/v1/identity").header("authorization", value)).await;
    for fine in [format!("Bearer {key}"), format!("bearer {key}"), format!("BEARER {key}"), format!("Bearer   {key}")] {
        assert_eq!(said(fine.clone()).await.status, 200, "the scheme is read as RFC 9110 has it: {fine:.12}");
    }
    let wrong = [
        format!("Bearer{key}"),
        format!("Bearer\t{key}"),
        format!("Bearer:{key}"),
        format!("Bearer {key}, Bearer {key}"),
        format!("Bearer {key} {key}"),
        format!("Bearer \"{key}\""),
        format!("Basic {key}"),
        format!("Token {key}"),
        format!("Bearer Bearer {key}"),
        format!("Bearer {key}\u{a0}"),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer null".to_owned(),
        String::new(),
    ];
    let many = wrong.len();
    for value in wrong {
        said(value.clone()).await.assert_refused(401, "unauthenticated", &value[..value.len().min(16)]);
    }
    let good = format!("Bearer {key}");
    for (one, two) in [(good.as_str(), "Bearer x"), ("Bearer x", good.as_str()), (good.as_str(), good.as_str())] {
        let twice = town.bare("GET", "/api/v1/identity").header("authorization", one).header("authorization", two);
        Said::of(twice).await.assert_refused(401, "unauthenticated", "two credentials");
    }
    witness::tells_of(&town, u64::try_from(many).expect("a number") + 3).await;
}

/// The status of a request whose path is sent as it is.
async fn status(town: &Town, method: &str, path: &str, token: Option<&str>) -> u16 {
    let mut stream = tokio::net::TcpStream::connect(town.address).await.expect("a connection");
    let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    let head = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n{token}connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("it is sent");
    let mut answer = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("in time").expect("an answer");
    let answer = String::from_utf8_lossy(&answer);
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}

#[tokio::test]
async fn a_path_that_is_spelled_otherwise_is_another_path() {
    let town = Town::new().await;
    let viewer = town.member("team_home", "vi@example.org", Role::Viewer).await;
    let tricks = [
        "//api/v1/api-keys",
        "/api//v1/api-keys",
        "/api/v1//api-keys",
        "/./api/v1/api-keys",
        "/api/v1/./api-keys",
        "/api/v1/x/../api-keys",
        "/health/live/../../api/v1/api-keys",
        "/health/live/..%2f..%2fapi%2fv1%2fapi-keys",
        "/health/live;/../api/v1/api-keys",
        "/api/v1/%2e/api-keys",
        "/api/v1/%2e%2e/v1/api-keys",
        "/api/v1/api%2dkeys",
        "/api%2fv1%2fapi-keys",
        "/api/v1/api-keys/",
        "/api/v1/api-keys/.",
        "/api/v1/api-keys/..;/runs",
        "/api/v1/api-keys;x=1",
        "/api/v1/api-keys;",
        "/api/v1/api-keys%00",
        "/api/v1/api-keys%20",
        "/api/v1/api-keys.json",
        "/api/v1/API-KEYS",
        "/API/v1/api-keys",
        "/api/v1/\\api-keys",
        "/api/v1/api-keys#x",
        "/api/v2/api-keys",
    ];
    for path in tricks {
        for method in ["GET", "POST"] {
            let stranger = status(&town, method, path, None).await;
            assert!([400, 401].contains(&stranger), "{method} {path}: a stranger is told nothing, not {stranger}");
            let known = status(&town, method, path, Some(&viewer.access)).await;
            assert!([400, 403, 404].contains(&known), "{method} {path}: no way round the door, but {known}");
        }
    }
    for method in ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "Get"] {
        let known = status(&town, method, "/api/v1/api-keys", Some(&viewer.access)).await;
        assert!([400, 404, 405].contains(&known), "{method} is no method here, but {known}");
        let stranger = status(&town, method, "/api/v1/api-keys", None).await;
        assert!([400, 401, 404].contains(&stranger), "{method}: a stranger is told nothing, not {stranger}");
    }
    assert_eq!(status(&town, "HEAD", "/api/v1/api-keys", Some(&viewer.access)).await, 403, "HEAD needs what GET needs");
    assert_eq!(status(&town, "HEAD", "/api/v1/api-keys", None).await, 401, "and is kept from strangers, too");
    let absolute = format!("http://{}/api/v1/api-keys", town.address);
    assert_eq!(status(&town, "GET", &absolute, None).await, 401, "a whole URL leads to the same door");
    assert_eq!(status(&town, "GET", "http://evil.example/api/v1/api-keys", Some(&town.token)).await, 421, "or nowhere");
    let state = town.engine.verify_audit(None).await.expect("it can be read");
    assert!(state.whole, "the audit is whole after all of it: {state:?}");
}
