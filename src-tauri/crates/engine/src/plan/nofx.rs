//! What NOFX calls otherwise: its key for dependencies, and those of its tools that are here under another name.
//!
//! Deliberately absent: its tools that have no twin here (`codegen`, `git_pr`, `db_write`, ...). A plan that names one is
//! refused with that tool as the fault, rather than carried out in part.

use serde_json::{Map, Value};

/// The key of its plans for what a step depends on.
pub(super) const DEPENDENCIES: &str = "_dependsOn";

/// The name that a tool has here, with its inputs brought to the form that they have here.
pub(super) fn translate(tool: &str, inputs: &mut Map<String, Value>) -> String {
    let name = match tool {
        "test:echo" => "echo",
        "test:fail" => "fail",
        "bash" => {
            if let Some(command) = inputs.remove("command") {
                inputs.insert("script".to_owned(), command);
                inputs.entry("shell").or_insert_with(|| "bash".into());
            }
            "shell"
        }
        other => other,
    };
    name.to_owned()
}
