//! Who is let through: this machine, this address, this page, this session.
//!
//! A web page from elsewhere can make a browser send requests to loopback, and a name server can make a foreign name
//! point here; so the peer proves nothing by itself. Each check below closes one of these ways.

use crate::refusal::Refusal;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::Secret;
use std::{net::SocketAddr, sync::Arc};
use subtle::ConstantTimeEq as _;

/// What requests are measured against.
#[derive(Debug)]
pub(crate) struct Guard {
    /// `Host` values by which we may be called.
    hosts: Vec<String>,
    cookie: String,
    session: Secret,
}

impl Guard {
    pub(crate) fn new(address: SocketAddr, session: Secret) -> Self {
        let port = address.port();
        // Cookies know no ports: without the port in its name, two servers on one machine would sign each other out.
        let cookie = format!("breakwater_{port}");
        // All of 127.0.0.0/8 is loopback: the listener's own address need not be one of the usual names.
        let mut hosts = ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}")).to_vec();
        hosts.push(address.to_string());
        Self { hosts, cookie, session }
    }

    /// The `Set-Cookie` value of a session.
    pub(crate) fn cookie(&self) -> String {
        format!("{}={}; Path=/; HttpOnly; SameSite=Strict", self.cookie, self.session.expose())
    }

    /// Whether the request carries the session.
    pub(crate) fn has_session(&self, headers: &HeaderMap) -> bool {
        let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        values
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .any(|(name, value)| name == self.cookie && is_same(value, self.session.expose()))
    }

    fn admits(&self, peer: SocketAddr, headers: &HeaderMap) -> Result<(), (&'static str, String)> {
        if !peer.ip().to_canonical().is_loopback() {
            return Err(("peer", peer.to_string()));
        }
        let text = |name: &header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?").to_owned());
        let host = text(&header::HOST).unwrap_or_default();
        if headers.get_all(header::HOST).iter().count() != 1 || !self.hosts.contains(&host.to_ascii_lowercase()) {
            return Err(("host", host));
        }
        if let Some(origin) = text(&header::ORIGIN)
            && !origin.eq_ignore_ascii_case(&format!("http://{host}"))
        {
            return Err(("origin", origin));
        }
        Ok(())
    }
}

/// Compares without telling by its time how much was right.
pub(crate) fn is_same(given: &str, wanted: &str) -> bool {
    given.as_bytes().ct_eq(wanted.as_bytes()).into()
}

/// Refuses requests that do not come from this machine, by our own name, from our own page.
pub(crate) async fn admit(
    State(guard): State<Arc<Guard>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    match guard.admits(peer, request.headers()) {
        Ok(()) => next.run(request).await,
        Err((check, found)) => {
            tracing::warn!(check, found = found.escape_debug().to_string(), "a request was refused");
            let hint = "Open the address that `breakwater serve` printed, on the machine that it runs on.";
            Refusal::new(
                StatusCode::FORBIDDEN,
                "forbidden",
                "the request does not come from the console's own page",
                hint,
            )
            .into_response()
        }
    }
}

/// Refuses requests without the session.
pub(crate) async fn need_session(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    if guard.has_session(request.headers()) { next.run(request).await } else { Refusal::no_session().into_response() }
}

/// Refuses posts that a form or a script of another page could have sent without asking: they cannot set headers.
pub(crate) async fn need_intent(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    if headers.get("x-breakwater").is_none_or(|value| value != "1") {
        let hint = "Send the header `x-breakwater: 1`.";
        return Refusal::new(StatusCode::FORBIDDEN, "forbidden", "the header that marks our page is missing", hint)
            .into_response();
    }
    if !is_json {
        let hint = "Send `content-type: application/json`.";
        return Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid", "commands are JSON", hint).into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::Guard;
    use axum::http::{HeaderMap, HeaderValue, header};
    use domain::Secret;

    fn guard() -> Guard {
        Guard::new(([127, 0, 0, 1], 4100).into(), Secret::new("s3cret"))
    }

    fn headers(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).expect("a header value")))
            .collect()
    }

    #[test]
    fn only_our_own_names_and_our_own_page_are_admitted() {
        let here = ([127, 0, 0, 1], 50000).into();
        let ours = |host: &str| headers(&[(header::HOST, host)]);
        for host in ["127.0.0.1:4100", "localhost:4100", "LOCALHOST:4100", "[::1]:4100"] {
            assert!(guard().admits(here, &ours(host)).is_ok(), "{host} is ours");
        }
        for host in ["127.0.0.1", "127.0.0.1:4101", "evil.example:4100", "127.0.0.1:4100.evil.example", ""] {
            assert_eq!(guard().admits(here, &ours(host)).map_err(|(check, _)| check), Err("host"), "{host:?} is not");
        }
        for origin in ["http://evil.example", "http://127.0.0.1:4101", "https://127.0.0.1:4100", "null"] {
            let foreign = headers(&[(header::HOST, "127.0.0.1:4100"), (header::ORIGIN, origin)]);
            assert_eq!(
                guard().admits(here, &foreign).map_err(|(check, _)| check),
                Err("origin"),
                "{origin} is foreign"
            );
        }
        let away = ([192, 168, 0, 7], 50000).into();
        assert_eq!(
            guard().admits(away, &ours("127.0.0.1:4100")).map_err(|(check, _)| check),
            Err("peer"),
            "other machines"
        );
    }

    #[test]
    fn the_session_is_one_exact_cookie() {
        let with = |cookie: &str| guard().has_session(&headers(&[(header::COOKIE, cookie)]));
        assert!(with("theme=dark; breakwater_4100=s3cret"), "among others");
        for wrong in ["breakwater_4100=s3cre", "breakwater_4101=s3cret", "breakwater_4100=", "s3cret"] {
            assert!(!with(wrong), "{wrong} is no session");
        }
        assert!(!guard().has_session(&HeaderMap::new()), "no cookie is no session");
    }
}
