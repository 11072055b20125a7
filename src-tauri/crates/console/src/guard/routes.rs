//! The calls of the port, each with its class and whether it may be repeated.

use super::{Guarded, Repeat, RouteClass};
use crate::error::Error;
use control_plane::{CallContext, Feed, NewRun, PlaneFacts, PlaneIdentity, RunFilter, StepRetry};
use domain::{Action, Availability, Breaker, Event, LogLine, Page, Preview, Run, RunId, RunSummary, Template, Verdict};
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
    /// Not repeated: whoever asks who the plane is tries again at its own pace.
    pub(crate) async fn identity(&self, context: &CallContext) -> Answer<PlaneIdentity> {
        call!(self, Read, No, context, [], port => async |context| port.identity(context).await)
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
    pub(crate) async fn reset_breaker(&self, context: &CallContext, breaker: &str, reason: &str) -> Answer<Breaker> {
        call!(self, Act, Yes, context, [breaker, reason], port => async |context| {
            port.reset_breaker(context, &breaker, &reason).await
        })
    }
}
