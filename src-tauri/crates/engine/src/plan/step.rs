//! One step of a plan: its own fields, judged without a look at the other steps.

use super::nofx;
use crate::tools::{self, Fields, child, element, fault, is_deceptive, kind_of_value as kind, millis};
use domain::{Fault, OnRestart, PlanStep, RetryPolicy, Severity};
use serde_json::{Map, Value};
use std::{collections::HashSet, time::Duration};

/// Longest time limit that a plan may set.
/// Longest time that a plan may let a step take.
pub(crate) const MAX_TIMEOUT: Duration = Duration::from_hours(168);
/// Longest pause between attempts that a plan may set.
const MAX_DELAY: Duration = Duration::from_hours(24);
/// A step as it was read, and where each of its dependencies stands in the document.
#[derive(Debug)]
pub(super) struct ReadStep {
    pub(super) step: PlanStep,
    /// Same order and length as `step.depends_on`.
    pub(super) dependency_paths: Vec<String>,
    /// What NOFX calls so. It has no effect here: a step is given the secrets that it names, and no others.
    pub(super) secrets_scope: Option<Value>,
}

/// Reads one step. Without a name there is nothing to go on with, and the answer is `None`.
pub(super) fn read(value: &Value, path: &str, tools: &tools::Registry, faults: &mut Vec<Fault>) -> Option<ReadStep> {
    let Some(object) = value.as_object() else {
        let message = format!("The step is {} where an object is expected.", kind(value));
        faults.push(fault(path, "wrong_type", message, "Write {\"name\": …, \"tool\": …, \"inputs\": {…}}."));
        return None;
    };
    let mut fields = Fields::new(object, path);
    let (name, written) = (name(&mut fields, "name", 100), name(&mut fields, "tool", 100));
    let mut inputs = fields.object("inputs").cloned().unwrap_or_default();
    let tool = written.as_deref().map(|tool| nofx::translate(tool, &mut inputs));
    known(&mut fields, tool.as_deref(), tools);
    let mut dependencies = Dependencies::default();
    if let Some(given) = fields.any("depends_on") {
        dependencies.read_one_or_more(given, fields.path("depends_on"));
    }
    if let Some(given) = inputs.remove(nofx::DEPENDENCIES) {
        dependencies.read_one_or_more(&given, child(&fields.path("inputs"), nofx::DEPENDENCIES));
    }
    allowed_tools(&mut fields, written.as_deref());
    allowed_variables(&mut fields, tool.as_deref(), &mut inputs);
    let secrets_scope = secrets_scope(&mut fields);
    let step = PlanStep {
        name: name.unwrap_or_default(),
        tool: tool.unwrap_or_default(),
        inputs,
        depends_on: dependencies.names,
        retry: retry(&mut fields),
        timeout_ms: fields
            .duration_or_millis("timeout", "timeout_ms", Duration::from_millis(1)..=MAX_TIMEOUT)
            .map(millis),
        on_restart: match fields.choice("on_restart", &["rerun", "fail"]) {
            Some("rerun") => OnRestart::Rerun,
            _ => OnRestart::Fail,
        },
        severity: match fields.choice("severity", &["critical", "warning"]) {
            Some("warning") => Severity::Warning,
            _ => Severity::Critical,
        },
    };
    fields.adopt(dependencies.faults);
    let inputs_path = fields.path("inputs");
    fields.adopt(tools.validate(&step.tool, &step.inputs).into_iter().map(|fault| below(&inputs_path, fault)));
    let over = over_timeout(&step.tool, &step.inputs, step.timeout_ms, tools);
    fields.adopt(over.map(|fault| below(&inputs_path, fault)));
    fields.adopt(not_dependencies(&step.inputs, &step.depends_on, &inputs_path));
    faults.append(&mut fields.finish());
    (!step.name.is_empty()).then_some(ReadStep { step, dependency_paths: dependencies.paths, secrets_scope })
}

