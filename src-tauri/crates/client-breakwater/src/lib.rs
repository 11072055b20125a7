//! The control-plane port over our own HTTP API, by TCP with a token or by the local socket without one.
//!
//! Each call is sent once; the console puts retry, breakers and time limits round it. `wire` names operations and opens
//! envelopes, `error` says what an outcome means, `translate` turns replies into nouns, `feed` reads the live stream.
//! Deliberately absent: any state between calls, redirects, cookies, and any knowledge of where a token is kept.

mod error;
mod feed;
mod translate;
mod wire;

pub use client_http::{BuildError, Limits};
use control_plane::{
    CallContext, ControlPlane, Error, Feed, NewRun, PlaneFacts, PlaneIdentity, RunFilter, StepRetry, Tool,
};
use control_plane_api::{
    Operation,
    request::{
        ApproveBody, DeadLetterReply, FillBody, IdentityReply, LiveReply, NewTokenBody, NewTokenReply, QueueReply,
        ReadyReply, ReasonBody, RetryBody, TokenReply, ToolReply,
    },
};
use domain::{
    Action, Availability, Breaker, Capabilities, ControlPlaneKind, DeadLetter, Event, LogLine, Page, PageRequest,
    Preview, Queue, Run, RunId, RunSummary, Secret, Spending, Template, Verdict,
};
use serde_json::{Map, Value};
use wire::{Call, Wire};

/// Dead letters that are read with the queue.
const DEAD_SHOWN: u32 = 20;

/// A Breakwater control plane, built in or remote.
#[derive(Debug, Clone)]
pub struct BreakwaterClient {
    wire: Wire,
}

impl BreakwaterClient {
    /// A plane at an `http://` or `https://` address. `token` is sent with every call.
    pub fn tcp(base_url: &str, token: Option<Secret>, limits: Limits) -> Result<Self, BuildError> {
        Ok(Self { wire: Wire::tcp(base_url, token, limits)? })
    }

    /// The plane behind a local socket, where the user of the operating system is the credential.
    #[cfg(unix)]
    pub fn unix(socket: impl Into<std::path::PathBuf>, limits: Limits) -> Result<Self, BuildError> {
        Ok(Self { wire: Wire::unix(socket.into(), limits)? })
    }

    /// Every valid token of the plane, oldest first. Tokens are no part of the port: only the plane's own user, on its
    /// own socket, may ask.
    pub async fn tokens(&self, context: &CallContext) -> Result<Vec<TokenReply>, Error> {
        self.wire.send(context, Call::to(Operation::Tokens)).await
    }

    /// Makes a token.
    pub async fn create_token(&self, context: &CallContext, name: &str) -> Result<NewTokenReply, Error> {
        let body = NewTokenBody { name: name.to_owned() };
        self.wire.send(context, Call::to(Operation::CreateToken).body(&body)?).await
    }

    /// Makes a token invalid at once and for ever; answers those that are left.
    pub async fn revoke_token(&self, context: &CallContext, id: &str) -> Result<Vec<TokenReply>, Error> {
        self.wire.send(context, Call::to(Operation::RevokeToken).at(&[id])).await
    }
}

#[async_trait::async_trait]
impl ControlPlane for BreakwaterClient {
    fn kind(&self) -> ControlPlaneKind {
        ControlPlaneKind::Breakwater
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::each(|action| match action {
            Action::Stores | Action::DeleteStore => (Availability::No, Some("this plane provisions no stores")),
            Action::Projects => (Availability::No, Some("this plane has no projects")),
            Action::Teams => (Availability::No, Some("this plane has no teams")),
            Action::ApiKeys => (Availability::No, Some("the tokens of this plane are looked after in a terminal")),
            Action::RequeueDeadLetters => (Availability::No, Some("this plane tries the step of a run again instead")),
            Action::Billing => (Availability::No, Some("this plane charges nobody")),
            _ => (Availability::Yes, None),
        })
    }

    fn spending(&self) -> Option<Spending> {
        Some(self.wire.spending())
    }

    async fn identity(&self, context: &CallContext) -> Result<PlaneIdentity, Error> {
        let reply: IdentityReply = self.wire.send(context, Call::to(Operation::Identity)).await?;
        translate::identity(reply)
    }

    async fn queue(&self, context: &CallContext) -> Result<Queue, Error> {
        let page = PageRequest { after: None, limit: DEAD_SHOWN };
        let (queue, dead) = futures::try_join!(
            self.wire.send::<QueueReply>(context, Call::to(Operation::Queue)),
            self.dead_letters(context, &page),
        )?;
        Ok(translate::queue(&queue, dead))
    }

    async fn facts(&self, context: &CallContext) -> Result<PlaneFacts, Error> {
        let (live, ready, queue) = futures::join!(
            self.wire.send::<LiveReply>(context, Call::to(Operation::Live)),
            self.wire.send::<ReadyReply>(context, Call::to(Operation::Ready)),
            self.wire.send::<QueueReply>(context, Call::to(Operation::Queue)),
        );
        translate::facts(live, ready, queue)
    }

