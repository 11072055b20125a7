//! Acts on runs. Each is recorded here with its outcome, whether it was carried out or not.

use super::{answered, read_plan, resolve, view};
use crate::{
    acts::{Deed, record},
    call::Call,
    core::Core,
    error::Error,
    guard::Guarded,
    link::Link,
    pull,
    view::{CreateRun, DecideGate, PreviewPlan, RetryStep, RunAct, RunView},
};
use control_plane::{Error as PlaneError, NewRun, StepRetry};
use domain::{Preview, Run, RunStatus, Verdict};
use uuid::Uuid;

/// Most characters of an idempotency key.
const KEY_MAX: usize = 200;

/// What a plan would do.
pub(crate) async fn preview(core: &Core, call: &Call, request: PreviewPlan) -> Result<Preview, Error> {
    let plan = match read_plan(request.plan) {
        Ok(plan) => plan,
        Err(Error::Invalid(faults)) => return Ok(Preview { valid: false, faults, plan: None, layers: Vec::new() }),
        Err(error) => return Err(error),
    };
    let link = core.link_or_default(request.connection.as_ref())?;
    link.port(core).await?.preview(call.context(), &plan).await
}

/// Starts a run.
pub(crate) async fn create(core: &Core, call: &Call, request: CreateRun) -> Result<RunView, Error> {
    let plan = read_plan(request.plan)?;
    let key = request.idempotency_key.unwrap_or_else(|| Uuid::new_v4().to_string());
    if key.is_empty() || key.len() > KEY_MAX || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::invalid(
            "idempotency_key",
            "characters",
            "an idempotency key has 1 to 200 visible ASCII characters",
            "Leave it out to have one made up.",
        ));
    }
    let link = core.link_or_default(request.connection.as_ref())?;
    let goal = plan.get("goal").and_then(serde_json::Value::as_str).unwrap_or_default();
    let deed = Deed::new("create_run", &link, goal.chars().take(100).collect::<String>(), None);
    record(core, call, &link, deed, async |deed| {
        let port = link.port(core).await?;
        let new = NewRun { plan, template: request.template, team: request.team, idempotency_key: key };
        let run = port.create_run(call.context(), &new).await?;
        deed.target = run.summary.id.to_string();
        Ok(taken(core, call, &link, &port, run).await)
    })
    .await
}

/// Tries a step again.
pub(crate) async fn retry_step(core: &Core, call: &Call, request: RetryStep) -> Result<RunView, Error> {
    let reason = reason(&request.reason)?;
    let (link, run) = resolve(core, call, request.connection.as_ref(), &request.run).await?;
    let deed = Deed::new("retry_step", &link, format!("{run}/{}", request.step), Some(reason.clone()));
    record(core, call, &link, deed, async |_| {
        let port = link.port(core).await?;
        let retry = StepRetry { reason, inputs: request.inputs };
        let run = port.retry_step(call.context(), &run, &request.step, &retry).await?;
        Ok(taken(core, call, &link, &port, run).await)
    })
    .await
}

/// Stops a run.
pub(crate) async fn cancel(core: &Core, call: &Call, request: RunAct) -> Result<RunView, Error> {
    let reason = reason(&request.reason)?;
    let (link, run) = resolve(core, call, request.connection.as_ref(), &request.run).await?;
    let deed = Deed::new("cancel_run", &link, run.to_string(), Some(reason.clone()));
    record(core, call, &link, deed, async |_| {
        let port = link.port(core).await?;
        let cancelled = match port.cancel_run(call.context(), &run, &reason).await {
            Err(Error::Plane(conflict @ PlaneError::Conflict { .. })) => {
                // An earlier attempt may have been carried out although its answer was lost.
                let now = port.run(call.context(), &run).await?;
                if now.summary.status == RunStatus::Cancelled { now } else { return Err(Error::Plane(conflict)) }
            }
            answer => answer?,
        };
        Ok(taken(core, call, &link, &port, cancelled).await)
    })
    .await
}

/// Decides a gate.
pub(crate) async fn decide(core: &Core, call: &Call, request: DecideGate, verdict: Verdict) -> Result<RunView, Error> {
    let told = request.reason.as_deref().map(reason).transpose()?;
    if verdict == Verdict::Reject && told.is_none() {
        return Err(Error::invalid("reason", "required", "a rejection needs a reason", "Write why."));
    }
    let (link, run) = resolve(core, call, request.connection.as_ref(), &request.run).await?;
    let name = if verdict == Verdict::Approve { "approve_gate" } else { "reject_gate" };
    let deed = Deed::new(name, &link, format!("{run}/{}", request.step), told.clone());
    record(core, call, &link, deed, async |_| {
        let port = link.port(core).await?;
        let run = port.decide_gate(call.context(), &run, &request.step, verdict, told.as_deref()).await?;
        Ok(taken(core, call, &link, &port, run).await)
    })
    .await
}

/// Keeps the run as the act left it. The act has been carried out, so nothing from here on may make it look otherwise.
async fn taken(core: &Core, call: &Call, link: &Link, port: &Guarded, run: Run) -> RunView {
    let id = run.summary.id.clone();
    let run = pull::keep(core, link, port, call.context(), run.clone()).await.unwrap_or_else(|error| {
        tracing::warn!(run = %id, %error, "a run is not kept");
        run
    });
    link.want(id);
    answered(core, link);
    view(core, link, run, core.now())
}

/// Judges a reason.
pub(crate) fn reason(text: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 500 {
        return Err(Error::invalid(
            "reason",
            "length",
            "a reason has 1 to 500 characters",
            "Write why, for those who read it later.",
        ));
    }
    Ok(text.to_owned())
}
