//! The OpenAPI document and the router know the same operations.

use crate::plane::{Plane, Said};
use control_plane_api::Operation;

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// A path with something in place of its parameters.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "never" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn what_is_documented_is_served_and_what_is_served_is_documented() {
    let plane = Plane::start().await;
    let document = plane.get("/api/v1/openapi.json").await;
    assert_eq!(document.json["openapi"], "3.1.0", "the document says what it is");
    let paths = document.json["paths"].as_object().expect("paths");
    let mut served = 0;
    for (path, item) in paths {
        for method in METHODS {
            let documented = item.get(method.to_lowercase()).is_some();
            let request = plane.ask(method, &filled(path)).send();
            let response = request.await.expect("an answer");
            let status = response.status().as_u16();
            assert_eq!(status != 405, documented, "{method} {path} is served exactly if documented, got {status}");
            if documented {
                served += 1;
                // Only what is asked for by id may be missing; a path that is not routed would be missing as well.
                let said = response.headers()["content-type"].to_str().expect("text").to_owned();
                let body = if said.starts_with("text/event-stream") {
                    String::new()
                } else {
                    response.text().await.expect("a body")
                };
                assert!(!body.contains("there is no such path"), "{method} {path} is routed: {body}");
            }
        }
    }
    assert_eq!(served, Operation::ALL.len(), "the table, the document and the router agree");
}

#[tokio::test]
async fn reading_without_a_body_is_answered_wherever_reading_is() {
    let plane = Plane::start().await;
    let response = plane.ask("HEAD", "/api/v1/runs").send().await.expect("an answer");
    assert_eq!(response.status().as_u16(), 200, "HEAD reads like GET");
    assert!(response.text().await.expect("a body").is_empty(), "without a body");
    let said = Said::of(plane.ask("OPTIONS", "/api/v1/runs").header("origin", "https://evil.example")).await;
    said.assert_refused(405, "method_not_allowed", "no other origin is negotiated with");
}
