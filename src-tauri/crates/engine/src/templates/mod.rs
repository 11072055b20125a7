//! Templates: plans with blanks. Filling one gives a document that is read like any other plan.
//!
//! Two of them are files with blanks such as `{{url}}`. The third looks into a folder and plans what it finds there.
//! Deliberately absent: any execution, and any command that the folder's own files do not call for.

mod blanks;
mod repository;
#[cfg(test)]
mod tests;

use crate::tools::{child, clip, fault, kind_of_value as kind};
use domain::{Fault, Template, TemplateField};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::{collections::BTreeMap, path::PathBuf};

/// The files of the templates, as they were when this program was built.
const FILES: [&str; 3] = [
    include_str!("../../templates/verify-repository.json"),
    include_str!("../../templates/http-smoke.json"),
    include_str!("../../templates/ask-model.json"),
];

#[derive(Debug, Deserialize)]
struct File {
    #[serde(flatten)]
    template: Template,
    /// With blanks; absent when the plan depends on what is found.
    plan: Option<Value>,
}

/// Values by the name of their field, each present and of its kind.
type Values = BTreeMap<String, String>;

/// Every template, in the order of the first-run screen.
pub fn list() -> Vec<Template> {
    files().map(|file| file.template).collect()
}

/// The plan that a template makes of these values, or every fault of them. Reads the folder that was picked, if the
/// template has one, without holding up other work.
pub async fn fill(id: &str, values: &Map<String, Value>) -> Result<Value, Vec<Fault>> {
    let file = files().find(|file| file.template.id == id);
    let Some(file) = file else {
        let known = list().into_iter().map(|template| template.id).collect::<Vec<_>>().join(", ");
        let message = format!("There is no template {}.", Value::from(clip(id, 60)));
        return Err(vec![fault("", "unknown_template", message, format!("Name one of {known}."))]);
    };
    let values = judge(&file.template.fields, values)?;
    match file.plan {
        Some(plan) => Ok(blanks::fill(plan, &values)),
        None => repository::plan(PathBuf::from(values.get("folder").cloned().unwrap_or_default())).await,
    }
}

fn files() -> impl Iterator<Item = File> {
    // A test reads each file, so none can be broken in a program that passed its tests.
    FILES.into_iter().filter_map(|file| serde_json::from_str(file).ok())
}

fn judge(fields: &[TemplateField], given: &Map<String, Value>) -> Result<Values, Vec<Fault>> {
    let (mut values, mut faults) = (Values::new(), Vec::new());
    for field in fields {
        match value(field, given.get(&field.name)) {
            Ok(value) => drop(values.insert(field.name.clone(), value)),
            Err(found) => faults.push(found),
        }
    }
    for name in given.keys().filter(|name| fields.iter().all(|field| field.name != **name)) {
        let known = fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join(", ");
        let message = format!("{} is not a field of this template.", Value::from(clip(name, 60)));
        faults.push(fault(child("", name), "unknown_field", message, format!("Remove it; its fields are {known}.")));
    }
    if faults.is_empty() { Ok(values) } else { Err(faults) }
}

fn value(field: &TemplateField, given: Option<&Value>) -> Result<String, Fault> {
    let (name, label) = (field.name.as_str(), field.label.as_str());
    let text = match given {
        None | Some(Value::Null) => "",
        Some(Value::String(text)) => text.trim(),
        Some(other) => {
            let message = format!("{label} is {} where text is expected.", kind(other));
            return Err(fault(name, "wrong_type", message, "Write text."));
        }
    };
    let text = match (text, &field.default) {
        ("", Some(default)) => default,
        ("", None) => return Err(fault(name, "required", format!("{label} is missing."), "Fill it in.")),
        (text, _) => text,
    };
    if text.chars().count() > 20_000 {
        return Err(fault(name, "too_long", format!("{label} is longer than 20,000 characters."), "Shorten it."));
    }
    if field.kind == "url" && !(text.starts_with("http://") || text.starts_with("https://")) {
        let remedy = "Write a full address such as https://example.org/health.";
        return Err(fault(name, "not_a_url", format!("{label} is not an address of http or https."), remedy));
    }
    Ok(text.to_owned())
}
