//! What an operator may write as a plan for this kind of plane, judged before anything is sent.
//!
//! The plane would refuse the same, but in its own words and one call later. Every fault is named at once.

use control_plane::Error;
use domain::Fault;
use serde_json::Value;

const FIELDS: [&str; 4] = ["description", "name", "type", "repository"];
const KINDS: [&str; 4] = ["traditional", "ai_ml", "hybrid", "enhancement"];

/// The body of `POST /api/projects` that this plan stands for.
pub(crate) fn accepted(plan: &Value) -> Result<Value, Error> {
    let mut faults = Vec::new();
    let Some(given) = plan.as_object() else {
        return refused(vec![fault("", "form", "a plan is a JSON object", "Write {\"description\": \"…\"}.")]);
    };
    for name in given.keys().filter(|name| !FIELDS.contains(&name.as_str())) {
        let message = format!("FuzzyLlama knows no {name:?} of a project");
        faults.push(fault(name, "unknown_field", &message, "Leave it out."));
    }
    match given.get("description") {
        None | Some(Value::Null) => faults.push(fault(
            "description",
            "required",
            "a project needs a description",
            "Say in 10 to 2000 characters what is to be made.",
        )),
        Some(value) => text(value, "description", 10..=2000, &mut faults),
    }
    if let Some(value) = given.get("name") {
        text(value, "name", 3..=100, &mut faults);
    }
    if let Some(value) = given.get("repository") {
        text(value, "repository", 0..=usize::MAX, &mut faults);
    }
    if given.get("type").is_some_and(|kind| !kind.as_str().is_some_and(|kind| KINDS.contains(&kind))) {
        let remedy = format!("Choose one of {}.", KINDS.join(", "));
        faults.push(fault("type", "one_of", "there is no such type of project", &remedy));
    }
    if faults.is_empty() { Ok(plan.clone()) } else { refused(faults) }
}

/// A rejection says why; the plane would fill in a reason of its own.
pub(crate) fn reason(given: Option<&str>) -> Result<&str, Error> {
    match given.map(str::trim).filter(|reason| !reason.is_empty()) {
        Some(reason) => Ok(reason),
        None => refused(vec![fault("reason", "required", "a rejection needs a reason", "Say what has to change.")]),
    }
}

pub(crate) fn text(value: &Value, path: &str, length: std::ops::RangeInclusive<usize>, faults: &mut Vec<Fault>) {
    match value.as_str() {
        None => faults.push(fault(path, "form", &format!("the {path} is a text"), "Put it in quotes.")),
        Some(text) if !length.contains(&text.chars().count()) => {
            let (least, most) = (length.start(), length.end());
            let message = format!("the {path} has {least} to {most} characters");
            faults.push(fault(path, "length", &message, "Make it fit."));
        }
        Some(_) => {}
    }
}

pub(crate) fn refused<T>(faults: Vec<Fault>) -> Result<T, Error> {
    let message = faults.first().map_or_else(String::new, |fault| fault.message.clone());
    Err(Error::Invalid { message, faults })
}

pub(crate) fn fault(path: &str, rule: &str, message: &str, remedy: &str) -> Fault {
    let [path, rule, message, remedy] = [path, rule, message, remedy].map(ToOwned::to_owned);
    Fault { path, rule, message, remedy }
}

#[cfg(test)]
mod tests {
    use super::accepted;
    use control_plane::Error;
    use serde_json::json;

    #[test]
    fn every_fault_is_named_at_once() {
        let Err(Error::Invalid { faults, .. }) = accepted(&json!({ "name": "x", "type": "weird", "goal": "g" })) else {
            panic!("this is no plan")
        };
        let found: Vec<_> = faults.iter().map(|fault| (fault.path.as_str(), fault.rule.as_str())).collect();
        let expected = [("goal", "unknown_field"), ("description", "required"), ("name", "length"), ("type", "one_of")];
        assert_eq!(found, expected, "each fault has its place and its rule");
        assert!(faults.iter().all(|fault| !fault.remedy.is_empty()), "each says what to do");
    }

    #[test]
    fn a_length_counts_characters_and_not_bytes() {
        let of = |length: usize| accepted(&json!({ "description": "ü".repeat(length) })).is_ok();
        assert_eq!([of(9), of(10), of(2000), of(2001)], [false, true, true, false], "10 to 2000 characters fit");
    }
}
