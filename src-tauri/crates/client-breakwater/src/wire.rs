//! Sending one call and receiving its answer, both within bounds.

use crate::error::{Answer, BuildError, incompatible, refused, transport};
use control_plane::{CallContext, Error};
use control_plane_api::{
    Envelope, Method, Operation,
    paths::{CORRELATION_HEADER, IDEMPOTENCY_HEADER, fill},
};
use domain::{CorrelationId, PageRequest, Secret};
use reqwest::{
    ClientBuilder, RequestBuilder, Response, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER},
};
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;
use tokio::time::timeout;

/// How long and how much is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until a connection is there.
    pub connect: Duration,
    /// Until the next bytes of an answer are there.
    pub read: Duration,
    /// Until an answer is complete, however steadily it drips.
    pub call: Duration,
    /// Until anything is heard on a live feed, heartbeats included.
    pub silence: Duration,
    /// Most bytes of an answer, and of one item of a feed.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(10),
            call: Duration::from_secs(30),
            silence: Duration::from_secs(30),
            body: 16 * 1024 * 1024,
        }
    }
}

/// One call, before it is sent.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    operation: Operation,
    values: Vec<&'a str>,
    query: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
    key: Option<&'a str>,
}

impl<'a> Call<'a> {
    pub(crate) const fn to(operation: Operation) -> Self {
        Self { operation, values: Vec::new(), query: Vec::new(), body: None, key: None }
    }

