//! How refusals look on the wire, with the irregularities of the real plane.

use crate::Said;
use serde_json::{Map, Value, json};

/// The envelope of a refusal, without a word for the status where the guard speaks.
pub(super) fn refusal(status: u16, message: &Value, path: &str) -> Said {
    let mut body =
        json!({ "message": message, "statusCode": status, "timestamp": "2026-11-20T10:00:00.000Z", "path": path });
    if message != "Unauthorized" {
        body["error"] = match status {
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            _ => "Internal Server Error",
        }
        .into();
    }
    Said::json(status, &body)
}

/// The plane spreads a text over an object here.
pub(super) fn throttled(path: &str) -> Said {
    let text = "ThrottlerException: Too Many Requests";
    let mut body: Map<String, Value> =
        text.chars().enumerate().map(|(at, letter)| (at.to_string(), letter.to_string().into())).collect();
    body.insert("timestamp".to_owned(), "2026-11-20T10:00:00.000Z".into());
    body.insert("path".to_owned(), path.into());
    Said::json(429, &Value::Object(body)).header("retry-after", "60")
}

/// What the ORM says about input that no check stopped: several lines with paths and source of the server.
pub(super) fn orm(call: &str) -> (u16, Value) {
    (
        500,
        json!(format!(
            "\nInvalid `this.prisma.{call}()` invocation in\n/srv/fuzzyllama/src/service.ts:42:7\n\n  41 {{"
        )),
    )
}
