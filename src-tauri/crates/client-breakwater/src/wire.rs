//! Our API over a wire: a call names its operation, an answer is an envelope.

use crate::{
    error::{Refusal, refused},
    renewal::Renewal,
};
use client_http::{
    Answer, BuildError, Call as HttpCall, Limits, Opened, Wire as HttpWire, header::HeaderName, incompatible,
};
use control_plane::{Ask, CallContext, Credential, Error, Heard, Shown};
use control_plane_api::{
    Envelope, Method, Operation, code,
    paths::{CORRELATION_HEADER, IDEMPOTENCY_HEADER, fill},
};
use domain::{CorrelationId, PageRequest, Spending, Timestamp};
use serde::{Serialize, de::DeserializeOwned};
use std::sync::Arc;

/// One call, before it is sent. Its `Debug` does not show the body, which may hold a secret.
pub(crate) struct Call<'a> {
    operation: Operation,
    values: Vec<&'a str>,
    query: Vec<(&'static str, String)>,
    body: Option<serde_json::Value>,
    key: Option<&'a str>,
}

impl std::fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call").field("operation", &self.operation).finish_non_exhaustive()
    }
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

    pub(crate) fn over_http(&self) -> Result<HttpCall, Error> {
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
pub(crate) struct Wire {
    http: HttpWire,
    /// Of somebody who is signed in.
    session: Option<Arc<Renewal>>,
    is_local: bool,
}

impl Wire {
    pub(crate) fn spending(&self) -> Spending {
        self.http.spending()
    }

    /// Whether it is a socket of this machine.
    pub(crate) const fn is_local(&self) -> bool {
        self.is_local
    }

    pub(crate) fn tcp(base_url: &str, credential: Option<Credential>, limits: Limits) -> Result<Self, BuildError> {
        let http = HttpWire::tcp(base_url, HeaderName::from_static(CORRELATION_HEADER), limits)?;
        let bare = Self { http, session: None, is_local: false };
        Ok(match credential {
            None => bare,
            Some(Credential::Token(token)) => Self { http: bare.http.with_bearer(&token)?, ..bare },
            Some(Credential::Session(keeper)) => {
                Self { session: Some(Arc::new(Renewal::new(bare.http.clone(), keeper))), ..bare }
            }
        })
    }

    #[cfg(unix)]
    pub(crate) fn unix(socket: std::path::PathBuf, limits: Limits) -> Result<Self, BuildError> {
        let http = HttpWire::unix(socket, HeaderName::from_static(CORRELATION_HEADER), limits)?;
        Ok(Self { http, session: None, is_local: true })
    }

    /// Sends a call and reads its answer.
    pub(crate) async fn send<T: DeserializeOwned>(&self, context: &CallContext, call: Call<'_>) -> Result<T, Error> {
        let answer = self.ask(context, &call).await?;
        opened(&call, &answer).map(|(data, _)| data)
    }

    /// Sends a call and reads its answer of one JSON document a line.
    pub(crate) async fn lines<T: DeserializeOwned>(
        &self,
        context: &CallContext,
        call: Call<'_>,
    ) -> Result<Vec<T>, Error> {
        let answer = self.ask(context, &call).await?;
        if !answer.is_success() {
            return Err(meaning(call.operation, &call.subject(), &answer));
        }
        let what = call.operation.id();
        if !answer.is_type("application/x-ndjson") {
            return Err(incompatible(format!("expected lines of JSON as answer to {what}")));
        }
        let lines = answer.body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).enumerate();
        lines
            .map(|(index, line)| {
                serde_json::from_slice(line)
                    .map_err(|_| incompatible(format!("line {} of the answer to {what} is not understood", index + 1)))
            })
            .collect()
    }

    /// Sends a call and gives its answer, whatever its status. What the plane did not let in was not carried out, so it is
    /// sent again with the next access token, once.
    pub(crate) async fn ask(&self, context: &CallContext, call: &Call<'_>) -> Result<Answer, Error> {
        let Some(session) = self.session_for(call) else { return self.http.ask(context, call.over_http()?).await };
        let access = session.access(context, None).await?;
        let answer = self.http.ask(context, call.over_http()?.bearer(&access)?).await?;
        if !(answer.status == 401 && says(&answer, code::UNAUTHENTICATED)) {
            return Ok(answer);
        }
        let access = session.access(context, Some(&access)).await?;
        self.http.ask(context, call.over_http()?.bearer(&access)?).await
    }

    /// Opens the live feed, with the next access token if the plane does not let this one in.
    pub(crate) async fn stream(&self, context: &CallContext, call: Call<'_>) -> Result<Opened, Error> {
        const FEED: &str = "text/event-stream";
        let meant = |answer: &Answer| meaning(call.operation, "the live feed", answer);
        let Some(session) = self.session_for(&call) else {
            let opened = self.http.open(context, call.over_http()?, FEED).await?;
            return success(opened).await?.map_err(|answer| meant(&answer));
        };
        let access = session.access(context, None).await?;
        let opened = self.http.open(context, call.over_http()?.bearer(&access)?, FEED).await?;
        match success(opened).await? {
            Err(answer) if answer.status == 401 && says(&answer, code::UNAUTHENTICATED) => {
                let access = session.access(context, Some(&access)).await?;
                let opened = self.http.open(context, call.over_http()?.bearer(&access)?, FEED).await?;
                success(opened).await?.map_err(|answer| meant(&answer))
            }
            outcome => outcome.map_err(|answer| meant(&answer)),
        }
    }

    /// Sends one request as it is written.
    pub(crate) async fn hear(&self, context: &CallContext, ask: &Ask) -> Result<Heard, Error> {
        let Some(session) = self.session.as_ref().filter(|_| ask.shown == Shown::Ours) else {
            return self.http.hear(context, ask, None).await;
        };
        let access = session.access(context, None).await?;
        self.http.hear(context, ask, Some(&access)).await
    }

    /// Whom the call comes from, if it needs anybody at all.
    fn session_for(&self, call: &Call<'_>) -> Option<&Arc<Renewal>> {
        self.session.as_ref().filter(|_| !call.operation.is_open())
    }
}

/// What an answer holds, and when it was made.
pub(crate) fn opened<T: DeserializeOwned>(call: &Call<'_>, answer: &Answer) -> Result<(T, Timestamp), Error> {
    if !answer.is_success() {
        return Err(meaning(call.operation, &call.subject(), answer));
    }
    let envelope: Envelope<T> = answer.json(call.operation.id())?;
    let data = envelope.data.filter(|_| envelope.success).ok_or_else(|| incompatible("success without data"))?;
    Ok((data, envelope.meta.timestamp))
}

/// Whether a refusal has this code.
pub(crate) fn says(answer: &Answer, code: &str) -> bool {
    let said = serde_json::from_slice::<Envelope<serde_json::Value>>(&answer.body).ok();
    said.and_then(|envelope| envelope.error).is_some_and(|error| error.code == code)
}

/// An answer that is 2xx, or the whole of one that is not.
async fn success(opened: Opened) -> Result<Result<Opened, Answer>, Error> {
    if (200..300).contains(&opened.status()) {
        return Ok(Ok(opened));
    }
    opened.whole().await.map(Err)
}

/// What an answer that is not 2xx means.
fn meaning(operation: Operation, subject: &str, answer: &Answer) -> Error {
    let correlation_id = answer.text(CORRELATION_HEADER).and_then(CorrelationId::accept).map(|id| id.to_string());
    let (status, retry_after) = (answer.status, answer.retry_after());
    refused(Refusal { operation, subject, status, retry_after, correlation_id, body: &answer.body })
}
