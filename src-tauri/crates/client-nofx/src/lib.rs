//! The control-plane port over the HTTP API of NOFX.
//!
//! Two servers go by that name and give other answers at the same paths. Which one it is, and which optional parts answer,
//! is found out at the first call and remembered until an answer says otherwise. `wire` sends a call, `reading` and
//! `translate` turn its answer into nouns, `error` says what a refusal means, `surface` says what can be asked at all,
//! `routes` is what it shows to others.
//! Deliberately absent: retries, a cache but for the queue (see `queue`), and everything that NOFX does not tell.

mod billing;
mod discovery;
mod error;
mod judge;
mod keys;
#[doc(hidden)]
pub mod parse;
mod queue;
mod reading;
mod routes;
mod runs;
mod surface;
mod teams;
mod translate;
mod window;
mod wire;

pub use client_http::{BuildError, Limits};
pub use discovery::recognise;
pub use surface::Dialect;

use client_http::Call;
use control_plane::{
    Ask, CallContext, ControlPlane, Error, Heard, KnownRoute, Manners, NewRun, PlaneFacts, PlaneIdentity, RunFilter,
    StepRetry, Tool,
};
use domain::{
    Action, ApiKey, Availability, Billing, BillingAct, Capabilities, ControlPlaneKind, DeadLetter, Event, MadeApiKey,
    NewApiKey, Page, PageRequest, Preview, Queue, Run, RunId, RunSummary, Secret, Spending, Team, TeamAct, TeamPeople,
    Template, Verdict,
};
use parking_lot::{Mutex, RwLock};
use queue::Kept;
use serde_json::{Map, Value};
use std::{sync::Arc, time::Duration};
use surface::Surface;
use wire::Wire;

/// A NOFX, whichever of the two.
#[derive(Debug, Clone)]
pub struct NofxClient {
    wire: Wire,
    surface: Arc<RwLock<Surface>>,
    queue: Arc<Mutex<Option<Kept>>>,
}

impl NofxClient {
    /// A NOFX at an `http://` or `https://` address. A credential that begins with `nofx_` is sent as an API key, any other
    /// as a bearer token.
    pub fn new(base_url: &str, credential: Option<Secret>, limits: Limits) -> Result<Self, BuildError> {
        Ok(Self { wire: Wire::new(base_url, credential, limits)?, surface: Arc::default(), queue: Arc::default() })
    }
}

#[async_trait::async_trait]
impl ControlPlane for NofxClient {
    fn kind(&self) -> ControlPlaneKind {
        ControlPlaneKind::Nofx
    }

    fn capabilities(&self) -> Capabilities {
        self.surface.read().capabilities()
    }

    fn numbers_events(&self) -> bool {
        false
    }

    /// A thousand requests in a quarter of an hour have to do for polls, readings of one or two each, and acts.
    fn reading_gap(&self) -> Option<Duration> {
        Some(Duration::from_secs(3))
    }

    fn spending(&self) -> Option<Spending> {
        Some(self.wire.spending())
    }

    /// None until it is known which of the two it is.
    fn routes(&self) -> Vec<KnownRoute> {
        self.surface.read().dialect.map(routes::all).unwrap_or_default()
    }

    fn manners(&self) -> Option<Manners> {
        self.surface.read().dialect.map(routes::manners)
    }

    async fn ask(&self, context: &CallContext, ask: &Ask) -> Result<Heard, Error> {
        self.wire.hear(context, ask).await
    }

    /// Asked often, so it looks round only if nothing is known yet.
    async fn identity(&self, context: &CallContext) -> Result<PlaneIdentity, Error> {
        let dialect = self.surface(context).await?.dialect;
        let (health, principal) = futures::join!(self.health(context), self.principal(context, dialect));
        let server_time = match health {
            Ok(health) => {
                self.learn(health.dialect);
                health.server_time
            }
            // A health page of its own making does not make it another plane, as long as it lists its runs as NOFX does.
            Err(Error::Incompatible { .. }) => {
                let (_, dialect) = self.listed(context, 1).await?;
                self.learn(dialect);
                None
            }
            Err(error) => {
                self.lost(&error);
                return Err(error);
            }
        };
        let principal = principal?;
        if principal.is_some() {
            self.known_now(context).await;
        }
        let version = self.surface(context).await?.dialect.map_or("NOFX", Dialect::name).to_owned();
        Ok(PlaneIdentity { version, principal, may: Vec::new(), teams: Vec::new(), server_time, credential_ends: None })
    }

    /// Without the counts of `/dev`: that part answers 50 calls in a quarter of an hour.
    async fn facts(&self, context: &CallContext) -> Result<PlaneFacts, Error> {
        let (live, ready, oldest_queued_ms) = match self.health(context).await {
            Ok(health) => (Ok(health.live), health.ready, health.oldest_queued_ms),
            Err(error @ (Error::Unreachable { .. } | Error::TimedOut)) => return Err(error),
            Err(error) => (Err(error.clone()), Err(error), None),
        };
        Ok(PlaneFacts { live, ready, queue_depth: None, oldest_queued_ms, dead_letters: None })
    }

    async fn list_runs(&self, context: &CallContext, filter: &RunFilter) -> Result<Page<RunSummary>, Error> {
        let window = self.surface(context).await?.dialect.map_or(100, Dialect::window);
        let (runs, dialect) = self.listed(context, window).await?;
        self.learn(dialect);
        let is_wanted = |run: &RunSummary| filter.statuses.is_empty() || filter.statuses.contains(&run.status);
        Ok(window::page(runs, &filter.page, |run| run.id.as_str(), is_wanted))
    }

