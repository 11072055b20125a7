//! Who is let in: tokens over TCP, the user of the operating system over the local socket, nobody else.

use crate::plane::{PATIENCE, Plane, Said, operator};
use engine::accounts::Scope;
use server::ServeError;

#[tokio::test]
async fn without_a_valid_token_nothing_is_told() {
    let plane = Plane::start().await;
    let code = "unauthenticated";
    let said = Said::of(plane.bare("GET", "/api/v1/runs")).await;
    said.assert_refused(401, code, "no token");
    assert!(said.header("www-authenticate").starts_with("Bearer"), "the way in is named");
    for path in ["/metrics", "/api/v1/openapi.json", "/api/v1/nowhere", "/api/v1/stream", "/health/live/x"] {
        Said::of(plane.bare("GET", path)).await.assert_refused(401, code, path);
    }
    let token = &plane.token;
    for header in [format!("Bearer {token}x"), "Bearer ".to_owned(), format!("Basic {token}"), token.clone()] {
        let request = plane.bare("GET", "/api/v1/runs").header("authorization", &header);
        Said::of(request).await.assert_refused(401, code, "a credential that is none");
    }
    for name in ["token", "access_token", "authorization"] {
        let request = plane.bare("GET", &format!("/api/v1/runs?{name}={token}"));
        Said::of(request).await.assert_refused(401, code, "a token in the URL");
    }
    let twice = plane.ask("GET", "/api/v1/runs").header("authorization", "Bearer other");
    Said::of(twice).await.assert_refused(401, code, "two credentials");
    let cookie = plane.bare("GET", "/api/v1/runs").header("cookie", format!("token={token}"));
    Said::of(cookie).await.assert_refused(401, code, "a cookie");
    assert_eq!(plane.get("/api/v1/runs").await.status, 200, "a valid token is let in");
    let identity = plane.get("/api/v1/identity").await;
    assert_eq!(identity.json["data"]["principal"], "key:test", "the plane says who we are");
    let keys = plane.engine.api_keys(&Scope::Everywhere).await.expect("keys are listed");
    plane.engine.revoke_api_key(&keys[0].id, None, &operator()).await.expect("it is revoked");
    plane.get("/api/v1/runs").await.assert_refused(401, code, "a revoked token");
}

#[tokio::test]
async fn probes_need_no_token() {
    let plane = Plane::start().await;
    let live = Said::of(plane.bare("GET", "/health/live")).await;
    assert_eq!((live.status, &live.json["data"]["status"]), (200, &"alive".into()), "it lives: {}", live.text);
    let ready = Said::of(plane.bare("GET", "/health/ready")).await;
    assert_eq!((ready.status, &ready.json["data"]["ready"]), (200, &true.into()), "it can work: {}", ready.text);
    live.assert_dressed("liveness");
    ready.assert_dressed("readiness");
}

#[tokio::test]
async fn a_request_that_names_another_machine_is_refused() {
    let plane = Plane::start().await;
    for path in ["/api/v1/runs", "/health/live"] {
        let rebound = plane.ask("GET", path).header("host", "evil.example");
        Said::of(rebound).await.assert_refused(421, "host_refused", path);
    }
    let named = plane.ask("GET", "/api/v1/runs").header("host", "localhost:1234");
    assert_eq!(Said::of(named).await.status, 200, "a loopback name is one of ours");
}

#[cfg(unix)]
#[tokio::test]
async fn keys_are_made_by_people_and_by_the_operator_only() {
    let plane = Plane::start().await;
    let path = plane.listen_locally().await;
    let keys = "/api/v1/api-keys";
    let named = serde_json::json!({"name": "ci", "permissions": ["read"]});
    plane.post(keys, &named).await.assert_refused(403, "forbidden", "a key that would make another");

    let client = reqwest::Client::builder().unix_socket(path).build().expect("a client");
    let url = |path: &str| format!("http://localhost{path}");
    let made = Said::of(client.post(url(keys)).json(&named)).await;
    assert_eq!(made.status, 201, "the plane's own user makes one: {}", made.text);
    let secret = made.json["data"]["secret"].as_str().expect("a secret");
    let by_key = || plane.bare("GET", "/api/v1/identity").bearer_auth(secret);
    assert_eq!(Said::of(by_key()).await.json["data"]["principal"], "key:ci", "it lets in who holds it");
    let run = plane.bare("POST", "/api/v1/runs").bearer_auth(secret).json(&crate::plane::good());
    Said::of(run).await.assert_refused(403, "forbidden", "a key may do what it was made for and no more");
    let list = Said::of(client.get(url(keys))).await;
    assert!(!list.text.contains(secret), "the secret was shown once and never again");
    let id = made.json["data"]["key"]["id"].as_str().expect("an id");
    let revoked = Said::of(client.post(url(&format!("{keys}/{id}/revoke")))).await;
    assert_eq!(revoked.status, 200, "it is revoked: {}", revoked.text);
    Said::of(by_key()).await.assert_refused(401, "unauthenticated", "a revoked key");
}

#[cfg(unix)]
#[tokio::test]
async fn the_local_socket_knows_its_own_user() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    let plane = Plane::start().await;
    let path = plane.listen_locally().await;
    let metadata = std::fs::metadata(&path).expect("the socket is there");
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "only its owner can open it");
    let client = reqwest::Client::builder().unix_socket(path.clone()).build().expect("a client");
    let said = Said::of(client.get("http://localhost/api/v1/identity")).await;
    assert_eq!(said.status, 200, "no token is needed: {}", said.text);
    assert_eq!(said.json["data"]["principal"], format!("local:{}", metadata.uid()), "the kernel says who we are");
    let second = server::LocalSocket::bind(&path).await.expect_err("it is taken");
    assert!(matches!(second, ServeError::SocketInUse { .. }), "a served socket is left alone: {second}");
    plane.shutdown.cancel();
    let gone = async {
        while path.exists() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("the socket goes with its server");
}
