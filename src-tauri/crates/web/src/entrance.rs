//! The way in: a one-time token in the address becomes a cookie, and the address is left behind.

use crate::guard::{Guard, is_same};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use domain::Secret;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// What somebody without a session sees.
const HOW_TO_GET_IN: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Breakwater</title>\
<h1>No session</h1>\
<p>This console belongs to whoever started it. Open the address that <code>breakwater serve</code> printed in its \
terminal; it works once.</p>\
<p>Has it been used already? Stop <code>breakwater serve</code> with Ctrl-C and start it again: each start prints a new \
address.</p></html>";

/// The door for one person, once.
#[derive(Debug)]
pub(crate) struct Entrance {
    token: Secret,
    used: AtomicBool,
    guard: Arc<Guard>,
}

impl Entrance {
    pub(crate) const fn new(token: Secret, guard: Arc<Guard>) -> Self {
        Self { token, used: AtomicBool::new(false), guard }
    }

    /// Answers a request for `/` with a query: the session for the first one with the token, the explanation otherwise.
    pub(crate) fn enter(&self, query: &str) -> Response {
        let given = token_of(query).unwrap_or_default();
        if !is_same(given, self.token.expose()) || self.used.swap(true, Ordering::SeqCst) {
            tracing::warn!("somebody came with a wrong or used one-time token");
            return explain();
        }
        let mut response = leave_address();
        match HeaderValue::from_str(&self.guard.cookie()) {
            Ok(cookie) => {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
                response
            }
            Err(_) => explain(),
        }
    }
}

fn token_of(query: &str) -> Option<&str> {
    query.split('&').find_map(|pair| pair.strip_prefix("token="))
}

/// Whether the query carries a token, right or wrong.
pub(crate) fn has_token(query: &str) -> bool {
    token_of(query).is_some()
}

/// Sends the reader on to the page, so that the token stays neither in the address bar nor in the history.
pub(crate) fn leave_address() -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, "/")]).into_response()
}

/// How to get in.
pub(crate) fn explain() -> Response {
    (StatusCode::UNAUTHORIZED, Html(HOW_TO_GET_IN)).into_response()
}
