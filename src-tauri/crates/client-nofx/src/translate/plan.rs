//! Plans: what an operator wrote as NOFX takes it, and what NOFX plans as the console shows it.
//!
//! NOFX previews a prompt but no plan with steps, and one of its dialects starts a plan without any steps, which never ends.
//! So such a plan is judged here, by the rules that the other dialect keeps to.

use crate::translate::{
    row::Row,
    step::{Names, inputs},
};
use client_http::plain;
use domain::{Fault, Plan, PlanStep, Preview};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What is sent for a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Asked {
    /// A plan with steps.
    Plan(Value),
    /// A prompt of which NOFX makes the plan itself.
    Prompt(Value),
}

impl Asked {
    /// The body of the call.
    pub(crate) const fn body(&self) -> &Value {
        match self {
            Self::Plan(body) | Self::Prompt(body) => body,
        }
    }
}

/// Wraps a document as NOFX takes it; one that is wrapped already stays as it is.
pub(crate) fn asked(document: &Value) -> Asked {
    let has = |name: &str| document.get(name).is_some();
    if has("plan") {
        Asked::Plan(document.clone())
    } else if has("standard") {
        Asked::Prompt(document.clone())
    } else if has("prompt") && !has("steps") {
        Asked::Prompt(json!({ "standard": document }))
    } else {
        Asked::Plan(json!({ "plan": document }))
    }
}

/// Everything for which it would be refused.
pub(crate) fn judged(asked: &Asked) -> Vec<Fault> {
    let mut faults = Vec::new();
    match asked {
        Asked::Prompt(body) => {
            let prompt = body["standard"].get("prompt").and_then(Value::as_str);
            if prompt.is_none_or(|prompt| prompt.trim().is_empty()) {
                faults.push(fault(
                    "prompt",
                    "required",
                    "there is no prompt",
                    "Write in a sentence what is to be done.",
                ));
            }
        }
        Asked::Plan(body) => plan_faults(&body["plan"], &mut faults),
    }
    faults
}

fn plan_faults(plan: &Value, faults: &mut Vec<Fault>) {
    if !plan.is_object() {
        let remedy = r#"Write {"goal": …, "steps": […]} or {"prompt": …}."#;
        faults.push(fault("", "type", "a plan is an object", remedy));
        return;
    }
    text(plan, "", "goal", faults);
    let Some(steps) = plan.get("steps").and_then(Value::as_array) else {
        faults.push(fault("steps", "required", "there is no list of steps", "Add a list with at least one step."));
        return;
    };
    if steps.is_empty() {
        faults.push(fault("steps", "too_small", "a plan without steps never ends", "Add at least one step."));
    }
    for (index, step) in steps.iter().enumerate() {
        let at = format!("steps[{index}]");
        if !step.is_object() {
            faults.push(fault(&at, "type", "a step is an object", r#"Write {"name": …, "tool": …}."#));
            continue;
        }
        text(step, &at, "name", faults);
        text(step, &at, "tool", faults);
        if step.get("inputs").is_some_and(|inputs| !inputs.is_object()) {
            let remedy = "Write an object, or leave them out.";
            faults.push(fault(&format!("{at}.inputs"), "type", "inputs are an object", remedy));
        }
        for list in ["tools_allowed", "env_allowed"] {
            if step.get(list).is_some_and(|list| !list.is_array()) {
                let remedy = "Write a list of texts, or leave it out.";
                faults.push(fault(&format!("{at}.{list}"), "type", "this is a list of texts", remedy));
            }
        }
    }
}

fn text(of: &Value, at: &str, name: &str, faults: &mut Vec<Fault>) {
    let path = if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    match of.get(name) {
        Some(Value::String(_)) => {}
        Some(_) => faults.push(fault(&path, "type", "this is not a text", "Write a text in quotes.")),
        None => faults.push(fault(&path, "required", "this is missing", "Add it as a text in quotes.")),
    }
}

fn fault(path: &str, rule: &str, message: &str, remedy: &str) -> Fault {
    Fault { path: path.to_owned(), rule: rule.to_owned(), message: message.to_owned(), remedy: remedy.to_owned() }
}

/// The preview of an accepted plan, bare or as one dialect wraps it.
pub(crate) fn planned(answer: &Value) -> Option<Preview> {
    let whole = Row::of(answer)?;
    let plan = whole.row("plan").unwrap_or(whole);
    plan.value("steps").filter(|steps| steps.is_array())?;
    let mut names = Names::default();
    let steps: Vec<_> = plan.rows("steps").into_iter().map(|row| planned_step(row, &mut names)).collect();
    let goal = plain(plan.text("goal").unwrap_or_default());
    let metadata = plan.row("metadata").map(|row| row.fields().clone()).unwrap_or_default();
    let layers = layers(&steps);
    Some(Preview { valid: true, faults: Vec::new(), plan: Some(Plan { goal, steps, metadata }), layers })
}

fn planned_step(row: Row<'_>, names: &mut Names) -> PlanStep {
    let (depends_on, inputs) = inputs(row);
    PlanStep {
        name: names.next(row),
        tool: plain(row.text("tool").unwrap_or_default()),
        timeout_ms: inputs.get("timeout").and_then(Value::as_u64),
        inputs,
        depends_on,
        retry: domain::RetryPolicy::default(),
        on_restart: domain::OnRestart::default(),
        severity: domain::Severity::default(),
    }
}

/// Names of steps by depth. Steps that wait for each other, or for none that exists, are accepted by NOFX and wait for
/// ever: they stand in the last layer.
fn layers(steps: &[PlanStep]) -> Vec<Vec<String>> {
    let mut layers: Vec<Vec<String>> = Vec::new();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let mut rest: Vec<_> = steps.iter().collect();
    while !rest.is_empty() {
        let is_free = |step: &&&PlanStep| step.depends_on.iter().all(|name| done.contains(name.as_str()));
        let free: Vec<_> = rest.iter().filter(is_free).copied().collect();
        let layer = if free.is_empty() { rest.clone() } else { free };
        layers.push(layer.iter().map(|step| step.name.clone()).collect());
        done.extend(layer.iter().map(|step| step.name.as_str()));
        rest.retain(|step| !done.contains(step.name.as_str()));
    }
    layers
}
