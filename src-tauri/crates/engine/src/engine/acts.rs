//! What changes something: creating, cancelling, retrying, deciding.

use super::{Act, Created, Engine, NewRun};
use crate::{
    Error, idempotency, plan,
    store::{self, Conduct, Idempotency, NewRecord, NewStep, StepFacts, StepRetry},
    tools,
};
use domain::{Fault, Plan, Preview, Run, RunId, StepId, Timestamp, Verdict};
use serde_json::{Map, Value, json};
use std::time::Duration;
use uuid::{NoContext, Uuid};

/// Most characters of a reason.
const LONGEST_REASON: usize = 500;

impl Engine {
    /// What a plan would do.
    pub fn preview(&self, plan: &Value) -> Preview {
        plan::read(plan, &self.scheduler().registry)
    }

    /// Accepts a plan as a run.
    pub async fn create_run(&self, new: NewRun, act: &Act) -> Result<Created, Error> {
        self.refuse_when_stopping()?;
        let idempotency = idempotency(&new)?;
        if new
            .template
            .as_deref()
            .is_some_and(|name| name.chars().count() > 100 || name.chars().any(tools::is_deceptive))
        {
            let message = "The name of a template is at most 100 characters without control characters.";
            return Err(invalid("template", "format", message, "Name one of /api/v1/templates, or leave it out."));
        }
        let preview = self.preview(&new.plan);
        let Some(plan) = preview.plan.filter(|_| preview.valid) else {
            return Err(Error::Invalid { faults: preview.faults });
        };
        let now = self.scheduler().clock.now();
        let record = NewRecord {
            run: RunId::new(identifier("run", now)),
            team: new.team,
            most_open: self.scheduler().config.teams.open_runs,
            steps: self.steps(&plan, now)?,
            plan,
            template: new.template,
            idempotency,
            act: act.clone(),
        };
        let (run, replayed) = self.store().create_run(record).await?;
        Ok(Created { run, replayed })
    }

    fn steps(&self, plan: &Plan, now: Timestamp) -> Result<Vec<NewStep>, Error> {
        let steps = plan.steps.iter().map(|step| {
            let conduct = self.conduct(&step.tool, &step.inputs, step.timeout_ms)?;
            Ok(NewStep { id: StepId::new(identifier("stp", now)), conduct })
        });
        steps.collect()
    }

    /// What starting a step with this tool and these inputs means. The inputs have been judged before. A time limit of the
    /// step holds for the verdict of a person as well.
    fn conduct(&self, tool: &str, inputs: &Map<String, Value>, timeout_ms: Option<u64>) -> Result<Conduct, Error> {
        let refused =
            |failure: tools::ToolFailure| invalid("inputs", "inputs", &failure.failure.message, "Correct the inputs.");
        match self.scheduler().registry.conduct(tool) {
            Some(tools::Conduct::Ask) => {
                let request = tools::manual::request(inputs).map_err(refused)?;
                let limit = timeout_ms.map_or(Duration::MAX, Duration::from_millis);
                Ok(Conduct::Ask { question: request.question, expires_in: Some(request.expires_in.min(limit)) })
            }
            Some(tools::Conduct::Pause) => {
                Ok(Conduct::Pause { duration: tools::wait::duration(inputs).map_err(refused)? })
            }
            Some(tools::Conduct::Execute) | None => Ok(Conduct::Execute),
        }
    }

    /// Asks for a run to stop. Asking again for the same run changes nothing.
    pub async fn cancel_run(&self, run: &RunId, reason: &str, act: &Act) -> Result<Run, Error> {
        let reason = required_reason(reason)?;
        well_formed(act.idempotency_key.as_deref())?;
        self.store().cancel_run(run, reason, act).await?;
        self.run(run).await
    }

    /// Tries a step again that ended badly; `step` is its id or its name. New `inputs` replace all of the old ones.
    pub async fn retry_step(
        &self,
        run: &RunId,
        step: &str,
        reason: &str,
        inputs: Option<Map<String, Value>>,
        act: &Act,
    ) -> Result<Run, Error> {
        self.refuse_when_stopping()?;
        let reason = required_reason(reason)?.to_owned();
        well_formed(act.idempotency_key.as_deref())?;
        let facts = self.store().step(run, step).await?;
        let inputs = match inputs {
            None => None,
            Some(inputs) => {
                self.judge(&facts, &inputs)?;
                let conduct = self.conduct(&facts.tool, &inputs, facts.timeout_ms)?;
                Some((inputs, conduct))
            }
        };
        let retry = StepRetry { run: run.clone(), step: facts.id.to_string(), reason, inputs, act: act.clone() };
        self.store().retry_step(retry).await?;
        self.run(run).await
    }

