//! The control-plane port over the HTTP API of `FuzzyLlama`, where a project with its nine gates is a run.
//!
//! `wire` signs in and sends calls, `reply` is what the plane answers, `error` says what a refusal means, `translate`
//! turns answers into nouns, `plan` judges what an operator wrote, `rules` is what the gates ask for, `work` reads what
//! else belongs to a project and `act` changes it, `socket` hears that something changed, `recognise` tells whether an
//! address is one of these planes, `routes` is what it shows to others. Each call is sent once, and once more only after signing in again; the console puts
//! retry, breakers and time limits round it. Deliberately absent: going on by itself after an approval, since that is an
//! act of its own; and any token outside of memory.

mod act;
mod capability;
mod error;
#[doc(hidden)]
pub mod parse;
mod plan;
mod recognise;
mod reply;
mod routes;
mod rules;
mod socket;
mod translate;
mod wire;
mod work;

pub use client_http::{BuildError, Limits};
pub use recognise::recognise;

use control_plane::{
    Ask, CallContext, ControlPlane, Error, Heard, Hints, KnownRoute, Manners, NewRun, PlaneFacts, PlaneIdentity,
    RunFilter, Tool,
};
use domain::{
    Capabilities, ControlPlaneKind, Event, Page, PageRequest, ProjectAct, ProjectWork, Run, RunId, RunStatus,
    RunSummary, Secret, Spending, Verdict,
};
use reply::{EventRow, GateRow, Health, Me, Project, Standing};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use wire::{Request, Wire};

/// Most projects of which one socket tells.
const HEARD_PROJECTS: u32 = 50;

/// A `FuzzyLlama` server, seen by one of its users. Clones share one session.
#[derive(Debug, Clone)]
pub struct FuzzyLlamaClient {
    wire: Arc<Wire>,
}

impl FuzzyLlamaClient {
    /// A plane at an `http://` or `https://` address. The credential is an access token, or `email:password`, which is
    /// used to sign in as often as needed.
    pub fn new(base_url: &str, credential: Option<Secret>, limits: Limits) -> Result<Self, BuildError> {
        Ok(Self { wire: Arc::new(Wire::new(base_url, credential, limits)?) })
    }

    async fn health(&self, context: &CallContext) -> Result<Health, Error> {
        self.wire.ask_openly(context, &Request::get(&["api", "health"], "health")).await
    }

    async fn me(&self, context: &CallContext) -> Result<Me, Error> {
        self.wire.ask(context, &Request::get(&["api", "auth", "me"], "the user")).await
    }

    async fn project(&self, context: &CallContext, id: &str) -> Result<Project, Error> {
        self.wire.ask(context, &Request::get(&["api", "projects", id], subject(id))).await
    }

    async fn gates(&self, context: &CallContext, id: &str) -> Result<Vec<GateRow>, Error> {
        self.wire.ask(context, &Request::get(&["api", "gates"], subject(id)).of_project(id)).await
    }

    async fn standing(&self, context: &CallContext, id: &str) -> Result<Standing, Error> {
        self.wire.ask(context, &Request::get(&["api", "projects", id, "status"], subject(id))).await
    }

    async fn trail(&self, context: &CallContext, id: &str) -> Result<Vec<EventRow>, Error> {
        self.wire.ask(context, &Request::get(&["api", "projects", id, "events"], subject(id))).await
    }

    /// All that a run is made of, in three calls.
    async fn seen(&self, context: &CallContext, id: &str) -> Result<(Project, Vec<GateRow>, Standing), Error> {
        futures::try_join!(self.project(context, id), self.gates(context, id), self.standing(context, id))
    }
}

/// What a call is about, for a person.
fn subject(project: &str) -> String {
    format!("run {project}")
}

/// The gate that a step stands for, by its name or by its id.
fn gate_number(project: &str, step: &str) -> Result<u32, Error> {
    let name = step.strip_prefix(project).and_then(|rest| rest.strip_prefix(':')).unwrap_or(step);
    let number = translate::number_of(name).filter(|number| translate::step_name(*number) == name);
    number.ok_or_else(|| Error::NotFound { what: format!("{}, step {}", subject(project), client_http::plain(step)) })
}

#[async_trait::async_trait]
impl ControlPlane for FuzzyLlamaClient {
    fn kind(&self) -> ControlPlaneKind {
        ControlPlaneKind::Fuzzyllama
    }

    fn capabilities(&self) -> Capabilities {
        capability::capabilities()
    }

    fn numbers_events(&self) -> bool {
        false
    }