/// The fault of a pause that its own step's time limit would cut short; its path starts at the inputs. Nothing watches the
/// limit of a pause, so the contradiction is refused instead.
pub(crate) fn over_timeout(
    tool: &str,
    inputs: &Map<String, Value>,
    timeout_ms: Option<u64>,
    tools: &tools::Registry,
) -> Option<Fault> {
    let limit = Duration::from_millis(timeout_ms?);
    if tools.conduct(tool) != Some(tools::Conduct::Pause) || tools::wait::duration(inputs).ok()? <= limit {
        return None;
    }
    let remedy = "Raise timeout, leave it out, or shorten duration.";
    Some(fault("duration", "duration_over_timeout", "duration is longer than the step's timeout.", remedy))
}

/// A name that lists, logs and command lines can show without being fooled.
pub(super) fn name(fields: &mut Fields<'_>, field: &'static str, longest: usize) -> Option<String> {
    let name = fields.required_text(field, 1..=longest)?;
    if name.chars().any(is_deceptive) {
        let message = format!("{field} contains control characters or characters that turn text round.");
        fields.refuse(field, "control_character", message, "Remove them.");
        return None;
    }
    Some(name.to_owned())
}

fn known(fields: &mut Fields<'_>, tool: Option<&str>, tools: &tools::Registry) {
    let Some(tool) = tool else { return };
    if tools.find(tool).is_none() {
        let message = format!("There is no tool {}.", Value::from(tool));
        let known = tools
            .names()
            .into_iter()
            .map(|name| if name.ends_with(':') { format!("{name}<name>") } else { name.to_owned() });
        fields.refuse(
            "tool",
            "unknown_tool",
            message,
            format!("Name one of {}.", known.collect::<Vec<_>>().join(", ")),
        );
    }
}

/// `tools_allowed` of NOFX: a list that does not name the tool forbids the step there, so it does here.
fn allowed_tools(fields: &mut Fields<'_>, tool: Option<&str>) {
    let allowed = fields.texts("tools_allowed", 0..=200).unwrap_or_default();
    if let Some(tool) = tool
        && !allowed.is_empty()
        && !allowed.contains(&tool)
    {
        fields.refuse(
            "tools_allowed",
            "tool_not_allowed",
            "The step does not allow its own tool.",
            "Add the tool to the list, or remove the step.",
        );
    }
}

/// `env_allowed` of NOFX: the variables that a command is passed, unless its inputs say so themselves. Other tools are
/// passed none, so there is nothing to allow.
fn allowed_variables(fields: &mut Fields<'_>, tool: Option<&str>, inputs: &mut Map<String, Value>) {
    let Some(names) = fields.texts("env_allowed", 1..=200) else { return };
    if tool.is_some_and(|tool| tool == "shell" || tool.starts_with("gate:")) && !inputs.contains_key("env_allow") {
        inputs.insert("env_allow".to_owned(), names.into());
    }
}

/// `secrets_scope` of NOFX: a text or a list of texts.
fn secrets_scope(fields: &mut Fields<'_>) -> Option<Value> {
    if fields.any("secrets_scope")?.is_array() {
        return fields.texts("secrets_scope", 0..=200).map(Value::from);
    }
    fields.text("secrets_scope", 0..=200).map(Value::from)
}

