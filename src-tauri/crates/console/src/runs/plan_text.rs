//! A plan as a face sends it: an object, or text in JSON or YAML as a person wrote it.
//!
//! Only the reading is done here; whether the plan makes sense is the control plane's judgement.

use crate::error::Error;
use serde_json::Value;

/// Most bytes of a plan's text: a thousand generous steps.
const TEXT_MAX: usize = 1024 * 1024;

/// Reads the plan; a text that is neither JSON nor YAML is a fault with its line.
pub(crate) fn read(plan: Value) -> Result<Value, Error> {
    let text = match plan {
        Value::Object(_) => return Ok(plan),
        Value::String(text) => text,
        _ => return Err(not_a_plan()),
    };
    if text.len() > TEXT_MAX {
        return Err(Error::invalid(
            "plan",
            "length",
            "a plan has at most 1 MiB of text",
            "Split it into several runs.",
        ));
    }
    let read: Result<Value, Error> = if text.trim_start().starts_with('{') {
        serde_json::from_str(&text)
            .map_err(|error| syntax("JSON", error.line(), error.column(), &describe(&error.to_string())))
    } else {
        serde_saphyr::from_str(&text).map_err(|error| {
            let (line, column) = error.location().map_or((1, 1), |at| (as_usize(at.line()), as_usize(at.column())));
            syntax("YAML", line, column, &describe(&error.to_string()))
        })
    };
    read.and_then(|plan| if plan.is_object() { Ok(plan) } else { Err(not_a_plan()) })
}

fn as_usize(number: impl TryInto<usize>) -> usize {
    number.try_into().unwrap_or(1)
}

/// The parser's own sentence without the excerpt of the text that may follow it.
fn describe(message: &str) -> String {
    message.lines().next().unwrap_or_default().chars().take(200).collect()
}

fn syntax(language: &str, line: usize, column: usize, message: &str) -> Error {
    Error::invalid(
        &format!("plan:{line}:{column}"),
        "syntax",
        format!("line {line}, column {column} is not {language}: {message}"),
        "Correct this line.",
    )
}

fn not_a_plan() -> Error {
    Error::invalid(
        "plan",
        "type",
        "a plan is an object with a goal and steps",
        "Write goal and steps, as JSON or YAML, or choose a template.",
    )
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::error::Error;
    use serde_json::json;

    #[test]
    fn json_yaml_and_objects_are_the_same_plan() {
        let plan = json!({ "goal": "g", "steps": [{ "name": "a", "tool": "echo" }] });
        assert_eq!(read(plan.clone()).ok(), Some(plan.clone()), "an object passes as it is");
        assert_eq!(read(json!(plan.to_string())).ok(), Some(plan.clone()), "JSON text");
        let yaml = "goal: g\nsteps:\n  - name: a\n    tool: echo\n";
        assert_eq!(read(json!(yaml)).ok(), Some(plan), "YAML text");
    }

    #[test]
    fn a_syntax_error_names_its_line() {
        for bad in ["{\n  \"goal\": ,\n}", "goal: g\nsteps: [\n"] {
            let Err(Error::Invalid(faults)) = read(json!(bad)) else { panic!("{bad:?} is refused") };
            assert!(faults[0].path.starts_with("plan:"), "{:?} says where", faults[0]);
        }
        for bad in [json!(null), json!([]), json!("just words"), json!("")] {
            assert!(matches!(read(bad.clone()), Err(Error::Invalid(_))), "{bad} is no plan");
        }
    }
}
