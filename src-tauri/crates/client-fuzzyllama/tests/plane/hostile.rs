//! The client against servers that are broken or mean: every outcome has its name, and nothing of theirs leaks.

use crate::bench::{Bench, client, context, limits};
use client_fuzzyllama::{FuzzyLlamaClient, recognise};
use control_plane::{ControlPlane, Error, RunFilter};
use domain::{RunId, Secret};
use futures::future::BoxFuture;
use serde_json::json;
use std::{sync::Arc, time::Duration};
use testkit::{Asked, Loopback, Said, Service, recording};

/// A server that lets everybody in and then always says the same.
struct Says(Said);

impl Service for Says {
    fn answer(self: Arc<Self>, asked: Asked) -> BoxFuture<'static, Said> {
        Box::pin(async move {
            match asked.path.as_str() {
                "/api/auth/login" | "/api/auth/refresh" => {
                    Said::json(200, &json!({ "accessToken": "a.b.c", "refreshToken": "d.e.f" }))
                }
                _ => self.0.clone(),
            }
        })
    }
}

async fn says(said: Said) -> (Loopback, FuzzyLlamaClient) {
    let server = Loopback::serve(Arc::new(Says(said))).await;
    let client = client(&server.url(), Some("ops@example.com:Passw0rd1"));
    (server, client)
}

/// What reading a run, its timeline and the list each end in.
async fn outcomes(said: Said) -> [Error; 3] {
    let (_server, client) = says(said).await;
    let id = RunId::new("r1");
    [
        client.run(&context(), &id).await.expect_err("nothing here is a run"),
        client.events(&context(), &id, 0, 10).await.expect_err("nothing here is a timeline"),
        client.list_runs(&context(), &RunFilter::default()).await.expect_err("nothing here is a list"),
    ]
}

#[tokio::test]
async fn answers_that_are_not_of_this_plane_are_incompatible() {
    let html = "<html><body>Welcome to the router</body></html>";
    let raw = |body: &[u8]| Said { body: body.to_vec(), ..Said::json(200, &json!(null)) };
    for (what, said) in [
        ("HTML", Said::text(200, "text/html", html)),
        ("HTML that says it is JSON", Said::text(200, "application/json", html)),
        ("cut JSON", raw(br#"[{"id":"r1","name":"#)),
        ("bytes", raw(&[0, 159, 146, 150])),
        ("nothing", Said { status: 200, headers: Vec::new(), body: Vec::new() }),
        ("null", Said::json(200, &json!(null))),
        ("another shape", Said::json(200, &json!({ "success": true, "data": [] }))),
        ("a foreign 404", Said::text(404, "text/html", html)),
        ("a missing route", Said::json(404, &json!({ "message": "Cannot GET /api/x", "statusCode": 404 }))),
        ("a redirect", Said::text(302, "text/html", "").header("location", "/elsewhere")),
        ("a huge body", Said::text(200, "application/json", &"[".repeat(300 * 1024))),
        ("deep JSON", Said::text(200, "application/json", &"[".repeat(100 * 1024))),
    ] {
        for error in outcomes(said).await {
            assert!(matches!(error, Error::Incompatible { .. }), "{what} is not understood: {error:?}");
        }
    }
}

#[tokio::test]
async fn a_throttled_answer_is_known_by_its_status() {
    let bench = Bench::new().await;
    let client = bench.client();
    bench.plane.limit(1);
    let id = RunId::new("r1");
    assert!(matches!(client.run(&context(), &id).await, Err(Error::NotFound { .. })), "the first call is borne");
    let throttled = Error::Throttled { retry_after: Some(Duration::from_mins(1)) };
    assert_eq!(client.run(&context(), &id).await.map(|_| ()), Err(throttled.clone()), "the second is not");
    bench.plane.limit(0);
    let facts = client.facts(&context()).await.expect("it was asked");
    assert_eq!(facts.live, Err(throttled.clone()), "each probe keeps its own outcome");
    let fresh = bench.client();
    let listed = fresh.list_runs(&context(), &RunFilter::default()).await.map(|_| ());
    assert_eq!(listed, Err(throttled), "signing in is throttled, too, and is not taken for a wrong password");
}

#[tokio::test]
async fn what_a_broken_plane_says_is_never_shown() {
    let leak = recording("fuzzyllama", "gates.list.noproj.json").exchange().expect("an exchange");
    assert!(String::from_utf8_lossy(&leak.body).contains("prisma"), "the recording leaks");
    let said = Said { status: leak.status, headers: leak.headers.clone(), body: leak.body };
    for error in outcomes(Said { headers: Vec::new(), ..said }).await {
        assert_eq!(error, Error::Unavailable { status: 500, correlation_id: None }, "it is an outage");
        assert!(!format!("{error} {error:?}").contains("prisma"), "and no more than that");
    }
    let proxy = Said::json(503, &json!({ "error": "Preview server not running", "projectId": "p" }));
    for error in outcomes(proxy).await {
        assert_eq!(
            error,
            Error::Unavailable { status: 503, correlation_id: None },
            "another envelope, the same meaning"
        );
    }
}

/// A server whose way in is broken.
struct Door(Said);

impl Service for Door {
    fn answer(self: Arc<Self>, _: Asked) -> BoxFuture<'static, Said> {
        Box::pin(async move { self.0.clone() })
    }
}

#[tokio::test]
async fn a_broken_way_in_is_told_apart_from_a_wrong_password() {
    for (what, said, expected) in [
        (
            "an outage",
            Said::json(500, &json!({ "message": "x" })),
            Error::Unavailable { status: 500, correlation_id: None },
        ),
        ("a refusal", Said::json(401, &json!({ "message": "Invalid credentials" })), Error::Unauthorised),
        ("a bare refusal", Said::text(401, "text/html", ""), Error::Unauthorised),
        ("a complaint", Said::json(400, &json!({ "message": ["email must be an email"] })), Error::Unauthorised),
    ] {
        let server = Loopback::serve(Arc::new(Door(said))).await;
        let client = client(&server.url(), Some("ops@example.com:Passw0rd1"));
        let listed = client.list_runs(&context(), &RunFilter::default()).await.map(|_| ());
        assert_eq!(listed, Err(expected), "{what} has its own name");
    }
    for (what, body) in [
        ("no tokens", json!({})),
        ("numbers", json!({ "accessToken": 1, "refreshToken": 2 })),
        ("a token that no header carries", json!({ "accessToken": "a\nb", "refreshToken": "c" })),
    ] {
        let server = Loopback::serve(Arc::new(Door(Said::json(200, &body)))).await;
        let client = client(&server.url(), Some("ops@example.com:Passw0rd1"));
        let listed = client.list_runs(&context(), &RunFilter::default()).await;
        assert!(matches!(listed, Err(Error::Incompatible { .. })), "{what} are no tokens: {listed:?}");
    }
}

#[tokio::test]
async fn another_server_is_not_recognised() {
    for (what, said) in [
        ("HTML", Said::text(200, "text/html", "<html>")),
        ("another health", Said::json(200, &json!({ "status": "up" }))),
        ("one answer to everything", Said::json(200, &json!({ "status": "ok", "timestamp": "2026-01-01T00:00:00Z" }))),
        ("nothing", Said::text(204, "text/plain", "")),
    ] {
        let server = Loopback::serve(Arc::new(Door(said))).await;
        assert_eq!(recognise(&server.url(), &context(), limits()).await, None, "{what} is something else");
    }
}

/// A server that says one thing of its health and another to whoever asks who he is.
struct Face {
    health: Said,
    docs: Said,
    me: Said,
}

impl Service for Face {
    fn answer(self: Arc<Self>, asked: Asked) -> BoxFuture<'static, Said> {
        Box::pin(async move {
            match asked.path.as_str() {
                "/api/health" => self.health.clone(),
                "/api/auth/me" => self.me.clone(),
                _ => self.docs.clone(),
            }
        })
    }
}

