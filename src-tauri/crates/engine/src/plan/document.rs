//! From a document to a plan: the goal, the steps, and what only shows when all steps are looked at together.

use super::{MAX_DEPTH, MAX_FAULTS, MAX_STEPS, graph, has_reserved_name, step};
use crate::tools::{Fields, Registry, clip, element, fault, kind_of_value as kind};
use domain::{Fault, Plan, Preview};
use serde_json::{Map, Value};
use std::collections::HashMap;
use step::ReadStep;

/// Most names of a circle that are spelled out.
const SPELLED: usize = 12;

/// Judges a document and says what it would do, or every reason why it is refused.
pub fn read(document: &Value, tools: &Registry) -> Preview {
    let mut faults = Vec::new();
    let (plan, layers) = match document.as_object() {
        _ if is_deeper_than(document, MAX_DEPTH) => {
            let message = format!("The document is nested deeper than {MAX_DEPTH} levels.");
            faults.push(fault("", "too_deep", message, "Flatten it."));
            (None, Vec::new())
        }
        _ if has_reserved_name(document) => {
            faults.push(fault("", "reserved_name", "A field has a name that none can have.", "Give it another name."));
            (None, Vec::new())
        }
        None => {
            let message = format!("The document is {} where an object is expected.", kind(document));
            faults.push(fault("", "wrong_type", message, "Write {\"goal\": …, \"steps\": […]}."));
            (None, Vec::new())
        }
        Some(object) => plan(object, tools, &mut faults),
    };
    let valid = faults.is_empty();
    if faults.len() > MAX_FAULTS {
        let more = faults.len() - MAX_FAULTS;
        faults.truncate(MAX_FAULTS);
        faults.push(fault("", "too_many_faults", format!("There are {more} more faults."), "Correct these first."));
    }
    Preview { valid, faults, plan, layers: if valid { layers } else { Vec::new() } }
}

fn plan(object: &Map<String, Value>, tools: &Registry, faults: &mut Vec<Fault>) -> (Option<Plan>, Vec<Vec<String>>) {
    let mut fields = Fields::new(object, "");
    let goal = goal(&mut fields);
    let mut metadata = fields.object("metadata").cloned().unwrap_or_default();
    // NOFX keeps its user in the plan.
    if let Some(user) = fields.text("user_id", 0..=200).filter(|user| !user.is_empty()) {
        metadata.entry("user_id").or_insert_with(|| Value::from(user));
    }
    let list = steps(&mut fields);
    faults.append(&mut fields.finish());
    let Some(list) = list else { return (None, Vec::new()) };

    let mut indices = Vec::new();
    let mut read = Vec::new();
    for (index, value) in list.iter().take(MAX_STEPS).enumerate() {
        if let Some(step) = step::read(value, &element("steps", index), tools, faults) {
            indices.push(index);
            read.push(step);
        }
    }
    let layers = order(&read, &indices, faults);
    keep_scopes(&read, &mut metadata);
    let steps = read.into_iter().map(|read| read.step).collect();
    (Some(Plan { goal: goal.unwrap_or_default(), steps, metadata }), layers)
}

/// Keeps what NOFX calls the scope of secrets, by step, for who reads the plan; nothing here acts on it.
fn keep_scopes(read: &[ReadStep], metadata: &mut Map<String, Value>) {
    let scopes = read.iter().filter_map(|read| Some((read.step.name.clone(), read.secrets_scope.clone()?)));
    let scopes: Map<String, Value> = scopes.collect();
    if !scopes.is_empty() {
        metadata.entry("secrets_scope").or_insert(Value::Object(scopes));
    }
}

fn goal(fields: &mut Fields<'_>) -> Option<String> {
    let goal = fields.required_text("goal", 1..=500)?;
    if goal.chars().any(|c| c != '\n' && c != '\t' && crate::tools::is_deceptive(c)) {
        let message = "goal contains control characters or characters that turn text round.";
        fields.refuse("goal", "control_character", message, "Remove them.");
    }
    Some(goal.to_owned())
}

fn steps<'a>(fields: &mut Fields<'a>) -> Option<&'a Vec<Value>> {
    if fields.any("steps").is_none() {
        fields.missing("steps", "Write a list of at least one step.");
        return None;
    }
    let list = fields.list("steps")?;
    if list.is_empty() {
        fields.refuse("steps", "empty", "There is no step.", "Write at least one step.");
    }
    if list.len() > MAX_STEPS {
        let message = format!("There are {} steps; a plan has at most {MAX_STEPS}.", list.len());
        fields.refuse("steps", "too_many_steps", message, "Split the plan.");
    }
    Some(list)
}

/// Judges what only shows when all steps are looked at together, and sorts them by depth.
fn order(read: &[ReadStep], indices: &[usize], faults: &mut Vec<Fault>) -> Vec<Vec<String>> {
    let mut by_name: HashMap<&str, usize> = HashMap::new();
    for (at, ReadStep { step, .. }) in read.iter().enumerate() {
        if let Some(&first) = by_name.get(step.name.as_str()) {
            let message =
                format!("{} is already the name of steps[{}].", Value::from(step.name.as_str()), indices[first]);
            faults.push(fault(
                format!("steps[{}].name", indices[at]),
                "duplicate_name",
                message,
                "Give each step a name of its own.",
            ));
        } else {
            by_name.insert(&step.name, at);
        }
    }
    let mut needs = vec![Vec::new(); read.len()];
    for (at, ReadStep { step, dependency_paths, .. }) in read.iter().enumerate() {
        for (name, path) in step.depends_on.iter().zip(dependency_paths) {
            match by_name.get(name.as_str()) {
                Some(_) if *name == step.name => {
                    faults.push(fault(path, "self_dependency", "The step depends on itself.", "Remove this name."));
                }
                Some(&other) => needs[at].push(other),
                None => {
                    let message = format!("There is no step named {}.", Value::from(clip(name, 100)));
                    faults.push(fault(
                        path,
                        "missing_dependency",
                        message,
                        "Name a step of this plan, or remove the name.",
                    ));
                }
            }
        }
    }
    let sorted = graph::sort(&needs);
    for cycle in &sorted.cycles {
        faults.push(circle(cycle, read, indices));
    }
    sorted.layers.into_iter().map(|layer| layer.into_iter().map(|at| read[at].step.name.clone()).collect()).collect()
}

fn circle(cycle: &[usize], read: &[ReadStep], indices: &[usize]) -> Fault {
    let mut names: Vec<_> = cycle.iter().take(SPELLED).map(|&at| read[at].step.name.as_str()).collect();
    if cycle.len() > SPELLED {
        names.push("…");
    }
    let first = cycle.first().copied().unwrap_or_default();
    names.push(&read[first].step.name);
    let message = format!("These steps wait for each other: {}.", names.join(" → "));
    fault(format!("steps[{}].depends_on", indices[first]), "cycle", message, "Remove one of these dependencies.")
}

/// Whether a value is nested deeper than so many levels. Looks no deeper than that, so a deep document cannot exhaust the
/// stack.
pub(crate) fn is_deeper_than(value: &Value, limit: usize) -> bool {
    match value {
        Value::Array(_) | Value::Object(_) if limit == 0 => true,
        Value::Array(list) => list.iter().any(|inner| is_deeper_than(inner, limit - 1)),
        Value::Object(object) => object.values().any(|inner| is_deeper_than(inner, limit - 1)),
        _ => false,
    }
}
