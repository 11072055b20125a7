//! The calls of the port, each with its class and whether it may be repeated.

use super::{Guarded, Repeat, RouteClass};
use crate::error::Error;
use control_plane::{
    Ask, BegunSignIn, CallContext, Feed, Heard, Hints, KnownRoute, Manners, NewRun, PlaneFacts, PlaneIdentity,
    RunFilter, Session, SignIn, StepRetry, WaysIn,
};
use domain::{
    Action, ApiKey, AuditEntry, AuditState, Availability, Billing, BillingAct, Breaker, BreakerAct, BreakerEvent,
    Event, LogLine, MadeApiKey, NewApiKey, Page, PageRequest, Preview, ProjectAct, ProjectWork, Queue, Run, RunId,
    RunSummary, Secret, Team, TeamAct, TeamPeople, Template, Verdict,
};
use serde_json::{Map, Value};

type Answer<T> = Result<T, Error>;

/// One call: what it needs is cloned for each attempt, because an attempt may outlive the caller's borrow.
macro_rules! call {
    ($self:ident, $class:ident, $repeat:ident, $context:ident, [$($owned:ident),*], $port:ident => $body:expr) => {{
        $(let $owned = $owned.to_owned();)*
        $self.call(RouteClass::$class, Repeat::$repeat, $context, move |$port, context| {
            $(let $owned = $owned.clone();)*
            async move { let context = &context; $body(context).await }
        }).await
    }};
}

impl Guarded {
    pub(crate) fn routes(&self) -> Vec<KnownRoute> {
        self.port.routes()
    }

    pub(crate) fn manners(&self) -> Option<Manners> {
        self.port.manners()
    }

    /// Past the breakers and never repeated: a probe tells what it saw, and what it saw is no reason to stop calling.
    pub(crate) async fn ask(&self, context: &CallContext, ask: &Ask) -> Answer<Heard> {
        Ok(self.port.ask(context, ask).await?)
    }

    /// The live feed, past the breaker.
    pub(crate) async fn fresh_feed(&self, context: &CallContext, position: Option<u64>) -> Answer<Feed> {
        Ok(self.port.feed(context, position).await?)
    }

    /// Not repeated: whoever asks who the plane is tries again at its own pace.
    pub(crate) async fn identity(&self, context: &CallContext) -> Answer<PlaneIdentity> {
        call!(self, Read, No, context, [], port => async |context| port.identity(context).await)
    }

    pub(crate) async fn ways_in(&self, context: &CallContext) -> Answer<WaysIn> {
        call!(self, Read, Yes, context, [], port => async |context| port.ways_in(context).await)
    }

    /// Not repeated: somebody waits, and every attempt counts.
    pub(crate) async fn begin_sign_in(&self, context: &CallContext, redirect_uri: &str) -> Answer<BegunSignIn> {
        call!(self, Act, No, context, [redirect_uri], port => async |context| {
            port.begin_sign_in(context, &redirect_uri).await
        })
    }

    /// Not repeated: somebody waits, and every attempt counts.
    pub(crate) async fn sign_in(&self, context: &CallContext, by: &SignIn) -> Answer<Session> {
        call!(self, Act, No, context, [by], port => async |context| port.sign_in(context, &by).await)
    }

    pub(crate) async fn sign_out(&self, context: &CallContext, everywhere: bool) -> Answer<()> {
        call!(self, Act, No, context, [], port => async |context| port.sign_out(context, everywhere).await)
    }

    /// Not repeated: a probe tells what it saw.
    pub(crate) async fn facts(&self, context: &CallContext) -> Answer<PlaneFacts> {
        call!(self, Read, No, context, [], port => async |context| port.facts(context).await)
    }

    pub(crate) async fn list_runs(&self, context: &CallContext, filter: &RunFilter) -> Answer<Page<RunSummary>> {
        call!(self, Read, Yes, context, [filter], port => async |context| port.list_runs(context, &filter).await)
    }

