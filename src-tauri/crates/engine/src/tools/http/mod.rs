//! `http`: makes one request and judges the answer.
//!
//! Inputs: `method` (GET), `url`, `headers` (texts or named sources; credentials only as named sources), `body` (text or a
//! named source) or `json`, `expect` {`status` (a number, a list or "any"; 200 to 299 unless given), `body_contains`,
//! `json` {path: value}}, `timeout` (30s), `max_body_bytes` (1 MiB), `follow_redirects` (false; only within the origin).
//! A breaker stands round each host and port. Deliberately absent: retry, which is the step's own.

mod answer;
mod request;
#[cfg(test)]
mod tests;

use super::{
    Tool, ToolCall, ToolFailure, ToolOutcome,
    breakers::{self, BreakerSet, Failed, Met},
    given::Sources,
    redact::Redactor,
    web::{self, Redirects},
};
use answer::Answer;
use domain::{Fault, LogStream};
use parking_lot::Mutex;
use reliability::{
    breaker::{Cause, Outcome},
    correlation::CorrelationId,
    retry::Verdict,
};
use request::{Body, Request};
use reqwest::{Client, header};
use serde_json::{Map, Value};
use std::{sync::Arc, time::Duration};

/// The tool.
#[derive(Debug)]
pub(crate) struct Http {
    sources: Sources,
    breakers: Arc<BreakerSet>,
    plain: Result<Client, ToolFailure>,
    following: Result<Client, ToolFailure>,
}

impl Http {
    /// Makes the tool, and its clients with it.
    pub(crate) fn new(sources: Sources, breakers: Arc<BreakerSet>) -> Self {
        let (plain, following) = (web::client(Redirects::Shown), web::client(Redirects::SameOrigin));
        Self { sources, breakers, plain, following }
    }

    async fn prepare(
        &self,
        request: &Request,
        call: &ToolCall,
        redactor: &mut Redactor,
    ) -> Result<reqwest::Request, ToolFailure> {
        let client = match request.redirects {
            Redirects::Shown => &self.plain,
            Redirects::SameOrigin => &self.following,
        };
        let client = client.as_ref().map_err(Clone::clone)?;
        let mut builder = client.request(request.method.clone(), request.url.clone());
        builder = builder.header("x-correlation-id", call.correlation_id.as_str());
        for (name, given) in &request.headers {
            let value = given.fetch(&self.sources, &call.upstream, redactor).await?;
            builder = builder.header(name, value);
        }
        builder = match &request.body {
            None => builder,
            Some(Body::Text(given)) => builder.body(given.fetch(&self.sources, &call.upstream, redactor).await?),
            Some(Body::Json(value)) => {
                let builder = builder.body(value.to_string());
                let typed = request.headers.iter().any(|(name, _)| name == header::CONTENT_TYPE);
                if typed { builder } else { builder.header(header::CONTENT_TYPE, "application/json") }
            }
        };
        builder.build().map_err(|error| web::explain(&error, &web::host_of(&request.url)).0)
    }

    /// Sends the request and reads the answer, within the time that the plan allows.
    async fn exchange(
        &self,
        prepared: Option<reqwest::Request>,
        request: &Request,
        call: &ToolCall,
        redactor: Redactor,
    ) -> Result<Answer, Failed> {
        let host = web::host_of(&request.url);
        let client = match request.redirects {
            Redirects::Shown => &self.plain,
            Redirects::SameOrigin => &self.following,
        };
        let client = client.as_ref().map_err(|failed| (failed.clone(), Outcome::Ignored))?;
        let prepared = prepared.ok_or_else(|| (ToolFailure::cancelled(), Outcome::Ignored))?;
        let explain = |error: &reqwest::Error| {
            let (failed, cause) = web::explain(error, &host);
            (failed, Outcome::Failure(cause))
        };
        let started = tokio::time::Instant::now();
        let exchange = async {
            let response = client.execute(prepared).await.map_err(|error| explain(&error))?;
            let retry_after = web::retry_after(&response, self.breakers.now());
            let mut answer = Answer::read(response, request.body_cap, (call.log.clone(), redactor), started)
                .await
                .map_err(|error| explain(&error))?;
            answer.retry_after = retry_after;
            Ok(answer)
        };
        tokio::time::timeout(request.timeout, exchange)
            .await
            .unwrap_or_else(|_| Err((late(&host), Outcome::Failure(Cause::Timeout))))
    }
}

fn late(host: &str) -> ToolFailure {
    ToolFailure::passing("timeout", format!("{host} did not answer in time."))
        .remedy("Try again, or set a longer timeout in the inputs.")
}

#[async_trait::async_trait]
impl Tool for Http {
    fn name(&self) -> &'static str {
        "http"
    }

    fn summary(&self) -> &'static str {
        "Makes one HTTP request and judges the answer."
    }

    fn default_timeout(&self) -> Duration {
        Duration::from_hours(1)
    }

    fn validate(&self, inputs: &Map<String, Value>) -> Vec<Fault> {
        request::read(inputs).err().unwrap_or_default()
    }

    fn breaker(&self, inputs: &Map<String, Value>) -> Option<String> {
        request::read(inputs).ok().map(|request| breakers::of_host(&web::host_of(&request.url)))
    }

    async fn run(&self, call: ToolCall) -> Result<ToolOutcome, ToolFailure> {
        let request = request::read(&call.inputs).map_err(|faults| ToolFailure::inputs(&faults))?;
        let mut redactor = Redactor::default();
        let prepared = self.prepare(&request, &call, &mut redactor).await?;
        let host = web::host_of(&request.url);
        let pipeline = self.breakers.of_host(&host);
        let (met, prepared) = (Mutex::new(None::<Met>), Mutex::new(Some(prepared)));
        let once = |_| {
            *met.lock() = Some(self.breakers.called(pipeline.breaker()));
            call.log.line(LogStream::System, &format!("{} {}", request.method, web::shown(&request.url)));
            self.exchange(prepared.lock().take(), &request, &call, redactor.clone())
        };
        let outcome = |result: &Result<Answer, Failed>| {
            let outcome = match result {
                Ok(answer) => answer.outcome(&request.expect),
                Err((_, outcome)) => *outcome,
            };
            if let Some(met) = &mut *met.lock() {
                met.heard(outcome);
            }
            outcome
        };
        let exchanged = tokio::select! {
            () = call.cancel.cancelled() => return Err(ToolFailure::cancelled()),
            exchanged = pipeline.run(CorrelationId::accept(&call.correlation_id), once, outcome, |_| Verdict::NonRetryable) => exchanged,
        };
        let breaker = met.lock().take();
        let judged = match exchanged {
            Ok(answer) => {
                call.log.line(LogStream::System, &answer.summary());
                answer.judge(&request.expect)
            }
            Err(error) => Err(breakers::explain(error, || late(&host))),
        };
        match judged {
            Ok(output) => Ok(ToolOutcome { output, breaker, ..ToolOutcome::default() }),
            Err(failed) => Err(ToolFailure { breaker: Met::joined(breaker, failed.breaker.clone()), ..failed }),
        }
    }
}