    async fn list_runs(&self, context: &CallContext, filter: &RunFilter) -> Result<Page<RunSummary>, Error> {
        let mut call = Call::to(Operation::ListRuns).page(&filter.page);
        for status in &filter.statuses {
            call = call.query("status", status.as_str());
        }
        self.wire.send(context, call).await
    }

    async fn run(&self, context: &CallContext, run: &RunId) -> Result<Run, Error> {
        self.wire.send(context, Call::to(Operation::GetRun).at(&[run.as_str()])).await
    }

    async fn events(&self, context: &CallContext, run: &RunId, after: u64, limit: u32) -> Result<Page<Event>, Error> {
        self.wire.send(context, Call::to(Operation::RunEvents).at(&[run.as_str()]).after(after, limit)).await
    }

    async fn logs(&self, context: &CallContext, run: &RunId, after: u64, limit: u32) -> Result<Page<LogLine>, Error> {
        self.wire.send(context, Call::to(Operation::RunLogs).at(&[run.as_str()]).after(after, limit)).await
    }

    async fn feed(&self, context: &CallContext, position: Option<u64>) -> Result<Feed, Error> {
        feed::open(&self.wire, context, position).await
    }

    async fn preview(&self, context: &CallContext, plan: &Value) -> Result<Preview, Error> {
        self.wire.send(context, Call::to(Operation::Preview).body(plan)?).await
    }

    async fn create_run(&self, context: &CallContext, new: &NewRun) -> Result<Run, Error> {
        let mut call = Call::to(Operation::CreateRun).body(&new.plan)?.key(&new.idempotency_key);
        if let Some(template) = &new.template {
            call = call.query("template", template);
        }
        self.wire.send(context, call).await
    }

    async fn cancel_run(&self, context: &CallContext, run: &RunId, reason: &str) -> Result<Run, Error> {
        let body = ReasonBody { reason: reason.to_owned() };
        self.wire.send(context, Call::to(Operation::CancelRun).at(&[run.as_str()]).body(&body)?).await
    }

    async fn retry_step(
        &self,
        context: &CallContext,
        run: &RunId,
        step: &str,
        retry: &StepRetry,
    ) -> Result<Run, Error> {
        let body = RetryBody { reason: retry.reason.clone(), inputs: retry.inputs.clone() };
        self.wire.send(context, Call::to(Operation::RetryStep).at(&[run.as_str(), step]).body(&body)?).await
    }

    async fn decide_gate(
        &self,
        context: &CallContext,
        run: &RunId,
        step: &str,
        verdict: Verdict,
        reason: Option<&str>,
    ) -> Result<Run, Error> {
        let call = match verdict {
            Verdict::Approve => {
                Call::to(Operation::ApproveGate).body(&ApproveBody { reason: reason.map(ToOwned::to_owned) })?
            }
            Verdict::Reject => {
                Call::to(Operation::RejectGate).body(&ReasonBody { reason: reason.unwrap_or_default().to_owned() })?
            }
        };
        self.wire.send(context, call.at(&[run.as_str(), step])).await
    }

    async fn templates(&self, context: &CallContext) -> Result<Vec<Template>, Error> {
        self.wire.send(context, Call::to(Operation::Templates)).await
    }

    async fn fill_template(
        &self,
        context: &CallContext,
        template: &str,
        values: &Map<String, Value>,
    ) -> Result<Value, Error> {
        let body = FillBody { values: values.clone() };
        self.wire.send(context, Call::to(Operation::FillTemplate).at(&[template]).body(&body)?).await
    }

    async fn breakers(&self, context: &CallContext) -> Result<Vec<Breaker>, Error> {
        self.wire.send(context, Call::to(Operation::Breakers)).await
    }

    async fn reset_breaker(&self, context: &CallContext, breaker: &str, reason: &str) -> Result<Breaker, Error> {
        let body = ReasonBody { reason: reason.to_owned() };
        self.wire.send(context, Call::to(Operation::ResetBreaker).at(&[breaker]).body(&body)?).await
    }

    async fn dead_letters(&self, context: &CallContext, page: &PageRequest) -> Result<Page<DeadLetter>, Error> {
        let page: Page<DeadLetterReply> = self.wire.send(context, Call::to(Operation::DeadLetters).page(page)).await?;
        Ok(translate::dead_letters(page))
    }

    async fn tools(&self, context: &CallContext) -> Result<Vec<Tool>, Error> {
        let tools: Vec<ToolReply> = self.wire.send(context, Call::to(Operation::Tools)).await?;
        Ok(tools.into_iter().map(|tool| Tool { name: tool.name, summary: tool.summary }).collect())
    }
}
