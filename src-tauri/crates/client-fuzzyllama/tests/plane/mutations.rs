//! Whatever is sent, nothing panics.

use crate::recorded::body;
use client_fuzzyllama::parse::{answer, claims, news, packets};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;
use testkit::{Exchange, Recording, recordings};

static EXCHANGES: LazyLock<Vec<Exchange>> =
    LazyLock::new(|| recordings("fuzzyllama").iter().filter_map(Recording::exchange).collect());

/// Every way in which an answer can be read.
const ASKED: [(&str, &str); 28] = [
    ("GET", "/api/health"),
    ("GET", "/api/docs-json"),
    ("GET", "/api/auth/me"),
    ("POST", "/api/auth/login"),
    ("GET", "/api/projects"),
    ("GET", "/api/projects/p"),
    ("POST", "/api/projects"),
    ("GET", "/api/projects/p/events"),
    ("GET", "/api/projects/p/status"),
    ("GET", "/api/gates?projectId=p"),
    ("GET", "/api/gates/current/p"),
    ("GET", "/api/gates/g"),
    ("POST", "/api/gates/g/approve"),
    ("GET", "/api/proof-artifacts?projectId=p"),
    ("POST", "/api/proof-artifacts"),
    ("GET", "/api/deliverables?projectId=p"),
    ("POST", "/api/deliverables/d/complete"),
    ("GET", "/api/tasks?projectId=p"),
    ("GET", "/api/tasks/t"),
    ("GET", "/api/agents/history?projectId=p"),
    ("GET", "/api/documents?projectId=p"),
    ("GET", "/api/costs/project/p"),
    ("GET", "/api/blockers?projectId=p"),
    ("POST", "/api/blockers/b/resolve"),
    ("POST", "/api/agents/workflow/start"),
    ("POST", "/api/agents/workflow/gate-approved/p"),
    ("GET", "/api/notes"),
    ("GET", "/elsewhere"),
];

fn project() -> Value {
    json!({
        "id": "p", "name": "n", "createdAt": "2026-11-20T10:00:00.000Z", "updatedAt": "2026-11-20T10:00:00.000Z",
    })
}

/// Reads a body in every way. Only that it comes back matters.
fn read(status: u16, kind: &str, body: &[u8]) {
    let headers = [("content-type".to_owned(), kind.to_owned()), ("retry-after".to_owned(), kind.to_owned())];
    for (method, path) in ASKED {
        let _ = answer(method, path, status, &headers, body, &project());
    }
}

/// JSON with the words that the readers look for.
fn json_like() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "id",
        "name",
        "gateType",
        "status",
        "state",
        "owner",
        "message",
        "statusCode",
        "eventType",
        "eventData",
        "metadata",
        "createdAt",
        "updatedAt",
        "currentGate",
        "isAgentWorking",
        "G1_PENDING",
        "G9_COMPLETE",
        "APPROVED",
        "2026-11-20T10:00:00.000Z",
        "GateApproved",
        "access",
        "type",
        "percentComplete",
        "gate",
        "gateId",
        "proofType",
        "passFail",
        "pass",
        "spec_validation",
        "path",
        "docs/PRD.md",
        "complete",
        "title",
        "blockingReason",
        "completedAt",
        "agentType",
        "inputTokens",
        "documentType",
        "version",
        "totalCost",
        "totalInputTokens",
        "costsByAgent",
        "cost",
        "executions",
        "severity",
        "description",
        "resolvedAt",
        "projectId",
        "success",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::hash_map(word.clone().prop_map(str::to_owned), inner, 0..8)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn bytes_do_not_panic(status in 100_u16..700, kind in ".{0,20}", body in prop::collection::vec(any::<u8>(), 0..400)) {
        read(status, &kind, &body);
        read(status, "application/json", &body);
    }

    #[test]
    fn json_does_not_panic(status in prop::sample::select(vec![200_u16, 201, 400, 403, 404, 500]), value in json_like()) {
        read(status, "application/json", value.to_string().as_bytes());
        if let Some(arguments) = value.as_array() {
            let _ = news("project:joined", arguments);
            let _ = news("<disconnect>", arguments);
        }
    }

    #[test]
    fn recordings_with_damage_do_not_panic(
        pick in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>(),
    ) {
        let exchange = pick.get(&EXCHANGES);
        let mut body = body(exchange);
        if !body.is_empty() {
            let at = at.index(body.len());
            body[at] = byte;
            if cut {
                body.truncate(at);
            }
        }
        let _ = answer(&exchange.method, &exchange.path, exchange.status, &exchange.headers, &body, &project());
        read(exchange.status, "application/json", &body);
    }

    #[test]
    fn packets_do_not_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..80), noise in "([0-9b]{0,3}[/\\[{\"a-z:,\u{1e}]{0,12}){0,6}", value in json_like(),
    ) {
        let _ = (packets(&bytes), packets(noise.as_bytes()));
        for kind in ["0", "40", "41", "42", "427", "44"] {
            let _ = packets(format!("{kind}{value}\u{1e}{noise}").as_bytes());
        }
    }

    #[test]
    fn tokens_do_not_panic(text in ".{0,80}", parts in "[A-Za-z0-9_=-]{0,20}\\.[A-Za-z0-9_=-]{0,40}\\.[A-Za-z0-9_=-]{0,20}") {
        let _ = (claims(&text), claims(&parts));
    }
}