    /// Values of the parameters in the path, in order.
    pub(crate) fn at(mut self, values: &[&'a str]) -> Self {
        self.values = values.to_vec();
        self
    }

    pub(crate) fn query(mut self, name: &'static str, value: &str) -> Self {
        self.query.push((name, value.to_owned()));
        self
    }

    pub(crate) fn page(mut self, page: &PageRequest) -> Self {
        self.query.push(("limit", page.limit.to_string()));
        self.query.extend(page.after.iter().map(|after| ("after", after.clone())));
        self
    }

    pub(crate) fn after(mut self, after: u64, limit: u32) -> Self {
        self.query.push(("limit", limit.to_string()));
        self.query.push(("after", after.to_string()));
        self
    }

    pub(crate) fn body<T: Serialize>(mut self, body: &T) -> Result<Self, Error> {
        let bytes = serde_json::to_vec(body)
            .map_err(|error| Error::Invalid { message: format!("this is not JSON: {error}"), faults: Vec::new() })?;
        self.body = Some(bytes);
        Ok(self)
    }

    pub(crate) const fn key(mut self, key: &'a str) -> Self {
        self.key = Some(key);
        self
    }

    /// What the call is about, for a person, e.g. `run r1` or `run r1, step build`.
    fn subject(&self) -> String {
        let parts = self.operation.parameters().zip(&self.values).map(|(name, value)| format!("{name} {value}"));
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// A way to one plane.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    http: reqwest::Client,
    base: Url,
    token: Option<HeaderValue>,
    pub(crate) limits: Limits,
}

impl Wire {
    pub(crate) fn tcp(base_url: &str, token: Option<Secret>, limits: Limits) -> Result<Self, BuildError> {
        let base = Url::parse(base_url).map_err(|_| BuildError::Address { reason: "it is not a URL" })?;
        let reason = match base.scheme() {
            "http" | "https" if !base.username().is_empty() || base.password().is_some() => Some("it holds a password"),
            "http" | "https" if base.query().is_some() || base.fragment().is_some() => {
                Some("it goes on after the path")
            }
            "http" | "https" => None,
            _ => Some("it starts with neither http:// nor https://"),
        };
        if let Some(reason) = reason {
            return Err(BuildError::Address { reason });
        }
        let token = token.map(|token| bearer(&token)).transpose()?;
        let builder = builder(&limits);
        // A proxy of the environment is for the world outside, never for this machine itself.
        let builder = if is_loopback(&base) { builder.no_proxy() } else { builder };
        Ok(Self { http: build(builder)?, base, token, limits })
    }

    #[cfg(unix)]
    pub(crate) fn unix(socket: std::path::PathBuf, limits: Limits) -> Result<Self, BuildError> {
        let base = Url::parse("http://localhost").map_err(|_| BuildError::Address { reason: "it is not a URL" })?;
        Ok(Self { http: build(builder(&limits).no_proxy().unix_socket(socket))?, base, token: None, limits })
    }

    /// Sends a call and reads its answer.
    pub(crate) async fn send<T: DeserializeOwned>(&self, context: &CallContext, call: Call<'_>) -> Result<T, Error> {
        let work = async {
            let (operation, subject) = (call.operation, call.subject());
            let response = self.open(context, call, "application/json").await?;
            self.receive(operation, &subject, response).await
        };
        timeout(self.limits.call, work).await.unwrap_or(Err(Error::TimedOut))
    }

    /// Sends a call and gives its answer as soon as the head is there, whatever its status.
    pub(crate) async fn open(
        &self,
        context: &CallContext,
        call: Call<'_>,
        accept: &'static str,
    ) -> Result<Response, Error> {
        let request = self.request(context, call, accept)?;
        match timeout(self.limits.read, request.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(transport(&error)),
            Err(_) => Err(Error::TimedOut),
        }
    }

    fn request(&self, context: &CallContext, call: Call<'_>, accept: &'static str) -> Result<RequestBuilder, Error> {
        let path = fill(call.operation.path(), &call.values).ok_or_else(|| Error::NotFound { what: call.subject() })?;
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        headers.extend(self.token.clone().map(|token| (AUTHORIZATION, token)));
        let correlation = CorrelationId::accept(context.correlation_id.as_str());
        if let Some(value) = correlation.and_then(|id| HeaderValue::from_str(id.as_str()).ok()) {
            headers.insert(CORRELATION_HEADER, value);
        }
        if let Some(key) = call.key {
            let value = HeaderValue::from_str(key).map_err(|_| Error::Invalid {
                message: "the idempotency key holds characters that cannot be sent".to_owned(),
                faults: Vec::new(),
            })?;
            headers.insert(IDEMPOTENCY_HEADER, value);
        }
        let request = match call.operation.method() {
            Method::Get => self.http.get(url),
            Method::Post => self.http.post(url),
        };
        if let Some(body) = call.body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            return Ok(request.headers(headers).body(body));
        }
        Ok(request.headers(headers))
    }

    async fn receive<T: DeserializeOwned>(
        &self,
        operation: Operation,
        subject: &str,
        response: Response,
    ) -> Result<T, Error> {
        if !response.status().is_success() {
            return Err(self.refusal(operation, subject, response).await);
        }
        if !is_type(response.headers(), "application/json") {
            return Err(incompatible(format!("expected JSON as answer to {}", operation.id())));
        }
        let body = self.body(response).await?;
        let envelope: Envelope<T> = serde_json::from_slice(&body).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            incompatible(format!("the answer to {} breaks off or differs at {line}:{column}", operation.id()))
        })?;
        envelope.data.filter(|_| envelope.success).ok_or_else(|| incompatible("success without data"))
    }

    /// What an answer that is not 2xx means.
    pub(crate) async fn refusal(&self, operation: Operation, subject: &str, response: Response) -> Error {
        let status = response.status().as_u16();
        let text = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let retry_after = text(RETRY_AFTER.as_str()).and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
        let correlation_id = text(CORRELATION_HEADER).and_then(CorrelationId::accept).map(|id| id.to_string());
        // The status alone says enough if the body does not arrive.
        let body = self.body(response).await.unwrap_or_default();
        refused(Answer { operation, subject, status, retry_after, correlation_id, body: &body })
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, Error> {
        let mut body = Vec::new();
        loop {
            match timeout(self.limits.read, response.chunk()).await {
                Ok(Ok(Some(chunk))) if body.len() + chunk.len() > self.limits.body => {
                    return Err(incompatible(format!("an answer of more than {} bytes", self.limits.body)));
                }
                Ok(Ok(Some(chunk))) => body.extend_from_slice(&chunk),
                Ok(Ok(None)) => return Ok(body),
                Ok(Err(error)) => return Err(transport(&error)),
                Err(_) => return Err(Error::TimedOut),
            }
        }
    }
}

/// Whether an answer says that it is of this type, parameters aside.
pub(crate) fn is_type(headers: &HeaderMap, wanted: &str) -> bool {
    let found = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    found.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(wanted)
}

fn bearer(token: &Secret) -> Result<HeaderValue, BuildError> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose())).map_err(|_| BuildError::Token)?;
    value.set_sensitive(true);
    Ok(value)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn builder(limits: &Limits) -> ClientBuilder {
    // Fails only if a provider is there already, which is just as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .connect_timeout(limits.connect)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        // Shorter than our server keeps an idle connection, so that no call is sent into one that is being closed.
        .pool_idle_timeout(Duration::from_secs(20))
        .referer(false)
        .user_agent(concat!("breakwater/", env!("CARGO_PKG_VERSION")))
}

fn build(builder: ClientBuilder) -> Result<reqwest::Client, BuildError> {
    builder.build().map_err(|error| BuildError::Tls { detail: error.without_url().to_string() })
}