    pub(crate) async fn run(&self, context: &CallContext, run: &RunId) -> Answer<Run> {
        call!(self, Read, Yes, context, [run], port => async |context| port.run(context, &run).await)
    }

    pub(crate) async fn events(
        &self,
        context: &CallContext,
        run: &RunId,
        after: u64,
        limit: u32,
    ) -> Answer<Page<Event>> {
        call!(self, Read, Yes, context, [run], port => async |context| port.events(context, &run, after, limit).await)
    }

    pub(crate) async fn run_with_events(&self, context: &CallContext, run: &RunId) -> Answer<(Run, Vec<Event>)> {
        call!(self, Read, Yes, context, [run], port => async |context| port.run_with_events(context, &run).await)
    }

    pub(crate) async fn logs(
        &self,
        context: &CallContext,
        run: &RunId,
        after: u64,
        limit: u32,
    ) -> Answer<Page<LogLine>> {
        call!(self, Read, Yes, context, [run], port => async |context| port.logs(context, &run, after, limit).await)
    }

    pub(crate) async fn feed(&self, context: &CallContext, position: Option<u64>) -> Answer<Feed> {
        call!(self, Stream, No, context, [], port => async |context| port.feed(context, position).await)
    }

    pub(crate) async fn hints(&self, context: &CallContext) -> Answer<Hints> {
        call!(self, Stream, No, context, [], port => async |context| port.hints(context).await)
    }

    pub(crate) async fn preview(&self, context: &CallContext, plan: &Value) -> Answer<Preview> {
        call!(self, Read, Yes, context, [plan], port => async |context| port.preview(context, &plan).await)
    }

    /// Repeated where the key makes the repetition answer with the first run.
    pub(crate) async fn create_run(&self, context: &CallContext, new: &NewRun) -> Answer<Run> {
        if self.capabilities().of(Action::RepeatCreate) == Availability::Yes {
            return call!(self, Act, Yes, context, [new], port => async |context| port.create_run(context, &new).await);
        }
        call!(self, Act, No, context, [new], port => async |context| port.create_run(context, &new).await)
    }

    /// Repeated, because cancelling twice is cancelling.
    pub(crate) async fn cancel_run(&self, context: &CallContext, run: &RunId, reason: &str) -> Answer<Run> {
        call!(self, Act, Yes, context, [run, reason], port => async |context| port.cancel_run(context, &run, &reason).await)
    }

    pub(crate) async fn retry_step(
        &self,
        context: &CallContext,
        run: &RunId,
        step: &str,
        retry: &StepRetry,
    ) -> Answer<Run> {
        call!(self, Act, No, context, [run, step, retry], port => async |context| port.retry_step(context, &run, &step, &retry).await)
    }

    pub(crate) async fn decide_gate(
        &self,
        context: &CallContext,
        run: &RunId,
        step: &str,
        verdict: Verdict,
        reason: Option<&str>,
    ) -> Answer<Run> {
        let reason = reason.map(ToOwned::to_owned);
        call!(self, Act, No, context, [run, step, reason], port => async |context| {
            port.decide_gate(context, &run, &step, verdict, reason.as_deref()).await
        })
    }

    /// Repeated, because what is on its way out may be asked to go again.
    pub(crate) async fn delete_store(&self, context: &CallContext, run: &RunId) -> Answer<()> {
        call!(self, Act, Yes, context, [run], port => async |context| port.delete_store(context, &run).await)
    }

    pub(crate) async fn templates(&self, context: &CallContext) -> Answer<Vec<Template>> {
        call!(self, Read, Yes, context, [], port => async |context| port.templates(context).await)
    }

    pub(crate) async fn fill_template(
        &self,
        context: &CallContext,
        template: &str,
        values: &Map<String, Value>,
    ) -> Answer<Value> {
        call!(self, Read, Yes, context, [template, values], port => async |context| {
            port.fill_template(context, &template, &values).await
        })
    }

    pub(crate) async fn breakers(&self, context: &CallContext) -> Answer<Vec<Breaker>> {
        call!(self, Read, Yes, context, [], port => async |context| port.breakers(context).await)
    }