fn retry(fields: &mut Fields<'_>) -> RetryPolicy {
    let default = RetryPolicy::default();
    let value = fields.any("retry");
    if value.is_some_and(Value::is_number) {
        let retries = fields.integer("retry", 0..=19).and_then(|retries| u32::try_from(retries).ok());
        return RetryPolicy { max_attempts: 1 + retries.unwrap_or(0), ..default };
    }
    let Some(object) = value.and_then(Value::as_object) else {
        if let Some(other) = value {
            let message = format!("retry is {} where an object or a number is expected.", kind(other));
            fields.refuse(
                "retry",
                "wrong_type",
                message,
                "Write the number of retries, or {\"max_attempts\": 3, \"delay\": \"1s\"}.",
            );
        }
        return default;
    };
    let mut inner = Fields::new(object, fields.path("retry"));
    let attempts = inner.integer("max_attempts", 1..=20).and_then(|attempts| u32::try_from(attempts).ok());
    let delay = inner.duration_or_millis("delay", "delay_ms", Duration::ZERO..=MAX_DELAY).map(millis);
    let max_delay = inner.duration_or_millis("max_delay", "max_delay_ms", Duration::ZERO..=MAX_DELAY).map(millis);
    let delay_ms = delay.unwrap_or_else(|| max_delay.unwrap_or(default.delay_ms).min(default.delay_ms));
    if max_delay.is_some_and(|max_delay| max_delay < delay_ms) {
        inner.refuse(
            "max_delay",
            "out_of_range",
            "max_delay is shorter than delay.",
            "Make it at least as long as delay.",
        );
    }
    let max_delay_ms = max_delay.unwrap_or_else(|| default.max_delay_ms.max(delay_ms));
    fields.adopt(inner.finish());
    RetryPolicy { max_attempts: attempts.unwrap_or(default.max_attempts), delay_ms, max_delay_ms }
}

/// What a step depends on, from both dialects, each name once.
#[derive(Debug, Default)]
struct Dependencies {
    names: Vec<String>,
    paths: Vec<String>,
    seen: HashSet<String>,
    faults: Vec<Fault>,
}

impl Dependencies {
    fn read_list(&mut self, list: &[Value], path: &str) {
        for (index, value) in list.iter().enumerate() {
            self.read_name(value, element(path, index));
        }
    }

    /// A list of names, or a single one by itself.
    fn read_one_or_more(&mut self, value: &Value, path: String) {
        match value {
            Value::Null => {}
            Value::Array(list) => self.read_list(list, &path),
            one => self.read_name(one, path),
        }
    }

    fn read_name(&mut self, value: &Value, path: String) {
        match value.as_str() {
            None => {
                let message = format!("This is {} where the name of a step is expected.", kind(value));
                self.faults.push(fault(path, "wrong_type", message, "Write the name of another step."));
            }
            Some("") => self.faults.push(fault(
                path,
                "empty",
                "The name of the step is empty.",
                "Write the name of another step.",
            )),
            Some(name) => {
                if self.seen.insert(name.to_owned()) {
                    self.names.push(name.to_owned());
                    self.paths.push(path);
                }
            }
        }
    }
}

/// Only outputs of dependencies reach a step, so a `from_step` that names another would never find anything. Paths start
/// at `path`, which is where the inputs are.
pub(crate) fn not_dependencies(inputs: &Map<String, Value>, depends_on: &[String], path: &str) -> Vec<Fault> {
    let known: HashSet<&str> = depends_on.iter().map(String::as_str).collect();
    let mut found = Vec::new();
    walk(inputs, path, &mut |object, path| {
        let named = object.get("from_step").and_then(Value::as_str);
        if let Some(name) = named.filter(|name| !known.contains(name)) {
            let message = format!(
                "The step does not depend on {}, so it never sees its output.",
                Value::from(tools::clip(name, 100))
            );
            found.push(fault(child(path, "from_step"), "not_a_dependency", message, "Add that step to depends_on."));
        }
    });
    found
}

fn walk(object: &Map<String, Value>, path: &str, visit: &mut impl FnMut(&Map<String, Value>, &str)) {
    visit(object, path);
    for (name, value) in object {
        match value {
            Value::Object(inner) => walk(inner, &child(path, name), visit),
            Value::Array(list) => {
                for (index, value) in list.iter().enumerate() {
                    if let Value::Object(inner) = value {
                        walk(inner, &element(&child(path, name), index), visit);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The fault of a tool, whose path starts at the inputs, as a fault of the document.
fn below(path: &str, mut found: Fault) -> Fault {
    found.path = match found.path.as_str() {
        "" => path.to_owned(),
        inner if inner.starts_with('[') => format!("{path}{inner}"),
        inner => format!("{path}.{inner}"),
    };
    found
}