#[tokio::test]
async fn a_server_that_only_resembles_the_plane_is_told_apart() {
    let health = |status: &str| Said::json(200, &json!({ "status": status, "timestamp": "2026-01-01T00:00:00.000Z" }));
    let refusal = json!({
        "message": "Unauthorized", "statusCode": 401, "timestamp": "2026-01-01T00:00:00.000Z", "path": "/api/auth/me",
    });
    let but = |name: &str, value: serde_json::Value| {
        let mut refusal = refusal.clone();
        refusal[name] = value;
        Said::json(401, &refusal)
    };
    let none = || Said::text(404, "text/html", "<html>");
    let titled = |title: &str| Said::json(200, &json!({ "openapi": "3.0.0", "info": { "title": title } }));
    for (title, expected) in [("FuzzyLlama API", true), ("Petstore", false)] {
        let face = Face { health: health("ok"), docs: titled(title), me: none() };
        let server = Loopback::serve(Arc::new(face)).await;
        let found = recognise(&server.url(), &context(), limits()).await;
        assert_eq!(found.is_some_and(|found| found.contains(title)), expected, "a title decides, and is told: {title}");
    }
    for (what, health, me, expected) in [
        ("the plane", health("ok"), Said::json(401, &refusal), true),
        ("another health", health("up"), Said::json(401, &refusal), false),
        ("a body that contradicts its status", health("ok"), but("statusCode", json!(400)), false),
        ("no time", health("ok"), but("timestamp", json!(null)), false),
        ("another path", health("ok"), but("path", json!("/me")), false),
        ("no message", health("ok"), but("message", json!(null)), false),
        ("a success", health("ok"), Said::json(200, &refusal), false),
    ] {
        let server = Loopback::serve(Arc::new(Face { health, docs: none(), me })).await;
        let found = recognise(&server.url(), &context(), limits()).await;
        assert_eq!(found.is_some(), expected, "{what}: {found:?}");
    }
}

#[tokio::test]
async fn a_health_in_other_words_is_no_health() {
    let (_server, client) =
        says(Said::json(200, &json!({ "status": "down", "timestamp": "2026-01-01T00:00:00.000Z", "email": "a@b" })))
            .await;
    let facts = client.facts(&context()).await.expect("it was asked");
    assert!(matches!(facts.live, Err(Error::Incompatible { .. })), "nobody knows what that means: {facts:?}");
    assert!(
        matches!(client.identity(&context()).await, Err(Error::Incompatible { .. })),
        "nor whether this is the plane"
    );
}

#[test]
fn addresses_and_tokens_are_judged_before_anything_is_sent() {
    for address in ["ftp://x", "not a url", "http://u:p@x", "http://x?y", "http://x#y"] {
        assert!(FuzzyLlamaClient::new(address, None, limits()).is_err(), "{address} is not usable");
    }
    let token = "a\n.eyJ0eXBlIjoiYWNjZXNzIn0.c";
    let built = FuzzyLlamaClient::new("http://x", Some(Secret::new(token)), limits());
    assert!(built.is_err(), "no header can carry that token");
}
