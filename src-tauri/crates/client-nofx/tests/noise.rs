//! The parsers against noise: no bytes, no JSON, no damaged recording and no document breaks them.

use client_nofx::{
    Limits, NofxClient,
    parse::{answer, history},
};
use control_plane::{CallContext, ControlPlane};
use domain::CorrelationId;
use proptest::prelude::*;
use serde_json::Value;
use std::sync::LazyLock;
use testkit::{Exchange, recordings};

/// Every recorded exchange.
static EXCHANGES: LazyLock<Vec<Exchange>> =
    LazyLock::new(|| recordings("nofx").iter().filter_map(testkit::Recording::exchange).collect());

/// Paths that each lead to another parser.
const PATHS: &[(&str, &str)] = &[
    ("GET", "/runs"),
    ("POST", "/runs"),
    ("GET", "/runs/x"),
    ("GET", "/runs/x/timeline"),
    ("GET", "/runs/x/gates"),
    ("POST", "/runs/preview"),
    ("GET", "/dev/dlq"),
    ("GET", "/builder/templates"),
    ("GET", "/health"),
    ("GET", "/auth/me"),
    ("GET", "/teams"),
    ("POST", "/teams"),
    ("GET", "/teams/x"),
    ("DELETE", "/teams/x"),
    ("GET", "/auth/api-keys"),
    ("POST", "/auth/api-keys"),
    ("GET", "/dev/queue"),
    ("POST", "/dev/dlq/rehydrate"),
    ("GET", "/billing/plans"),
    ("GET", "/billing/subscription"),
    ("GET", "/billing/usage"),
    ("POST", "/billing/checkout"),
    ("POST", "/billing/cancel"),
];

fn everywhere(status: u16, body: &[u8]) {
    let headers = [("content-type".to_owned(), "application/json".to_owned())];
    for (method, path) in PATHS {
        answer(method, path, status, &headers, body);
    }
    history(body, body, body);
    history(br#"{"run":{"id":"x","status":"queued"},"steps":[{"id":"y","name":"s"}]}"#, body, body);
}

/// Any JSON, with the names that the parsers look for.
fn any_json() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "id",
        "run",
        "runs",
        "steps",
        "status",
        "plan",
        "created_at",
        "started_at",
        "ended_at",
        "inputs",
        "outputs",
        "_dependsOn",
        "name",
        "tool",
        "type",
        "payload",
        "error",
        "details",
        "fieldErrors",
        "formErrors",
        "timeline",
        "pagination",
        "items",
        "runId",
        "stepId",
        "idempotencyKey",
        "templates",
        "input",
        "text",
        "instructions",
        "database",
        "queue",
        "store",
        "oldestAgeMs",
        "user",
        "email",
        "gate_type",
        "step_id",
        "metadata",
        "retryAfter",
        "success",
        "data",
        "message",
        "team",
        "teams",
        "members",
        "invites",
        "role",
        "joined_at",
        "apiKeys",
        "apiKey",
        "key",
        "permissions",
        "is_active",
        "counts",
        "waiting",
        "count",
        "rehydrated",
        "plans",
        "prices",
        "unit_amount",
        "subscription",
        "tier",
        "usage",
        "limits",
        "period",
        "url",
    ]);
    let words = prop::sample::select(vec![
        "succeeded",
        "failed",
        "queued",
        "step.started",
        "step.failed",
        "run.resumed",
        "manual:x",
        "gate:lint",
        "s",
        "a.0.b: c, d",
        "{{x}}",
        "{{",
        "}}{{",
        "x:y:z",
        "9999999999999999",
        "Fri Nov 20 2026 10:33:45 GMT+0000",
        "2026-11-20T10:33:45",
        "owner",
        "pending",
        "read",
        "-1",
        "1e999",
        "NaN",
        "https://pay.example.test/",
        "http://[::1",
        "https://@",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        words.prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..8)
                .prop_map(|fields| fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn noise_breaks_no_parser(status in 100_u16..600, body in prop::collection::vec(any::<u8>(), 0..300)) {
        everywhere(status, &body);
    }

    #[test]
    fn damaged_recordings_break_no_parser(
        pick in any::<prop::sample::Index>(),
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let exchange = pick.get(&EXCHANGES);
        let mut body = exchange.body.clone();
        for (place, byte) in places.iter().filter(|_| !exchange.body.is_empty()) {
            body[place.index(exchange.body.len())] = *byte;
        }
        answer(&exchange.method, &exchange.path, exchange.status, &exchange.headers, &body);
        body.truncate(body.len() / 2);
        answer(&exchange.method, &exchange.path, exchange.status, &exchange.headers, &body);
    }

    #[test]
    fn no_json_breaks_a_parser(status in prop::sample::select(vec![200_u16, 201, 400, 404, 429, 500]), body in any_json()) {
        everywhere(status, body.to_string().as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// No document of an operator breaks its judging, and what is judged good is previewed.
    #[test]
    fn no_document_breaks_its_judging(document in any_json()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let outcome = runtime.block_on(async {
            let context = CallContext::new(CorrelationId::new("noise-1"));
            let client = NofxClient::new("http://127.0.0.1:9", None, Limits::default()).expect("a client");
            client.preview(&context, &document).await
        });
        if let Ok(preview) = outcome {
            prop_assert_eq!(preview.valid, preview.faults.is_empty(), "a preview that is not valid says why");
        }
    }
}
