//! Reading what was given: a plan from a file or standard input, inputs as JSON.

use super::Session;
use crate::trouble::Trouble;
use serde_json::{Map, Value};
use std::{fs, io::Read};

/// Longest plan that is read, in bytes; the control plane takes less.
const LONGEST: u64 = 8 * 1024 * 1024;

/// The text of a plan. Whether it is one is for the control plane to judge.
pub(super) fn plan(session: &mut Session<'_>, file: &str) -> Result<Value, Trouble> {
    let text = if file == "-" { read(&mut session.input, "standard input")? } else { read_file(file)? };
    Ok(Value::String(text))
}

/// Inputs: a JSON object, or `@` and the file that holds it.
pub(super) fn inputs(given: &str) -> Result<Map<String, Value>, Trouble> {
    let text = match given.strip_prefix('@') {
        Some(file) => read_file(file)?,
        None => given.to_owned(),
    };
    serde_json::from_str(&text).map_err(|error| {
        Trouble::given(
            format!("--inputs is no JSON object: {error}"),
            r#"Write an object such as '{"argv": ["true"]}', or @ and a file that holds one."#,
        )
    })
}

fn read_file(file: &str) -> Result<String, Trouble> {
    let mut opened = fs::File::open(file).map_err(|error| {
        Trouble::given(format!("{file} cannot be read: {error}"), "Check the path; - reads standard input.")
    })?;
    read(&mut opened, file)
}

fn read(from: &mut dyn Read, name: &str) -> Result<String, Trouble> {
    let mut text = String::new();
    let failed = |error| Trouble::given(format!("{name} cannot be read: {error}"), "It must be text in UTF-8.");
    let read = from.take(LONGEST + 1).read_to_string(&mut text).map_err(failed)?;
    if u64::try_from(read).unwrap_or(u64::MAX) > LONGEST {
        return Err(Trouble::given(format!("{name} is longer than 8 MiB"), "Split the work into several plans."));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::inputs;

    #[test]
    fn inputs_are_an_object_given_or_in_a_file() {
        assert_eq!(inputs(r#"{"text": "x"}"#).expect("an object")["text"], "x", "given as they are");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("inputs.json");
        std::fs::write(&file, r#"{"text": "y"}"#).expect("a file");
        assert_eq!(inputs(&format!("@{}", file.display())).expect("an object")["text"], "y", "or from a file");
        for bad in ["[1]", "nonsense", "@/does/not/exist"] {
            assert!(inputs(bad).is_err(), "{bad} is refused before anything happens");
        }
    }
}
