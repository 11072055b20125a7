//! The trait and the few values that only travel through it.

use crate::{
    error::Error,
    session::{BegunSignIn, Session, SignIn, WaysIn},
    surface::{Ask, Heard, KnownRoute, Manners},
};
use domain::{
    Action, ApiKey, AuditEntry, AuditState, Availability, Billing, BillingAct, Breaker, BreakerAct, BreakerEvent,
    Capabilities, ControlPlaneKind, CorrelationId, DeadLetter, Event, FeedItem, LogLine, MadeApiKey, NewApiKey, Page,
    PageRequest, Permission, Preview, ProjectAct, ProjectWork, Queue, Run, RunId, RunStatus, RunSummary, Secret,
    Spending, Team, TeamAct, TeamPeople, Template, Timestamp, Verdict,
};
use futures::stream::BoxStream;
use serde_json::{Map, Value};
use std::time::Duration;

/// What accompanies every call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallContext {
    /// Joins everything that one request of an operator causes.
    pub correlation_id: CorrelationId,
    /// Why the operator asks, for a plane that keeps that with what is done.
    pub reason: Option<String>,
}

impl CallContext {
    /// That of a call without a reason.
    pub fn new(correlation_id: impl Into<CorrelationId>) -> Self {
        Self { correlation_id: correlation_id.into(), reason: None }
    }

    /// The same with a reason.
    #[must_use]
    pub fn because(&self, reason: &str) -> Self {
        Self { reason: Some(reason.to_owned()), ..self.clone() }
    }
}

/// Which runs are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Only runs in one of these states; empty means all.
    pub statuses: Vec<RunStatus>,
    /// Which page.
    pub page: PageRequest,
}

/// A run to be started.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRun {
    /// The plan as the operator wrote it; the control plane judges it.
    pub plan: Value,
    /// The template that it came from.
    pub template: Option<String>,
    /// The team that it is to belong to, where a plane has more than one.
    pub team: Option<String>,
    /// Same key, same run: a repeated call answers with the first run.
    pub idempotency_key: String,
}

/// How a step is to be tried again.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StepRetry {
    /// Why; kept in the timeline.
    pub reason: String,
    /// New inputs in place of the old ones; `None` keeps them.
    pub inputs: Option<Map<String, Value>>,
}

/// What a control plane says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaneIdentity {
    /// Its version, in its own words.
    pub version: String,
    /// Who the credential makes us.
    pub principal: Option<String>,
    /// What we may do to the plane itself, as far as it tells.
    pub may: Vec<Permission>,
    /// Teams that we belong to, with our role in each, as far as it tells.
    pub teams: Vec<Team>,
    /// Its clock when it answered, to measure skew.
    pub server_time: Option<Timestamp>,
    /// When the credential ends, as far as it tells; `None` also for one that never does.
    pub credential_ends: Option<Timestamp>,
}

/// Whether it lives, and whether it can do its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaneFacts {
    /// `GET` and what came back for liveness.
    pub live: Result<String, Error>,
    /// The same for readiness.
    pub ready: Result<String, Error>,
    /// Runs that wait for a slot.
    pub queue_depth: Option<u64>,
    /// Age of the oldest of them, in milliseconds.
    pub oldest_queued_ms: Option<u64>,
    /// Dead letters.
    pub dead_letters: Option<u64>,
}

/// A tool that plans may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// Its name, e.g. `shell` or `gate:<name>`.
    pub name: String,
    /// What it does, one sentence.
    pub summary: String,
}

/// A live feed; it ends with the connection.
pub type Feed = BoxStream<'static, Result<FeedItem, Error>>;

/// Hints that something has changed; they end with the connection.
pub type Hints = BoxStream<'static, Result<(), Error>>;

/// A control plane of any kind.
///
/// Every call is sent once; one that an access token did not let in, once more with the next. Lists are newest first and paged by key; events and logs are oldest first and resumed by
/// sequence number. Steps are named by id or by name. What a plane may lack is refused by default, with the reason that it
/// gives in its capabilities.
#[expect(unused_variables, reason = "what is refused by default names what it would take")]
#[async_trait::async_trait]
pub trait ControlPlane: Send + Sync + std::fmt::Debug {
    /// What it speaks.
    fn kind(&self) -> ControlPlaneKind;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// Whether it numbers the events of a run from 1 without a gap. Where it does not, [`events`](Self::events) gives all
    /// that it tells at once, each under a name of its own, `last_seq` of its runs is 0, and the console numbers them. Of
    /// such a plane a list may tell less of a run than [`run`](Self::run) does.
    fn numbers_events(&self) -> bool {
        true
    }

