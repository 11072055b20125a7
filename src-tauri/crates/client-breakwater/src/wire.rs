//! Our API over a wire: a call names its operation, an answer is an envelope.

use crate::error::{Refusal, refused};
use client_http::{Answer, Call as HttpCall, Limits, Opened, Wire as HttpWire, header::HeaderName, incompatible};
use control_plane::{CallContext, Error};
use control_plane_api::{
    Envelope, Method, Operation,
    paths::{CORRELATION_HEADER, IDEMPOTENCY_HEADER, fill},
};
use domain::{CorrelationId, PageRequest, Secret, Spending};
use serde::{Serialize, de::DeserializeOwned};

/// One call, before it is sent.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    operation: Operation,
    values: Vec<&'a str>,
    query: Vec<(&'static str, String)>,
    body: Option<serde_json::Value>,
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
        let value = serde_json::to_value(body)
            .map_err(|error| Error::Invalid { message: format!("this is not JSON: {error}"), faults: Vec::new() })?;
        self.body = Some(value);
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

    fn over_http(&self) -> Result<HttpCall, Error> {
        let Some(path) = fill(self.operation.path(), &self.values) else {
            return Err(Error::NotFound { what: self.subject() });
        };
        let method = match self.operation.method() {
            Method::Get => client_http::Method::GET,
            Method::Post => client_http::Method::POST,
        };
        let mut call = HttpCall::whole(method, path);
        for (name, value) in &self.query {
            call = call.query(name, value);
        }
        if let Some(key) = self.key {
            call = call.header(HeaderName::from_static(IDEMPOTENCY_HEADER), key, "the idempotency key")?;
        }
        match &self.body {
            Some(body) => call.json(body),
            None => Ok(call),
        }
    }
}

/// A way to one plane.
#[derive(Debug, Clone)]
pub(crate) struct Wire(HttpWire);

impl Wire {
    pub(crate) fn spending(&self) -> Spending {
        self.0.spending()
    }

    pub(crate) fn tcp(base_url: &str, token: Option<Secret>, limits: Limits) -> Result<Self, client_http::BuildError> {
        let wire = HttpWire::tcp(base_url, HeaderName::from_static(CORRELATION_HEADER), limits)?;
        Ok(Self(match token {
            Some(token) => wire.with_bearer(&token)?,
            None => wire,
        }))
    }

    #[cfg(unix)]
    pub(crate) fn unix(socket: std::path::PathBuf, limits: Limits) -> Result<Self, client_http::BuildError> {
        Ok(Self(HttpWire::unix(socket, HeaderName::from_static(CORRELATION_HEADER), limits)?))
    }

    /// Sends a call and reads its answer.
    pub(crate) async fn send<T: DeserializeOwned>(&self, context: &CallContext, call: Call<'_>) -> Result<T, Error> {
        let answer = self.0.ask(context, call.over_http()?).await?;
        if !answer.is_success() {
            return Err(meaning(call.operation, &call.subject(), &answer));
        }
        let envelope: Envelope<T> = answer.json(call.operation.id())?;
        envelope.data.filter(|_| envelope.success).ok_or_else(|| incompatible("success without data"))
    }

    /// Opens the live feed.
    pub(crate) async fn stream(&self, context: &CallContext, call: Call<'_>) -> Result<Opened, Error> {
        let opened = self.0.open(context, call.over_http()?, "text/event-stream").await?;
        if (200..300).contains(&opened.status()) {
            return Ok(opened);
        }
        Err(meaning(call.operation, "the live feed", &opened.whole().await?))
    }
}

/// What an answer that is not 2xx means.
fn meaning(operation: Operation, subject: &str, answer: &Answer) -> Error {
    let correlation_id = answer.text(CORRELATION_HEADER).and_then(CorrelationId::accept).map(|id| id.to_string());
    let (status, retry_after) = (answer.status, answer.retry_after());
    refused(Refusal { operation, subject, status, retry_after, correlation_id, body: &answer.body })
}
