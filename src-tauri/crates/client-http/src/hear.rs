//! One request sent as it is written, also as a stranger, and all that came back.
//!
//! It goes the same way as every other call: same address, proxy, trusted authorities, limits of time and count. Deliberately
//! absent: any judgement, redirects, and a second attempt.

use crate::{
    answer::{is_type, plain},
    certificate,
    limits::Limits,
    transport::{incompatible, transport},
    wire::Wire,
};
use control_plane::{Ask, CallContext, Error, Heard, Shown};
use domain::{CorrelationId, Secret};
use reqwest::{
    Method, Response, Url,
    header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue},
    tls::TlsInfo,
};
use tokio::time::{Instant, timeout};

/// What nobody ever was given as a credential.
const MADE_UP: &str = "made-up-0000000000000000000000000000";

impl Wire {
    /// Sends one request. `ours` is the bearer token that we show, where it is not sent with every call anyway.
    ///
    /// # Errors
    /// If it cannot be sent as it is written, or no head of an answer arrives within the limits.
    pub async fn hear(&self, context: &CallContext, ask: &Ask, ours: Option<&Secret>) -> Result<Heard, Error> {
        let method = Method::from_bytes(ask.method.as_bytes()).map_err(|_| unsendable("the method"))?;
        let headers = self.shown(context, ask, ours)?;
        self.meter.count(&method);
        let request = self.http.request(method, place(&self.base, &ask.path)).headers(headers);
        let request = match &ask.body {
            Some(body) => request.body(body.clone()),
            None => request,
        };
        let started = Instant::now();
        match timeout(self.limits.read, request.send()).await {
            Ok(Ok(response)) => {
                let took = started.elapsed();
                // What is left to a stranger says nothing about us.
                if ask.shown == Shown::Ours {
                    self.meter.hear(response.headers());
                }
                Ok(Heard { took, ..whole(response, &self.limits).await })
            }
            Ok(Err(error)) => Err(transport(&error)),
            Err(_) => Err(Error::TimedOut),
        }
    }

    fn shown(&self, context: &CallContext, ask: &Ask, ours: Option<&Secret>) -> Result<HeaderMap, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let correlation = CorrelationId::accept(context.correlation_id.as_str());
        if let Some(value) = correlation.and_then(|id| HeaderValue::from_str(id.as_str()).ok()) {
            headers.insert(self.correlation.clone(), value);
        }
        match (ask.shown, ours) {
            (Shown::Nobody, _) => {}
            (Shown::Ours, Some(token)) => {
                let value = HeaderValue::from_str(&format!("Bearer {}", token.expose()));
                let mut value = value.map_err(|_| incompatible("the plane gave a token that cannot be sent"))?;
                value.set_sensitive(true);
                headers.insert(AUTHORIZATION, value);
            }
            (Shown::Ours, None) => headers.extend(self.headers.clone()),
            (Shown::Wrong, _) => headers.extend(self.made_up()),
        }
        for (name, value) in &ask.headers {
            let value = HeaderValue::from_str(value).map_err(|_| unsendable("a header"))?;
            headers.insert(HeaderName::from_static(name), value);
        }
        Ok(headers)
    }

    /// A credential of nobody, in the header in which ours is sent, or else as a bearer token.
    fn made_up(&self) -> HeaderMap {
        let bearer = || HeaderValue::from_static("Bearer made-up-0000000000000000000000000000");
        let mut made_up = HeaderMap::new();
        for name in self.headers.keys() {
            made_up
                .insert(name.clone(), if name == AUTHORIZATION { bearer() } else { HeaderValue::from_static(MADE_UP) });
        }
        if made_up.is_empty() {
            made_up.insert(AUTHORIZATION, bearer());
        }
        made_up
    }
}

/// The address of a path and query below that of the plane.
fn place(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url.set_query(query);
    url
}

/// Reads an answer up to what is kept of it. A body that breaks off is as long as what arrived.
async fn whole(mut response: Response, limits: &Limits) -> Heard {
    let certificate_ends =
        response.extensions().get::<TlsInfo>().and_then(TlsInfo::peer_certificate).and_then(certificate::end);
    let text = |value: &HeaderValue| plain(&String::from_utf8_lossy(value.as_bytes()));
    let headers = response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    let status = response.status().as_u16();
    let mut body = Vec::new();
    if !is_type(response.headers(), "text/event-stream") {
        while body.len() < Heard::BODY
            && let Ok(Ok(Some(chunk))) = timeout(limits.read, response.chunk()).await
        {
            body.extend_from_slice(&chunk);
        }
        body.truncate(Heard::BODY);
    }
    Heard { status, headers, body, took: std::time::Duration::ZERO, certificate_ends }
}

fn unsendable(what: &str) -> Error {
    Error::Invalid { message: format!("{what} holds characters that cannot be sent"), faults: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::place;
    use reqwest::Url;

    #[test]
    fn a_path_goes_below_the_address_and_its_query_stays_one() {
        for (base, path, expected) in [
            ("http://p.test", "/runs?limit=0", "http://p.test/runs?limit=0"),
            ("http://p.test/api/", "/runs", "http://p.test/api/runs"),
            ("http://p.test/api", "/runs?a=/b?c", "http://p.test/api/runs?a=/b?c"),
        ] {
            let base = Url::parse(base).unwrap();
            assert_eq!(place(&base, path).as_str(), expected, "{path} below {base}");
        }
    }
}
