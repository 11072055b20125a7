//! Events: what Stripe tells by itself, signed, at an address that it was given.

use super::{Stripe, VERSION};
use hmac::{Hmac, Mac as _};
use http_body_util::Full;
use hyper::{Request, body::Bytes};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::{Value, json};
use sha2::Sha256;
use std::fmt::Write as _;

/// Events that were not told yet, and how many there were.
#[derive(Debug, Default)]
pub(super) struct Events {
    waiting: Vec<Value>,
    made: u32,
}

impl Events {
    pub(super) fn add(&mut self, kind: &str, object: &Value, now: i64) {
        self.made += 1;
        self.waiting.push(json!({
            "id": format!("evt_{:08}", self.made), "object": "event", "api_version": VERSION, "created": now,
            "data": {"object": object}, "livemode": false, "pending_webhooks": 1,
            "request": {"id": null, "idempotency_key": null}, "type": kind,
        }));
    }
}

impl Stripe {
    /// Sends every event that waits to this address, signed with this secret, and says what was answered to each. One that
    /// is not answered with 2xx goes on waiting, as Stripe tells it again.
    ///
    /// # Panics
    /// If nobody listens there.
    pub async fn tell(&self, url: &str, secret: &str) -> Vec<u16> {
        let waiting = std::mem::take(&mut self.objects.lock().events.waiting);
        let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
        let mut answered = Vec::new();
        for event in waiting {
            let body = event.to_string();
            let request = Request::post(url)
                .header("content-type", "application/json; charset=utf-8")
                .header("stripe-signature", Self::sign(secret, body.as_bytes(), self.now()))
                .body(Full::new(Bytes::from(body)))
                .expect("the address is one");
            let status = client.request(request).await.expect("somebody listens").status();
            if !status.is_success() {
                self.objects.lock().events.waiting.push(event);
            }
            answered.push(status.as_u16());
        }
        answered
    }

    /// The header that Stripe sends with a body that it signs at this second.
    ///
    /// # Panics
    /// Never: every secret can be used.
    pub fn sign(secret: &str, body: &[u8], at: i64) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("every length of key is allowed");
        mac.update(format!("{at}.").as_bytes());
        mac.update(body);
        let signature = mac.finalize().into_bytes().iter().fold(String::new(), |mut text, byte| {
            let _infallible = write!(text, "{byte:02x}");
            text
        });
        // The second scheme is for tests of Stripe's own, and must be ignored.
        format!("t={at},v1={signature},v0={}", "0".repeat(64))
    }
}
