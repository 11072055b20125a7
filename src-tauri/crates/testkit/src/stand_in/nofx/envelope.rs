//! The ways in which NOFX wraps an answer: an envelope for teams, problem documents beside it, and the words of its schema.

use crate::Said;
use domain::{Clock, SystemClock};
use serde_json::{Map, Value, json};

/// What it says of one field: its name, the message, the code.
pub(super) type Complaint = (&'static str, &'static str, &'static str);

/// The envelope of teams.
pub(super) fn success(status: u16, data: &Value) -> Said {
    let meta = json!({ "correlationId": "made-here", "timestamp": SystemClock.now().to_string(), "version": "1.0" });
    Said::json(status, &json!({ "success": true, "data": data, "meta": meta }))
}

/// The problem document that names every field.
pub(super) fn complaints(found: &[Complaint]) -> Said {
    let mut body = problem("validation_multiple", "Validation Failed", 400, "Invalid request data");
    body["errors"] = found
        .iter()
        .map(|(field, message, code)| json!({ "field": field, "message": message, "code": code }))
        .collect();
    document(400, &body)
}

/// The problem document of a server that fell over a mistake of the client.
pub(super) fn fell_over(detail: &str) -> Said {
    document(500, &problem("internal", "Internal Server Error", 500, detail))
}

/// What the schema says of one field, where no problem document is used.
pub(super) fn refused_field(field: &str, message: &str) -> Said {
    let fields: Map<_, _> = [(field.to_owned(), json!([message]))].into_iter().collect();
    let details = json!({ "formErrors": [], "fieldErrors": fields });
    Said::json(400, &json!({ "error": "Invalid request", "details": details }))
}

fn problem(kind: &str, title: &str, status: u16, detail: &str) -> Value {
    json!({
        "type": format!("urn:nofx:error:{kind}"), "title": title, "status": status, "detail": detail,
        "instance": "/requests/made-here", "correlationId": "made-here",
    })
}

fn document(status: u16, body: &Value) -> Said {
    Said::text(status, "application/problem+json; charset=utf-8", &body.to_string())
}
