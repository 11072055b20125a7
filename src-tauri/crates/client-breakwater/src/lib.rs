//! The control-plane port over our own HTTP API, by TCP with a token or the session of a person, or by the local
//! socket without either.
//!
//! Each call is sent once, and once more if its access token did not let it in; the console puts retry, breakers and time limits round it. `wire` names operations and opens
//! envelopes, `error` says what an outcome means, `translate` turns replies into nouns, `feed` reads the live
//! stream, `teams` and `billing` carry out what is done about teams and their bills, `people` signs in and out, `renewal` has
//! the access token of somebody who is signed in, `audit` reads what the port does not ask for, `routes` is the table of operations as a stranger sees it.
//! Deliberately absent: redirects, cookies, and any knowledge of where a token is kept.

mod audit;
mod billing;
mod error;
mod feed;
mod people;
mod renewal;
mod routes;
mod teams;
mod translate;
mod wire;

pub use client_http::{BuildError, Limits};
use control_plane::{
    Ask, BegunSignIn, CallContext, ControlPlane, Credential, Error, Feed, Heard, KnownRoute, Manners, NewRun,
    PlaneFacts, PlaneIdentity, RunFilter, Session, SignIn, StepRetry, Tool, WaysIn,
};
use control_plane_api::{
    Operation,
    request::{
        ActBody, ApproveBody, DeadLetterReply, FillBody, IdentityReply, IsolateBody, LiveReply, NewApiKeyBody,
        NewApiKeyReply, QueueReply, ReadyReply, ReasonBody, RetryBody, ToolReply,
    },
};
use domain::{
    Action, ApiKey, AuditEntry, AuditState, Availability, Billing, BillingAct, Breaker, BreakerAct, BreakerEvent,
    Capabilities, ControlPlaneKind, DeadLetter, Event, LogLine, MadeApiKey, NewApiKey, Page, PageRequest, Preview,
    Queue, Run, RunId, RunSummary, Secret, Spending, Team, TeamAct, TeamPeople, Template, Verdict,
};
use serde_json::{Map, Value};
use wire::{Call, Wire};

/// Dead letters that are read with the queue.
const DEAD_SHOWN: u32 = 20;
/// Entries of the audit that are read.
const AUDIT_SHOWN: u32 = 200;

/// A Breakwater control plane, built in or remote.
#[derive(Debug, Clone)]
pub struct BreakwaterClient {
    wire: Wire,
}

impl BreakwaterClient {
    /// A plane at an `http://` or `https://` address, called with a token or with the session of a person.
    pub fn tcp(base_url: &str, credential: Option<Credential>, limits: Limits) -> Result<Self, BuildError> {
        Ok(Self { wire: Wire::tcp(base_url, credential, limits)? })
    }

