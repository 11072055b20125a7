//! What Stripe refuses, in its own words, and what a test can let go wrong.

use crate::Said;
use serde_json::{Value, json};

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Too many requests; wait so many seconds. Nothing is begun.
    Limited(u32),
    /// Stripe takes no requests now. Nothing is begun.
    Overloaded,
    /// Stripe falls over the request, and remembers that under its key.
    Broken,
    /// The card of the customer is declined, and that is remembered under the key.
    CardDeclined,
    /// The connection is cut before anything is begun.
    Cut,
    /// The request is carried out, and the connection is cut before the answer.
    AnswerLost,
}

/// The body of every refusal.
pub(super) fn error(status: u16, error: &Value) -> Said {
    Said::json(status, &json!({ "error": error }))
}

fn invalid(status: u16, message: &str) -> Said {
    error(status, &json!({ "type": "invalid_request_error", "message": message }))
}

pub(super) fn no_key() -> Said {
    invalid(
        401,
        "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth.",
    )
}

pub(super) fn wrong_key() -> Said {
    invalid(401, "Invalid API Key provided: sk_test_*******************1234")
}

pub(super) fn version() -> Said {
    invalid(400, "Invalid Stripe API version.")
}

pub(super) fn content_type() -> Said {
    invalid(400, "Invalid request (check that your POST content type is application/x-www-form-urlencoded).")
}

pub(super) fn encoding() -> Said {
    invalid(400, "Invalid request: the parameters are not form-encoded.")
}

pub(super) fn unrouted(method: &str, path: &str) -> Said {
    invalid(404, &format!("Unrecognized request URL ({method}: {path})."))
}

pub(super) fn of_param(code: &str, param: &str, message: &str) -> Said {
    error(400, &json!({ "type": "invalid_request_error", "code": code, "param": param, "message": message }))
}

pub(super) fn without_code(message: &str) -> Said {
    invalid(400, message)
}

/// No such object: 404 where it is what the path names, 400 where a parameter names it.
pub(super) fn missing(status: u16, kind: &str, id: &str, param: &str) -> Said {
    let message = format!("No such {kind}: '{id}'");
    let body =
        json!({ "type": "invalid_request_error", "code": "resource_missing", "param": param, "message": message });
    error(status, &body)
}

pub(super) fn limited(seconds: u32) -> Said {
    let body = json!({ "type": "rate_limit_error", "code": "rate_limit", "message": "Request rate limit exceeded." });
    error(429, &body).header("retry-after", seconds.to_string())
}

pub(super) fn overloaded() -> Said {
    error(503, &json!({ "type": "api_error", "message": "Stripe is temporarily unavailable." }))
}

pub(super) fn broken() -> Said {
    error(500, &json!({ "type": "api_error", "message": "An unknown error occurred at cus_canary_of_a_500." }))
}

pub(super) fn card_declined() -> Said {
    let body = json!({
        "type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds", "charge": "ch_1",
        "message": "The card 4242-canary of jenny.canary@example.test has insufficient funds.",
        "payment_method": {"id": "pm_1", "card": {"last4": "4242-canary"}, "billing_details": {"email": "jenny.canary@example.test"}},
    });
    error(402, &body)
}

pub(super) fn other_request(key: &str) -> Said {
    let message = format!(
        "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a \
         key other than '{key}' if you meant to execute a different request."
    );
    error(400, &json!({ "type": "idempotency_error", "message": message }))
}
