//! The work on a project besides its gates: rows in the order in which a person reads them, without anything private.

use crate::{
    reply::{BlockerRow, Costs, DeliverableRow, DocumentRow, ExecutionRow, ExecutionState, TaskRow, WorkState},
    rules::place_of,
};
use client_http::plain;
use domain::{
    AgentCost, AgentExecution, Blocker, Deliverable, ExecutionStatus, ProjectCosts, ProjectDocument, ProjectTask,
    WorkStatus,
};
use std::cmp::Reverse;

/// In the order of the gates; what belongs to none comes last.
pub(crate) fn deliverables(mut rows: Vec<DeliverableRow>) -> Vec<Deliverable> {
    rows.sort_by_key(|row| row.path.as_deref().and_then(place_of).unwrap_or((u32::MAX, 0)));
    rows.iter()
        .map(|row| Deliverable {
            id: plain(&row.id),
            name: plain(&row.name),
            path: row.path.as_deref().map(plain),
            owner: row.owner.as_deref().map(plain),
            status: state(row.status),
        })
        .collect()
}

/// Oldest first.
pub(crate) fn tasks(mut rows: Vec<TaskRow>) -> Vec<ProjectTask> {
    rows.sort_by_key(|row| row.created_at);
    rows.iter()
        .map(|row| ProjectTask {
            id: plain(&row.id),
            title: plain(row.title.as_ref().unwrap_or(&row.name)),
            phase: row.phase.as_deref().map(plain),
            agent: row.agent_id.as_deref().map(plain),
            status: state(row.status),
            // The plane keeps the reason when a task goes on.
            blocked_by: row.blocking_reason.as_deref().filter(|_| row.status == WorkState::Blocked).map(plain),
            completed_at: row.completed_at.filter(|_| row.status == WorkState::Complete),
        })
        .collect()
}

const fn state(state: WorkState) -> WorkStatus {
    match state {
        WorkState::NotStarted => WorkStatus::NotStarted,
        WorkState::InProgress => WorkStatus::InProgress,
        WorkState::InReview => WorkStatus::InReview,
        WorkState::Complete => WorkStatus::Complete,
        WorkState::Blocked => WorkStatus::Blocked,
        WorkState::Skipped => WorkStatus::Skipped,
    }
}

/// Newest first. The plane gives the oldest hundred and no others.
pub(crate) fn executions(mut rows: Vec<ExecutionRow>) -> Vec<AgentExecution> {
    rows.sort_by_key(|row| Reverse(row.created_at));
    rows.iter()
        .map(|row| AgentExecution {
            id: plain(&row.id),
            agent: plain(&row.agent_type),
            status: match row.status {
                ExecutionState::Pending => ExecutionStatus::Pending,
                ExecutionState::Running => ExecutionStatus::Running,
                ExecutionState::Completed => ExecutionStatus::Completed,
                ExecutionState::Failed => ExecutionStatus::Failed,
                ExecutionState::Cancelled => ExecutionStatus::Cancelled,
            },
            started_at: row.created_at,
            ended_at: row.completed_at,
            model: row.model.as_deref().map(plain),
            input_tokens: row.input_tokens,
            output_tokens: row.output_tokens,
        })
        .collect()
}

/// Newest first.
pub(crate) fn documents(mut rows: Vec<DocumentRow>) -> Vec<ProjectDocument> {
    rows.sort_by_key(|row| Reverse(row.updated_at));
    rows.iter()
        .map(|row| ProjectDocument {
            id: plain(&row.id),
            title: plain(&row.title),
            kind: plain(&row.document_type),
            version: row.version,
            updated_at: row.updated_at,
        })
        .collect()
}

/// The dearest agent first.
pub(crate) fn costs(costs: &Costs) -> ProjectCosts {
    let mut by_agent: Vec<_> = costs
        .by_agent
        .iter()
        .map(|(agent, share)| AgentCost { agent: plain(agent), usd: share.cost, executions: share.executions })
        .collect();
    by_agent.sort_by(|one, next| next.usd.total_cmp(&one.usd));
    ProjectCosts {
        total_usd: costs.total_cost,
        input_tokens: costs.total_input_tokens,
        output_tokens: costs.total_output_tokens,
        executions: costs.total_agent_executions,
        by_agent,
    }
}

/// Unresolved ones first, and of each sort the newest. The plane does not do this, whatever state it is asked for.
pub(crate) fn blockers(mut rows: Vec<BlockerRow>) -> Vec<Blocker> {
    rows.sort_by_key(|row| (row.resolved_at.is_some(), Reverse(row.created_at)));
    rows.iter()
        .map(|row| Blocker {
            id: plain(&row.id),
            description: plain(&row.description),
            severity: plain(&row.severity),
            opened_at: row.created_at,
            resolved_at: row.resolved_at,
        })
        .collect()
}
