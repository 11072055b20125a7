//! Paths of the API, in axum's notation. The server's router and the OpenAPI document are built from these.

/// Answers 200 as long as the process can answer at all.
pub const HEALTH_LIVE: &str = "/health/live";
/// Answers 200 only if the database can be written and the scheduler moves.
pub const HEALTH_READY: &str = "/health/ready";
/// Prometheus text.
pub const METRICS: &str = "/metrics";
/// The OpenAPI document.
pub const OPENAPI: &str = "/api/v1/openapi.json";
/// Who the plane is and who the caller is.
pub const IDENTITY: &str = "/api/v1/identity";
/// `POST`: what a plan would do.
pub const PREVIEW: &str = "/api/v1/runs/preview";
/// `GET` lists, `POST` creates.
pub const RUNS: &str = "/api/v1/runs";
/// One run.
pub const RUN: &str = "/api/v1/runs/{run}";
/// Its events.
pub const RUN_EVENTS: &str = "/api/v1/runs/{run}/events";
/// Its log.
pub const RUN_LOGS: &str = "/api/v1/runs/{run}/logs";
/// Its live stream; ids are sequence numbers.
pub const RUN_STREAM: &str = "/api/v1/runs/{run}/stream";
/// `POST`: stop it.
pub const RUN_CANCEL: &str = "/api/v1/runs/{run}/cancel";
/// `POST`: try a step again.
pub const STEP_RETRY: &str = "/api/v1/runs/{run}/steps/{step}/retry";
/// `POST`: say yes.
pub const GATE_APPROVE: &str = "/api/v1/runs/{run}/steps/{step}/approve";
/// `POST`: say no.
pub const GATE_REJECT: &str = "/api/v1/runs/{run}/steps/{step}/reject";
/// Live stream of all runs; ids are feed positions.
pub const STREAM: &str = "/api/v1/stream";
/// Every template.
pub const TEMPLATES: &str = "/api/v1/templates";
/// `POST`: the plan that a template makes of values.
pub const TEMPLATE_FILL: &str = "/api/v1/templates/{template}/fill";
/// Every breaker.
pub const BREAKERS: &str = "/api/v1/breakers";
/// `POST`: close one by hand.
pub const BREAKER_RESET: &str = "/api/v1/breakers/{breaker}/reset";
/// `POST`: let the next call through as a probe.
pub const BREAKER_PROBE: &str = "/api/v1/breakers/{breaker}/probe";
/// `POST`: refuse every call for a time.
pub const BREAKER_ISOLATE: &str = "/api/v1/breakers/{breaker}/isolate";
/// `POST`: end every isolation.
pub const BREAKER_RELEASE: &str = "/api/v1/breakers/{breaker}/release";
/// What happened to one.
pub const BREAKER_EVENTS: &str = "/api/v1/breakers/{breaker}/events";
/// Steps that nothing will try again by itself.
pub const DEAD_LETTERS: &str = "/api/v1/dead-letters";
/// Depth and age of the queue.
pub const QUEUE: &str = "/api/v1/queue";
/// Tools that plans may name.
pub const TOOLS: &str = "/api/v1/tools";

