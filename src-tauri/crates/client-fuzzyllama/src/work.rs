//! Reading what belongs to a project besides its gates.
//!
//! Each part is a route of its own, and each route bears a hundred requests a minute, so all are asked at once. The project
//! itself is asked for as well: some of the routes tell anything to anybody and know no project that is missing.

use crate::{
    FuzzyLlamaClient,
    reply::{BlockerRow, Costs, DeliverableRow, DocumentRow, ExecutionRow, GateRow, Project, ProofRow, TaskRow},
    subject, translate,
    wire::Request,
};
use control_plane::{CallContext, Error};
use domain::ProjectWork;
use serde::de::DeserializeOwned;

/// Everything that was told.
#[derive(Debug)]
struct Parts {
    project: Project,
    gates: Option<Vec<GateRow>>,
    proofs: Option<Vec<ProofRow>>,
    deliverables: Option<Vec<DeliverableRow>>,
    tasks: Option<Vec<TaskRow>>,
    executions: Option<Vec<ExecutionRow>>,
    documents: Option<Vec<DocumentRow>>,
    costs: Option<Costs>,
    blockers: Option<Vec<BlockerRow>>,
}

impl FuzzyLlamaClient {
    /// What belongs to a project. A part that the plane is unable to tell is none.
    pub(crate) async fn work(&self, context: &CallContext, id: &str) -> Result<ProjectWork, Error> {
        let parts = Box::pin(self.parts(context, id)).await?;
        let kind = parts.project.kind.as_deref();
        let needs = parts.gates.zip(parts.proofs).map(|(gates, proofs)| translate::needs(kind, &gates, &proofs));
        Ok(ProjectWork {
            needs,
            deliverables: parts.deliverables.map(translate::deliverables),
            tasks: parts.tasks.map(translate::tasks),
            executions: parts.executions.map(translate::executions),
            documents: parts.documents.map(translate::documents),
            costs: parts.costs.as_ref().map(translate::costs),
            blockers: parts.blockers.map(translate::blockers),
        })
    }

    async fn parts(&self, context: &CallContext, id: &str) -> Result<Parts, Error> {
        let (project, gates, proofs, deliverables, tasks, executions, documents, costs, blockers) = futures::try_join!(
            self.project(context, id),
            self.rows(context, id, &["api", "gates"]),
            self.rows(context, id, &["api", "proof-artifacts"]),
            self.rows(context, id, &["api", "deliverables"]),
            self.rows(context, id, &["api", "tasks"]),
            self.rows(context, id, &["api", "agents", "history"]),
            self.rows(context, id, &["api", "documents"]),
            self.costs(context, id),
            self.rows(context, id, &["api", "blockers"]),
        )?;
        Ok(Parts { project, gates, proofs, deliverables, tasks, executions, documents, costs, blockers })
    }

    /// The rows that one route has of a project.
    async fn rows<T: DeserializeOwned>(
        &self,
        context: &CallContext,
        id: &str,
        pieces: &[&str],
    ) -> Result<Option<Vec<T>>, Error> {
        self.wire.ask_if_told(context, &Request::get(pieces, subject(id)).of_project(id)).await
    }

    async fn costs(&self, context: &CallContext, id: &str) -> Result<Option<Costs>, Error> {
        self.wire.ask_if_told(context, &Request::get(&["api", "costs", "project", id], subject(id))).await
    }

    /// The deliverables of a project, which the plane tells to anybody.
    pub(crate) async fn deliverables(&self, context: &CallContext, id: &str) -> Result<Vec<DeliverableRow>, Error> {
        self.wire.ask(context, &Request::get(&["api", "deliverables"], subject(id)).of_project(id)).await
    }

    /// The blockers of a project, resolved or not, which the plane tells to anybody.
    pub(crate) async fn blockers(&self, context: &CallContext, id: &str) -> Result<Vec<BlockerRow>, Error> {
        self.wire.ask(context, &Request::get(&["api", "blockers"], subject(id)).of_project(id)).await
    }
}