    /// Repeated, because closing a closed breaker changes nothing.
    pub(crate) async fn breaker_events(
        &self,
        context: &CallContext,
        breaker: String,
        page: &PageRequest,
    ) -> Answer<Page<BreakerEvent>> {
        call!(self, Read, Yes, context, [breaker, page], port => async |context| {
            port.breaker_events(context, &breaker, &page).await
        })
    }

    pub(crate) async fn act_on_breaker(
        &self,
        context: &CallContext,
        breaker: &str,
        act: BreakerAct,
        reason: &str,
    ) -> Answer<Breaker> {
        call!(self, Act, No, context, [breaker, reason], port => async |context| {
            port.act_on_breaker(context, &breaker, act, &reason).await
        })
    }

    pub(crate) async fn project_work(&self, context: &CallContext, run: &RunId) -> Answer<ProjectWork> {
        call!(self, Read, Yes, context, [run], port => async |context| port.project_work(context, &run).await)
    }

    pub(crate) async fn act_on_project(&self, context: &CallContext, run: &RunId, act: &ProjectAct) -> Answer<()> {
        call!(self, Act, No, context, [run, act], port => async |context| port.act_on_project(context, &run, &act).await)
    }

    pub(crate) async fn teams(&self, context: &CallContext) -> Answer<Vec<Team>> {
        call!(self, Read, Yes, context, [], port => async |context| port.teams(context).await)
    }

    pub(crate) async fn team_people(&self, context: &CallContext, team: &str) -> Answer<TeamPeople> {
        call!(self, Read, Yes, context, [team], port => async |context| port.team_people(context, &team).await)
    }

    pub(crate) async fn act_on_team(&self, context: &CallContext, act: &TeamAct) -> Answer<Option<Secret>> {
        call!(self, Act, No, context, [act], port => async |context| port.act_on_team(context, &act).await)
    }

    pub(crate) async fn audit(&self, context: &CallContext, team: &str) -> Answer<Vec<AuditEntry>> {
        call!(self, Read, Yes, context, [team], port => async |context| port.audit(context, &team).await)
    }

    pub(crate) async fn verify_audit(&self, context: &CallContext) -> Answer<AuditState> {
        call!(self, Read, Yes, context, [], port => async |context| port.verify_audit(context).await)
    }

    pub(crate) async fn api_keys(&self, context: &CallContext) -> Answer<Vec<ApiKey>> {
        call!(self, Read, Yes, context, [], port => async |context| port.api_keys(context).await)
    }

    pub(crate) async fn create_api_key(&self, context: &CallContext, new: &NewApiKey) -> Answer<MadeApiKey> {
        call!(self, Act, No, context, [new], port => async |context| port.create_api_key(context, &new).await)
    }

    pub(crate) async fn revoke_api_key(&self, context: &CallContext, key: &str) -> Answer<()> {
        call!(self, Act, No, context, [key], port => async |context| port.revoke_api_key(context, &key).await)
    }

    pub(crate) async fn queue(&self, context: &CallContext) -> Answer<Queue> {
        call!(self, Read, Yes, context, [], port => async |context| port.queue(context).await)
    }

    pub(crate) async fn requeue_dead_letters(&self, context: &CallContext, at_most: u32) -> Answer<u64> {
        call!(self, Act, No, context, [], port => async |context| port.requeue_dead_letters(context, at_most).await)
    }

    pub(crate) async fn billing(&self, context: &CallContext, team: Option<String>) -> Answer<Billing> {
        call!(self, Read, Yes, context, [team], port => async |context| port.billing(context, team.as_deref()).await)
    }

    pub(crate) async fn act_on_billing(
        &self,
        context: &CallContext,
        team: Option<String>,
        act: &BillingAct,
    ) -> Answer<Option<String>> {
        call!(self, Act, No, context, [team, act], port => async |context| {
            port.act_on_billing(context, team.as_deref(), &act).await
        })
    }
}