/// `POST`: sign in.
pub const SESSIONS: &str = "/api/v1/sessions";
/// How people can sign in.
pub const SESSION_WAYS: &str = "/api/v1/sessions/ways";
/// `POST`: begin a sign-in in the browser.
pub const SESSION_BROWSER: &str = "/api/v1/sessions/browser";
/// `POST`: finish it.
pub const SESSION_BROWSER_FINISH: &str = "/api/v1/sessions/browser/finish";
/// `POST`: go on with a session.
pub const SESSION_REFRESH: &str = "/api/v1/sessions/refresh";
/// `POST`: sign out.
pub const SESSION_END: &str = "/api/v1/sessions/end";
/// `POST`: sign out everywhere.
pub const SESSION_END_ALL: &str = "/api/v1/sessions/end-all";
/// `POST`: take an invitation up.
pub const INVITATION_ACCEPT: &str = "/api/v1/invitations/accept";
/// `GET` lists, `POST` founds one.
pub const TEAMS: &str = "/api/v1/teams";
/// Who is in it.
pub const TEAM: &str = "/api/v1/teams/{team}";
/// `POST`: another name.
pub const TEAM_RENAME: &str = "/api/v1/teams/{team}/rename";
/// `POST`: delete it.
pub const TEAM_DELETE: &str = "/api/v1/teams/{team}/delete";
/// `POST`: leave it.
pub const TEAM_LEAVE: &str = "/api/v1/teams/{team}/leave";
/// `POST`: give it away.
pub const TEAM_TRANSFER: &str = "/api/v1/teams/{team}/transfer";
/// `POST`: invite somebody.
pub const TEAM_INVITATIONS: &str = "/api/v1/teams/{team}/invitations";
/// `POST`: take one back.
pub const INVITATION_CANCEL: &str = "/api/v1/teams/{team}/invitations/{invitation}/cancel";
/// `POST`: another role.
pub const MEMBER_ROLE: &str = "/api/v1/teams/{team}/members/{member}/role";
/// `POST`: other permissions.
pub const MEMBER_PERMISSIONS: &str = "/api/v1/teams/{team}/members/{member}/permissions";
/// `POST`: remove one.
pub const MEMBER_REMOVE: &str = "/api/v1/teams/{team}/members/{member}/remove";
/// How its bill stands.
pub const TEAM_BILLING: &str = "/api/v1/teams/{team}/billing";
/// `POST`: the page where a price is paid for.
pub const BILLING_CHECKOUT: &str = "/api/v1/teams/{team}/billing/checkout";
/// `POST`: the page where payments are looked after.
pub const BILLING_PORTAL: &str = "/api/v1/teams/{team}/billing/portal";
/// `POST`: end the subscription.
pub const BILLING_CANCEL: &str = "/api/v1/teams/{team}/billing/cancel";
/// `POST`: take that back.
pub const BILLING_RESUME: &str = "/api/v1/teams/{team}/billing/resume";
/// `POST`: an event of Stripe.
pub const STRIPE_WEBHOOK: &str = "/api/v1/webhooks/stripe";
/// `GET` lists, `POST` makes one.
pub const API_KEYS: &str = "/api/v1/api-keys";
/// `POST`: make it invalid.
pub const API_KEY_REVOKE: &str = "/api/v1/api-keys/{key}/revoke";
/// What was done and refused.
pub const AUDIT: &str = "/api/v1/audit";
/// Whether its chain is whole.
pub const AUDIT_VERIFY: &str = "/api/v1/audit/verify";
/// All of it, line by line.
pub const AUDIT_EXPORT: &str = "/api/v1/audit/export";

/// Header that carries the correlation id both ways.
pub const CORRELATION_HEADER: &str = "x-correlation-id";
/// Header that makes creating calls repeatable.
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";
/// Header by which an answer says that it is the first answer to that key, given again.
pub const REPLAYED_HEADER: &str = "idempotency-replayed";
/// Header by which Stripe signs what it tells.
pub const STRIPE_SIGNATURE_HEADER: &str = "stripe-signature";
/// Header by which a stream is resumed after an id.
pub const LAST_EVENT_ID_HEADER: &str = "last-event-id";

/// Fills the parameters of a path, in order, each percent-encoded as one segment.
///
/// `None` if a value cannot be a segment: empty, `.` and `..` would be read as another path, however they are encoded.
pub fn fill(path: &str, values: &[&str]) -> Option<String> {
    let mut values = values.iter();
    let mut filled = String::with_capacity(path.len() + 64);
    for part in path.split('/').skip(1) {
        filled.push('/');
        if part.starts_with('{') {
            let value = values.next().filter(|value| !matches!(**value, "" | "." | ".."))?;
            encode(value, &mut filled);
        } else {
            filled.push_str(part);
        }
    }
    Some(filled)
}

/// Percent-encodes everything but the unreserved characters of RFC 3986.
fn encode(value: &str, into: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.push('%');
            into.push(char::from(HEX[usize::from(byte >> 4)]));
            into.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{RUN, STEP_RETRY, fill};

    #[test]
    fn values_stay_within_their_segment() {
        let path = fill(STEP_RETRY, &["run_1", "gate:a/b ü"]);
        let expected = "/api/v1/runs/run_1/steps/gate%3Aa%2Fb%20%C3%BC/retry";
        assert_eq!(path.as_deref(), Some(expected), "a slash in a name makes no new segment");
        for climbing in ["", ".", ".."] {
            assert_eq!(fill(RUN, &[climbing]), None, "{climbing:?} would name another path");
        }
    }
}
