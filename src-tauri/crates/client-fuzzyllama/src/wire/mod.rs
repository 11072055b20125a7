//! The API of `FuzzyLlama` over a wire: a call knows what it is about, an answer is read or refused.
//!
//! A call that is answered with "sign in" is sent once more after signing in again; nothing else is ever repeated.

mod credential;
mod session;

pub use credential::{Claims, TokenKind, claims};

use crate::{
    error::{Refusal, refused},
    reply,
    socket::Line,
};
use client_http::{Answer, BuildError, Call, Limits, Method, Wire as HttpWire, header::HeaderName};
use control_plane::{Ask, CallContext, Error, Heard, Shown};
use credential::Credential;
use domain::{Secret, Spending};
use serde::de::DeserializeOwned;
use serde_json::Value;
use session::Session;

/// Not read by the plane, but by proxies and logs in front of it.
const CORRELATION_HEADER: HeaderName = HeaderName::from_static("x-correlation-id");

/// One request, kept as data so that it can be sent a second time.
#[derive(Debug, Clone)]
pub(crate) struct Request<'a> {
    method: Method,
    pieces: Vec<&'a str>,
    project: Option<&'a str>,
    body: Option<Value>,
    subject: String,
    is_verdict: bool,
}

impl<'a> Request<'a> {
    /// Reads what is at these pieces of a path; `subject` names it for a person.
    pub(crate) fn get(pieces: &[&'a str], subject: impl Into<String>) -> Self {
        let (pieces, subject) = (pieces.to_vec(), subject.into());
        Self { method: Method::GET, pieces, project: None, body: None, subject, is_verdict: false }
    }

    /// Does what is at these pieces of a path; null sends no body.
    pub(crate) fn post(pieces: &[&'a str], subject: impl Into<String>, body: Value) -> Self {
        Self { method: Method::POST, body: Some(body).filter(|body| !body.is_null()), ..Self::get(pieces, subject) }
    }

    /// Of one project only. Left out, the plane fails or answers with the rows of everybody.
    pub(crate) fn of_project(mut self, project: &'a str) -> Self {
        self.project = Some(project);
        self
    }

    /// It decides a gate, so what the plane refuses is a matter of the state of that gate.
    pub(crate) const fn with_verdict(mut self) -> Self {
        self.is_verdict = true;
        self
    }

    fn call(&self) -> Result<Call, Error> {
        let mut call = match self.method {
            Method::POST => Call::post(&self.pieces),
            _ => Call::get(&self.pieces),
        };
        if let Some(project) = self.project {
            call = call.query("projectId", project);
        }
        match &self.body {
            Some(body) => call.json(body),
            None => Ok(call),
        }
    }

    fn outcome<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, Error> {
        if answer.is_success() {
            return reply::read(answer, &self.subject);
        }
        Err(refused(&Refusal { is_verdict: self.is_verdict, ..Refusal::of(&self.subject, answer) }))
    }
}

/// A way to one plane.
#[derive(Debug)]
pub(crate) struct Wire {
    open: HttpWire,
    session: Session,
}

impl Wire {
    pub(crate) fn spending(&self) -> Spending {
        self.open.spending()
    }

    pub(crate) fn new(base_url: &str, credential: Option<Secret>, limits: Limits) -> Result<Self, BuildError> {
        let open = HttpWire::tcp(base_url, CORRELATION_HEADER, limits)?;
        let session = Session::new(&open, Credential::read(credential))?;
        Ok(Self { open, session })
    }

    /// Asks what anybody may ask.
    pub(crate) async fn ask_openly<T: DeserializeOwned>(
        &self,
        context: &CallContext,
        request: &Request<'_>,
    ) -> Result<T, Error> {
        request.outcome(&self.open.ask(context, request.call()?).await?)
    }

    /// Asks as the operator.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        context: &CallContext,
        request: &Request<'_>,
    ) -> Result<T, Error> {
        let pass = self.session.pass(&self.open, context).await?;
        match request.outcome(&pass.wire.ask(context, request.call()?).await?) {
            Err(Error::Unauthorised) => {
                let pass = self.session.renew(&pass, &self.open, context).await?;
                request.outcome(&pass.wire.ask(context, request.call()?).await?)
            }
            outcome => outcome,
        }
    }

    /// Sends one request as it is written.
    pub(crate) async fn hear(&self, context: &CallContext, ask: &Ask) -> Result<Heard, Error> {
        if ask.shown != Shown::Ours {
            return self.open.hear(context, ask, None).await;
        }
        self.session.pass(&self.open, context).await?.wire.hear(context, ask, None).await
    }

    /// Opens the socket as the operator.
    pub(crate) async fn line(&self, context: &CallContext) -> Result<Line, Error> {
        let pass = self.session.pass(&self.open, context).await?;
        match Line::open(&pass.wire, context).await {
            Err(Error::Unauthorised) => {
                let pass = self.session.renew(&pass, &self.open, context).await?;
                Line::open(&pass.wire, context).await
            }
            outcome => outcome,
        }
    }

    /// Asks as the operator for something that the plane may be unable to tell, which is nothing then. Whatever keeps
    /// everything else from being told as well is an error.
    pub(crate) async fn ask_if_told<T: DeserializeOwned>(
        &self,
        context: &CallContext,
        request: &Request<'_>,
    ) -> Result<Option<T>, Error> {
        match self.ask(context, request).await {
            Ok(told) => Ok(Some(told)),
            Err(Error::Unavailable { .. } | Error::NotFound { .. } | Error::Incompatible { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What stands at this path for everybody, whatever the status, for recognising a plane.
    pub(crate) async fn look(&self, context: &CallContext, pieces: &[&str]) -> Result<Answer, Error> {
        self.open.ask(context, Call::get(pieces)).await
    }
}