    /// Holds inputs for a step that is there already to everything that a plan is held to.
    fn judge(&self, step: &StepFacts, inputs: &Map<String, Value>) -> Result<(), Error> {
        // As deep as they would lie in a plan: below the document, its list of steps and the step.
        if inputs.values().any(|value| plan::is_deeper_than(value, plan::MAX_DEPTH - 4)) {
            let message = format!("The inputs are nested deeper than {} levels.", plan::MAX_DEPTH - 4);
            return Err(invalid("inputs", "too_deep", &message, "Flatten them."));
        }
        if inputs.iter().any(|(name, value)| plan::is_reserved(name) || plan::has_reserved_name(value)) {
            let message = "A field has a name that none can have.";
            return Err(invalid("inputs", "reserved_name", message, "Give it another name."));
        }
        let registry = &self.scheduler().registry;
        let mut faults = registry.validate(&step.tool, inputs);
        faults.extend(plan::over_timeout(&step.tool, inputs, step.timeout_ms, registry));
        let mut faults = under("inputs", faults);
        faults.extend(plan::not_dependencies(inputs, &step.depends_on, "inputs"));
        if faults.is_empty() { Ok(()) } else { Err(Error::Invalid { faults }) }
    }

    /// Decides an open gate; a rejection needs a reason.
    pub async fn decide_gate(
        &self,
        run: &RunId,
        step: &str,
        verdict: Verdict,
        reason: Option<&str>,
        act: &Act,
    ) -> Result<Run, Error> {
        let reason = match (verdict, reason) {
            (Verdict::Approve, None) => None,
            (Verdict::Approve | Verdict::Reject, Some(reason)) => Some(required_reason(reason)?),
            (Verdict::Reject, None) => Some(required_reason("")?),
        };
        well_formed(act.idempotency_key.as_deref())?;
        self.store().decide_gate(run, step, verdict, reason, act).await?;
        self.run(run).await
    }

    pub(super) fn refuse_when_stopping(&self) -> Result<(), Error> {
        if self.scheduler().stopping.is_cancelled() { Err(Error::ShuttingDown) } else { Ok(()) }
    }
}

/// An identifier that sorts by the time at which it was made.
pub(super) fn identifier(kind: &str, now: Timestamp) -> String {
    let since = Duration::from_millis(u64::try_from(now.as_millis()).unwrap_or(0));
    let moment = uuid::Timestamp::from_unix(NoContext, since.as_secs(), since.subsec_nanos());
    format!("{kind}_{}", Uuid::new_v7(moment).simple())
}

/// One fault.
pub(super) fn invalid(path: &str, rule: &str, message: &str, remedy: &str) -> Error {
    let fault =
        Fault { path: path.to_owned(), rule: rule.to_owned(), message: message.to_owned(), remedy: remedy.to_owned() };
    Error::Invalid { faults: vec![fault] }
}

fn under(path: &str, faults: Vec<Fault>) -> Vec<Fault> {
    let prefixed = faults.into_iter().map(|mut fault| {
        let joint = if fault.path.is_empty() || fault.path.starts_with('[') { "" } else { "." };
        fault.path = format!("{path}{joint}{}", fault.path);
        fault
    });
    prefixed.collect()
}

pub(super) fn required_reason(reason: &str) -> Result<&str, Error> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(invalid(
            "reason",
            "required",
            "A reason is needed.",
            "Say in a few words why; it is kept with what is done.",
        ));
    }
    if reason.chars().any(|c| c != '\n' && c != '\t' && tools::is_deceptive(c)) {
        let message = "The reason contains control characters or characters that turn text round.";
        return Err(invalid("reason", "control_character", message, "Remove them."));
    }
    if reason.chars().count() > LONGEST_REASON {
        return Err(invalid("reason", "length", "The reason is too long.", "Use at most 500 characters."));
    }
    Ok(reason)
}

/// A reason that may be left out.
pub(super) fn optional_reason(reason: Option<&str>) -> Result<Option<String>, Error> {
    reason
        .filter(|reason| !reason.trim().is_empty())
        .map(|reason| required_reason(reason).map(str::to_owned))
        .transpose()
}

fn well_formed(idempotency_key: Option<&str>) -> Result<(), Error> {
    let fits = |key: &str| (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    if idempotency_key.is_none_or(fits) {
        return Ok(());
    }
    let message = "The idempotency key is not 1 to 255 visible ASCII characters.";
    Err(invalid("idempotency_key", "format", message, "Use a fresh UUID for each new act."))
}

fn idempotency(new: &NewRun) -> Result<Option<Idempotency>, Error> {
    well_formed(new.idempotency_key.as_deref())?;
    let Some(key) = &new.idempotency_key else { return Ok(None) };
    let fingerprint = idempotency::fingerprint(&json!([new.plan, new.template, new.team]));
    Ok(Some(store::Idempotency { key: key.clone(), fingerprint }))
}
