//! Projects: what the runs of a plane tell of them, what else belongs to them, and the acts that are not about a gate.
//!
//! A project is created as a run is, and its gates are decided as those of any run are.

use crate::{
    acts::{Deed, record},
    call::Call,
    core::Core,
    error::Error,
    guard::Guarded,
    link::Link,
    runs::{self, act::reason},
    told::{self, Topic},
    view::{ActOnProject, ProjectList, ProjectRef, ProjectView, Told},
};
use cache::{CachedDetail, Noun};
use domain::{Action, Availability, Project, ProjectAct, ProjectWork, RunId};
use futures::{FutureExt as _, future::BoxFuture};
use std::sync::Arc;

/// Projects of one connection that are shown.
const SHOWN_MAX: usize = 500;

/// Projects of every connection that has some, those that changed last first.
pub(crate) async fn list(core: &Core) -> Result<ProjectList, Error> {
    let mut list = ProjectList { items: Vec::new(), more: false };
    for link in core.links() {
        if link.status().capabilities.of(Action::Projects) == Availability::Yes {
            let (known, more) = runs::cached_whole(core, &link, SHOWN_MAX).await?;
            for known in known {
                list.items.extend(shown(core, &link, known).await?);
            }
            list.more |= more;
        }
    }
    list.items.sort_by_key(|view| std::cmp::Reverse(view.changed_at));
    Ok(list)
}

/// A run as its project; none while its gates have not been read.
async fn shown(core: &Core, link: &Link, known: CachedDetail) -> Result<Option<ProjectView>, Error> {
    let Some(project) = Project::of(&known.run.metadata) else { return Ok(None) };
    let summary = known.run.summary;
    let work = core.read.told::<ProjectWork>(&link.id, Noun::ProjectWork, summary.id.as_str()).await?;
    let costs = work.and_then(|work| work.document.costs);
    Ok(Some(ProjectView {
        connection: link.id.clone(),
        connection_name: link.name(),
        run: summary.id,
        name: summary.goal,
        project,
        status: summary.status,
        steps: known.run.steps,
        failure: summary.failure,
        created_at: summary.created_at,
        changed_at: summary.changed_at,
        cost_usd: costs.map(|costs| costs.total_usd),
        freshness: link.freshness(Some(known.read_at), core.mode),
    }))
}

fn topic(run: &RunId) -> Topic {
    Topic { noun: Noun::ProjectWork, subject: run.to_string(), needs: Action::Projects }
}

fn ask(port: Arc<Guarded>, call: Call, run: String) -> BoxFuture<'static, Result<ProjectWork, Error>> {
    async move { port.project_work(call.context(), &RunId::new(run)).await }.boxed()
}

/// What belongs to a project besides its gates.
pub(crate) async fn work(core: &Arc<Core>, call: &Call, wanted: ProjectRef) -> Result<Told<ProjectWork>, Error> {
    let link = core.link(&wanted.connection)?;
    told::look(core, call, &link, topic(&wanted.run), ask).await
}

/// Does something on a project.
pub(crate) async fn act(core: &Arc<Core>, call: &Call, request: ActOnProject) -> Result<Told<ProjectWork>, Error> {
    let reason = reason(&request.reason)?;
    let link = core.link(&request.connection)?;
    let (name, target) = named(&request.run, &request.act);
    let deed = Deed::new(name, &link, target, Some(reason));
    record(core, call, &link, deed, async |_| {
        let port = link.port(core).await?;
        port.act_on_project(call.context(), &request.run, &request.act).await?;
        link.want(request.run.clone());
        Ok(())
    })
    .await?;
    told::after_act(core, call, &link, topic(&request.run), ask).await
}

/// What an act is called in the record of acts, and to what it was done.
fn named(run: &RunId, act: &ProjectAct) -> (&'static str, String) {
    match act {
        ProjectAct::Start { .. } => ("start_project", run.to_string()),
        ProjectAct::GoOn { gate } => ("go_on_after_gate", format!("{run}/{gate}")),
        ProjectAct::WorkAgain { gate } => ("work_again_at_gate", format!("{run}/{gate}")),
        ProjectAct::AddProof { gate, kind, .. } => ("add_proof", format!("{run}/{gate}/{kind}")),
        ProjectAct::CompleteDeliverable { deliverable } => ("complete_deliverable", format!("{run}/{deliverable}")),
        ProjectAct::ResolveBlocker { blocker, .. } => ("resolve_blocker", format!("{run}/{blocker}")),
    }
}