    /// A reading asks each of its routes once, and each bears a hundred requests a minute.
    fn reading_gap(&self) -> Option<Duration> {
        Some(Duration::from_secs(1))
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
        let (health, me) = futures::join!(self.health(context), self.me(context));
        translate::identity(&health?, &me?)
    }

    async fn facts(&self, context: &CallContext) -> Result<PlaneFacts, Error> {
        let (health, me) = futures::join!(self.health(context), self.me(context));
        translate::facts(health, me)
    }

    async fn list_runs(&self, context: &CallContext, filter: &RunFilter) -> Result<Page<RunSummary>, Error> {
        let projects: Vec<Project> =
            self.wire.ask(context, &Request::get(&["api", "projects"], "the list of runs")).await?;
        translate::page(&projects, filter)
    }

    async fn run(&self, context: &CallContext, run: &RunId) -> Result<Run, Error> {
        let id = run.as_str();
        let (project, gates, standing) = self.seen(context, id).await?;
        Ok(translate::run(&project, &gates, &standing))
    }

    async fn events(&self, context: &CallContext, run: &RunId, _after: u64, _limit: u32) -> Result<Page<Event>, Error> {
        let id = run.as_str();
        let (project, rows) = futures::try_join!(self.project(context, id), self.trail(context, id))?;
        Ok(Page { items: translate::events(&project, &rows), next: None })
    }

    async fn run_with_events(&self, context: &CallContext, run: &RunId) -> Result<(Run, Vec<Event>), Error> {
        let id = run.as_str();
        let ((project, gates, standing), rows) = futures::try_join!(self.seen(context, id), self.trail(context, id))?;
        Ok((translate::run(&project, &gates, &standing), translate::events(&project, &rows)))
    }

    /// Of the newest projects that are not finished when it begins; one that comes later is heard of from the next time.
    async fn hints(&self, context: &CallContext) -> Result<Hints, Error> {
        let line = self.wire.line(context).await?;
        let statuses = RunStatus::ALL.iter().copied().filter(|status| !status.is_terminal()).collect();
        let filter = RunFilter { statuses, page: PageRequest { limit: HEARD_PROJECTS, after: None } };
        let projects = self.list_runs(context, &filter).await?;
        line.join(projects.items.iter().map(|project| project.id.as_str())).await?;
        Ok(line.hints())
    }

    async fn create_run(&self, context: &CallContext, new: &NewRun) -> Result<Run, Error> {
        let body = plan::accepted(&new.plan)?;
        let project: Project =
            self.wire.ask(context, &Request::post(&["api", "projects"], "the new run", body)).await?;
        // Nothing has begun yet, so there is nothing more to ask for.
        Ok(translate::run(&project, &[], &Standing::default()))
    }

    async fn decide_gate(
        &self,
        context: &CallContext,
        run: &RunId,
        step: &str,
        verdict: Verdict,
        reason: Option<&str>,
    ) -> Result<Run, Error> {
        let body = match verdict {
            Verdict::Approve => match reason {
                Some(notes) => json!({ "approved": true, "reviewNotes": notes }),
                None => json!({ "approved": true }),
            },
            Verdict::Reject => json!({ "approved": false, "rejectionReason": plan::reason(reason)? }),
        };
        let id = run.as_str();
        let number = gate_number(id, step)?;
        let name = translate::step_name(number);
        let (project, mut gates, standing) = self.seen(context, id).await?;
        let row = act::reached(&gates, number)?;
        let request =
            Request::post(&["api", "gates", &row.id, "approve"], format!("{}, step {name}", subject(id)), body);
        let decided: GateRow = self.wire.ask(context, &request.with_verdict()).await?;
        if let Ok(run) = self.run(context, run).await {
            return Ok(run);
        }
        // The verdict is given, whatever became of reading it again, so it must not look as if it had failed.
        if let Some(known) = gates.iter_mut().find(|known| known.id == decided.id) {
            *known = decided;
        }
        Ok(translate::run(&project, &gates, &standing))
    }

    async fn project_work(&self, context: &CallContext, run: &RunId) -> Result<ProjectWork, Error> {
        self.work(context, run.as_str()).await
    }

    async fn act_on_project(&self, context: &CallContext, run: &RunId, act: &ProjectAct) -> Result<(), Error> {
        self.act(context, run.as_str(), act).await
    }

    /// Plans of this plane name no tools: they are a description.
    async fn tools(&self, _: &CallContext) -> Result<Vec<Tool>, Error> {
        Ok(Vec::new())
    }
}