    async fn run(&self, context: &CallContext, run: &RunId) -> Result<Run, Error> {
        self.find(context, run).await?.run()
    }

    async fn events(&self, context: &CallContext, run: &RunId, _: u64, _: u32) -> Result<Page<Event>, Error> {
        self.require(context, Action::Events).await?;
        Ok(Page { items: self.find(context, run).await?.events(run)?, next: None })
    }

    async fn run_with_events(&self, context: &CallContext, run: &RunId) -> Result<(Run, Vec<Event>), Error> {
        let found = self.find(context, run).await?;
        let tells = self.capabilities().of(Action::Events) == Availability::Yes;
        Ok((found.run()?, if tells { found.events(run)? } else { Vec::new() }))
    }

    async fn preview(&self, context: &CallContext, plan: &Value) -> Result<Preview, Error> {
        self.judge(context, plan).await
    }

    async fn create_run(&self, context: &CallContext, new: &NewRun) -> Result<Run, Error> {
        self.start(context, new).await
    }

    async fn retry_step(
        &self,
        context: &CallContext,
        run: &RunId,
        step: &str,
        retry: &StepRetry,
    ) -> Result<Run, Error> {
        if retry.inputs.is_some() {
            return Err(self.never(Action::RetryStepWithInputs));
        }
        self.require(context, Action::RetryStep).await?;
        self.try_again(context, run, step).await
    }

    async fn decide_gate(
        &self,
        context: &CallContext,
        run: &RunId,
        step: &str,
        verdict: Verdict,
        reason: Option<&str>,
    ) -> Result<Run, Error> {
        if verdict == Verdict::Reject {
            return Err(self.never(Action::RejectGate));
        }
        self.require(context, Action::DecideGate).await?;
        self.approve(context, run, step, reason).await
    }

    async fn templates(&self, context: &CallContext) -> Result<Vec<Template>, Error> {
        self.require(context, Action::Templates).await?;
        let answer = self.wire.try_asking(context, Call::get(&["builder", "templates"]), "the templates").await?;
        reading::templates(&answer)
    }

    async fn fill_template(
        &self,
        context: &CallContext,
        template: &str,
        _: &Map<String, Value>,
    ) -> Result<Value, Error> {
        let templates = self.templates(context).await?;
        if templates.iter().all(|known| known.id != template) {
            return Err(Error::NotFound { what: format!("template {}", client_http::plain(template)) });
        }
        let reason = "a template of NOFX makes a question to a model, not a plan";
        Err(Error::Unsupported { reason: reason.to_owned() })
    }

    async fn dead_letters(&self, context: &CallContext, page: &PageRequest) -> Result<Page<DeadLetter>, Error> {
        let letters = self.read_dead_letters(context).await?.letters;
        Ok(window::page(letters, page, |letter| letter.step_id.as_str(), |_| true))
    }

    async fn teams(&self, context: &CallContext) -> Result<Vec<Team>, Error> {
        self.require(context, Action::Teams).await?;
        self.read_teams(context).await
    }

    async fn team_people(&self, context: &CallContext, team: &str) -> Result<TeamPeople, Error> {
        self.require(context, Action::Teams).await?;
        self.read_people(context, team).await
    }

    /// NOFX writes to those who are invited, and gives nothing to be handed to them.
    async fn act_on_team(&self, context: &CallContext, act: &TeamAct) -> Result<Option<Secret>, Error> {
        self.require(context, Action::Teams).await?;
        self.change_team(context, act).await.map(|()| None)
    }

    async fn api_keys(&self, context: &CallContext) -> Result<Vec<ApiKey>, Error> {
        self.require(context, Action::ApiKeys).await?;
        self.read_keys(context).await
    }

    async fn create_api_key(&self, context: &CallContext, new: &NewApiKey) -> Result<MadeApiKey, Error> {
        self.require(context, Action::ApiKeys).await?;
        self.make_key(context, new).await
    }

    async fn revoke_api_key(&self, context: &CallContext, key: &str) -> Result<(), Error> {
        self.require(context, Action::ApiKeys).await?;
        self.delete_key(context, key).await
    }

    async fn queue(&self, context: &CallContext) -> Result<Queue, Error> {
        self.require(context, Action::Queue).await?;
        self.read_queue(context).await
    }

    /// NOFX takes the newest letters, and has no way to be asked for the oldest.
    async fn requeue_dead_letters(&self, context: &CallContext, at_most: u32) -> Result<u64, Error> {
        self.require(context, Action::RequeueDeadLetters).await?;
        self.put_back(context, at_most).await
    }

    async fn billing(&self, context: &CallContext, _: Option<&str>) -> Result<Billing, Error> {
        self.require(context, Action::Billing).await?;
        self.read_billing(context).await
    }

    async fn act_on_billing(
        &self,
        context: &CallContext,
        _: Option<&str>,
        act: &BillingAct,
    ) -> Result<Option<String>, Error> {
        self.require(context, Action::Billing).await?;
        self.change_billing(context, act).await
    }

    async fn tools(&self, _: &CallContext) -> Result<Vec<Tool>, Error> {
        Ok(translate::tools())
    }
}