    /// Least time between two readings of runs with which the plane's own limits are kept, acts and lists included; none
    /// where it sets no limit.
    fn reading_gap(&self) -> Option<Duration> {
        None
    }

    /// What we asked of it lately, and what it says that we may still ask; `None` where nobody counts.
    fn spending(&self) -> Option<Spending> {
        None
    }

    /// The routes that its client knows of it; none where it is not spoken to by HTTP.
    fn routes(&self) -> Vec<KnownRoute> {
        Vec::new()
    }

    /// Its conventions, where it is spoken to by HTTP.
    fn manners(&self) -> Option<Manners> {
        None
    }

    /// Sends one request as it is written and tells what came back, whatever that is. It goes the way that every other call
    /// goes and counts like every other; it follows no redirect and is sent once.
    async fn ask(&self, context: &CallContext, ask: &Ask) -> Result<Heard, Error> {
        Err(Error::Unsupported { reason: "this plane is not spoken to by HTTP".to_owned() })
    }

    /// Who it is and who we are to it.
    async fn identity(&self, context: &CallContext) -> Result<PlaneIdentity, Error>;

    /// How people may sign in.
    async fn ways_in(&self, context: &CallContext) -> Result<WaysIn, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::SignIn))
    }

    /// Begins a sign-in at the identity provider of the plane, which leads the browser back to this address of a listener on
    /// this machine: `http://127.0.0.1:PORT/PATH`.
    async fn begin_sign_in(&self, context: &CallContext, redirect_uri: &str) -> Result<BegunSignIn, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::SignIn))
    }

    /// Begins a session of a person. What the port is called with otherwise does not matter.
    async fn sign_in(&self, context: &CallContext, by: &SignIn) -> Result<Session, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::SignIn))
    }

    /// Ends the session that the port is called with, or every session of its person.
    async fn sign_out(&self, context: &CallContext, everywhere: bool) -> Result<(), Error> {
        Err(Error::unsupported(&self.capabilities(), Action::SignIn))
    }

    /// Whether it lives and can work. Fails only if nothing at all could be asked.
    async fn facts(&self, context: &CallContext) -> Result<PlaneFacts, Error>;

    /// One page of runs, newest first.
    async fn list_runs(&self, context: &CallContext, filter: &RunFilter) -> Result<Page<RunSummary>, Error>;

    /// One run with its steps.
    async fn run(&self, context: &CallContext, run: &RunId) -> Result<Run, Error>;

    /// Events of a run with sequence numbers above `after`, at most `limit`.
    async fn events(&self, context: &CallContext, run: &RunId, after: u64, limit: u32) -> Result<Page<Event>, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::Events))
    }

    /// One run and all that the plane tells of its events, for a plane that does not number them: it reads the same for
    /// both, so both together cost less.
    async fn run_with_events(&self, context: &CallContext, run: &RunId) -> Result<(Run, Vec<Event>), Error> {
        let whole = self.run(context, run).await?;
        let tells = self.capabilities().of(Action::Events) == Availability::Yes;
        let told = if tells { self.events(context, run, 0, PageRequest::MAX_LIMIT).await?.items } else { Vec::new() };
        Ok((whole, told))
    }

    /// Log lines of a run with sequence numbers above `after`, at most `limit`.
    async fn logs(&self, context: &CallContext, run: &RunId, after: u64, limit: u32) -> Result<Page<LogLine>, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::Logs))
    }

    /// The live feed of all runs, after `position` or from now.
    async fn feed(&self, context: &CallContext, position: Option<u64>) -> Result<Feed, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::Stream))
    }

    /// Hints of a plane that tells only sometimes that something has changed, and not what: whoever asks it at intervals may
    /// ask at once. Offered where live events are only observed.
    async fn hints(&self, context: &CallContext) -> Result<Hints, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::Stream))
    }

    /// What a plan would do.
    async fn preview(&self, context: &CallContext, plan: &Value) -> Result<Preview, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::Preview))
    }

    /// Starts a run.
    async fn create_run(&self, context: &CallContext, new: &NewRun) -> Result<Run, Error>;

    /// Asks for a run to stop; answers as soon as that is recorded.
    async fn cancel_run(&self, context: &CallContext, run: &RunId, reason: &str) -> Result<Run, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::CancelRun))
    }

    /// Tries a step again that ended badly.
    async fn retry_step(
        &self,
        context: &CallContext,
        run: &RunId,
        step: &str,
        retry: &StepRetry,
    ) -> Result<Run, Error> {
        let action = if retry.inputs.is_some() { Action::RetryStepWithInputs } else { Action::RetryStep };
        Err(Error::unsupported(&self.capabilities(), action))
    }

    /// Decides an open gate.
    async fn decide_gate(
        &self,
        context: &CallContext,
        run: &RunId,
        step: &str,
        verdict: Verdict,
        reason: Option<&str>,
    ) -> Result<Run, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::DecideGate))
    }

    /// Every template.
    async fn templates(&self, context: &CallContext) -> Result<Vec<Template>, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::Templates))
    }

    /// The plan that a template makes of these values.
    async fn fill_template(
        &self,
        context: &CallContext,
        template: &str,
        values: &Map<String, Value>,
    ) -> Result<Value, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::Templates))
    }

    /// Every breaker of the plane.
    async fn breakers(&self, context: &CallContext) -> Result<Vec<Breaker>, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::Breakers))
    }

    /// What happened to a breaker, newest first.
    async fn breaker_events(
        &self,
        context: &CallContext,
        breaker: &str,
        page: &PageRequest,
    ) -> Result<Page<BreakerEvent>, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::Breakers))
    }

    /// Does something to a breaker.
    async fn act_on_breaker(
        &self,
        context: &CallContext,
        breaker: &str,
        act: BreakerAct,
        reason: &str,
    ) -> Result<Breaker, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::ResetBreaker))
    }

    /// Steps that nothing will try again by itself, newest first.
    async fn dead_letters(&self, context: &CallContext, page: &PageRequest) -> Result<Page<DeadLetter>, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::DeadLetters))
    }

    /// Asks for the store of a run to be removed; answers as soon as that is recorded.
    async fn delete_store(&self, context: &CallContext, run: &RunId) -> Result<(), Error> {
        Err(Error::unsupported(&self.capabilities(), Action::DeleteStore))
    }

    /// What belongs to the project of a run.
    async fn project_work(&self, context: &CallContext, run: &RunId) -> Result<ProjectWork, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::Projects))
    }

    /// Does something on the project of a run; answers as soon as that is recorded.
    async fn act_on_project(&self, context: &CallContext, run: &RunId, act: &ProjectAct) -> Result<(), Error> {
        Err(Error::unsupported(&self.capabilities(), Action::Projects))
    }

    /// Teams that we belong to.
    async fn teams(&self, context: &CallContext) -> Result<Vec<Team>, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::Teams))
    }

    /// Who is in a team and who is invited.
    async fn team_people(&self, context: &CallContext, team: &str) -> Result<TeamPeople, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::Teams))
    }

    /// Does something about a team. A plane that does not write to those who are invited gives what they accept with, this
    /// once, to be handed to them.
    async fn act_on_team(&self, context: &CallContext, act: &TeamAct) -> Result<Option<Secret>, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::Teams))
    }

    /// What was done and refused in a team lately, newest first.
    async fn audit(&self, context: &CallContext, team: &str) -> Result<Vec<AuditEntry>, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::Audit))
    }

    /// Reads the whole audit of the plane and checks that nothing in it was changed.
    async fn verify_audit(&self, context: &CallContext) -> Result<AuditState, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::Audit))
    }

    /// API keys that the plane accepts from us.
    async fn api_keys(&self, context: &CallContext) -> Result<Vec<ApiKey>, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::ApiKeys))
    }

    /// Makes an API key.
    async fn create_api_key(&self, context: &CallContext, new: &NewApiKey) -> Result<MadeApiKey, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::ApiKeys))
    }

    /// Makes the plane accept an API key no longer.
    async fn revoke_api_key(&self, context: &CallContext, key: &str) -> Result<(), Error> {
        Err(Error::unsupported(&self.capabilities(), Action::ApiKeys))
    }

    /// What waits in the queue.
    async fn queue(&self, context: &CallContext) -> Result<Queue, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::Queue))
    }

    /// Puts dead letters back into the queue, oldest first, at most so many; says how many there were.
    async fn requeue_dead_letters(&self, context: &CallContext, at_most: u32) -> Result<u64, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::RequeueDeadLetters))
    }

    /// What the plane charges a team, and what it used. A plane that charges each account on its own takes no team and tells of
    /// ours.
    async fn billing(&self, context: &CallContext, team: Option<&str>) -> Result<Billing, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::Billing))
    }

    /// Does something about the subscription of that; the address of a page where a person goes on, if there is one.
    async fn act_on_billing(
        &self,
        context: &CallContext,
        team: Option<&str>,
        act: &BillingAct,
    ) -> Result<Option<String>, Error> {
        Err(Error::unsupported(&self.capabilities(), Action::Billing))
    }

    /// Tools that plans may name, as far as the plane tells.
    async fn tools(&self, context: &CallContext) -> Result<Vec<Tool>, Error> {
        Ok(Vec::new())
    }
}