    /// The plane behind a local socket, where the user of the operating system is the credential.
    #[cfg(unix)]
    pub fn unix(socket: impl Into<std::path::PathBuf>, limits: Limits) -> Result<Self, BuildError> {
        Ok(Self { wire: Wire::unix(socket.into(), limits)? })
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
            Action::RequeueDeadLetters => (Availability::No, Some("this plane tries the step of a run again instead")),
            Action::SignIn if self.wire.is_local() => {
                (Availability::No, Some("the socket knows the user of the operating system, so nobody signs in"))
            }
            _ => (Availability::Yes, None),
        })
    }

    fn spending(&self) -> Option<Spending> {
        Some(self.wire.spending())
    }

    fn routes(&self) -> Vec<KnownRoute> {
        routes::all()
    }

    fn manners(&self) -> Option<Manners> {
        Some(routes::MANNERS)
    }

    async fn ask(&self, context: &CallContext, ask: &Ask) -> Result<Heard, Error> {
        self.wire.hear(context, ask).await
    }

    async fn identity(&self, context: &CallContext) -> Result<PlaneIdentity, Error> {
        let reply: IdentityReply = self.wire.send(context, Call::to(Operation::Identity)).await?;
        translate::identity(reply)
    }

    async fn ways_in(&self, context: &CallContext) -> Result<WaysIn, Error> {
        self.known_ways_in(context).await
    }

    async fn begin_sign_in(&self, context: &CallContext, redirect_uri: &str) -> Result<BegunSignIn, Error> {
        self.begin_in_browser(context, redirect_uri).await
    }

    async fn sign_in(&self, context: &CallContext, by: &SignIn) -> Result<Session, Error> {
        self.begin_session(context, by).await
    }

    async fn sign_out(&self, context: &CallContext, everywhere: bool) -> Result<(), Error> {
        self.end_session(context, everywhere).await
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
        for (name, value) in [("template", &new.template), ("team", &new.team)] {
            if let Some(value) = value {
                call = call.query(name, value);
            }
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

    async fn breaker_events(
        &self,
        context: &CallContext,
        breaker: &str,
        page: &PageRequest,
    ) -> Result<Page<BreakerEvent>, Error> {
        self.wire.send(context, Call::to(Operation::BreakerEvents).at(&[breaker]).page(page)).await
    }

    async fn act_on_breaker(
        &self,
        context: &CallContext,
        breaker: &str,
        act: BreakerAct,
        reason: &str,
    ) -> Result<Breaker, Error> {
        let body = ReasonBody { reason: reason.to_owned() };
        let call = match act {
            BreakerAct::Reset => Call::to(Operation::ResetBreaker).body(&body)?,
            BreakerAct::Probe => Call::to(Operation::ProbeBreaker).body(&body)?,
            BreakerAct::Release => Call::to(Operation::ReleaseBreaker).body(&body)?,
            BreakerAct::Isolate { minutes } => {
                Call::to(Operation::IsolateBreaker).body(&IsolateBody { minutes, reason: body.reason })?
            }
        };
        self.wire.send(context, call.at(&[breaker])).await
    }

    async fn dead_letters(&self, context: &CallContext, page: &PageRequest) -> Result<Page<DeadLetter>, Error> {
        let page: Page<DeadLetterReply> = self.wire.send(context, Call::to(Operation::DeadLetters).page(page)).await?;
        Ok(translate::dead_letters(page))
    }

    async fn teams(&self, context: &CallContext) -> Result<Vec<Team>, Error> {
        self.wire.send(context, Call::to(Operation::Teams)).await
    }

    async fn team_people(&self, context: &CallContext, team: &str) -> Result<TeamPeople, Error> {
        self.wire.send(context, Call::to(Operation::TeamPeople).at(&[team])).await
    }

    async fn act_on_team(&self, context: &CallContext, act: &TeamAct) -> Result<Option<Secret>, Error> {
        self.change_team(context, act).await
    }

    async fn audit(&self, context: &CallContext, team: &str) -> Result<Vec<AuditEntry>, Error> {
        self.newest_of_audit(context, Some(team), AUDIT_SHOWN).await
    }

    async fn verify_audit(&self, context: &CallContext) -> Result<AuditState, Error> {
        self.check_audit(context, None).await
    }

    async fn api_keys(&self, context: &CallContext) -> Result<Vec<ApiKey>, Error> {
        self.wire.send(context, Call::to(Operation::ApiKeys)).await
    }

    async fn create_api_key(&self, context: &CallContext, new: &NewApiKey) -> Result<MadeApiKey, Error> {
        let body = NewApiKeyBody {
            name: new.name.clone(),
            team: new.team.clone(),
            permissions: new.permissions.clone(),
            expires_at: new.expires_at,
            reason: context.reason.clone(),
        };
        let made: NewApiKeyReply = self.wire.send(context, Call::to(Operation::CreateApiKey).body(&body)?).await?;
        Ok(MadeApiKey { key: made.key, secret: Secret::new(made.secret) })
    }

    async fn revoke_api_key(&self, context: &CallContext, key: &str) -> Result<(), Error> {
        let body = ActBody { reason: context.reason.clone() };
        let call = Call::to(Operation::RevokeApiKey).at(&[key]).body(&body)?;
        self.wire.send::<Vec<ApiKey>>(context, call).await.map(drop)
    }

    async fn billing(&self, context: &CallContext, team: Option<&str>) -> Result<Billing, Error> {
        self.bill(context, team).await
    }

    async fn act_on_billing(
        &self,
        context: &CallContext,
        team: Option<&str>,
        act: &BillingAct,
    ) -> Result<Option<String>, Error> {
        self.change_subscription(context, team, act).await
    }

    async fn tools(&self, context: &CallContext) -> Result<Vec<Tool>, Error> {
        let tools: Vec<ToolReply> = self.wire.send(context, Call::to(Operation::Tools)).await?;
        Ok(tools.into_iter().map(|tool| Tool { name: tool.name, summary: tool.summary }).collect())
    }
}
