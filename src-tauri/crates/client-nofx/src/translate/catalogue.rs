//! What plans can be made of: templates and tools.

use crate::translate::row::Row;
use client_http::plain;
use control_plane::Tool;
use domain::{Template, TemplateField};
use serde_json::Value;

/// The tools that its worker knows. It has no way to ask for them.
const TOOLS: &[(&str, &str)] = &[
    ("bash", "runs a command in a shell"),
    ("codegen", "lets a model write a file"),
    ("codegen:v2", "lets a model write a file, and counts what it costs"),
    ("db_write", "writes to a table that the settings allow"),
    ("gate:typecheck", "runs the type checker"),
    ("gate:lint", "runs the linter"),
    ("gate:unit", "runs the unit tests"),
    ("gate:sast", "looks for unsafe code"),
    ("gate:secrets", "looks for secrets; the one gate that fails a run by itself"),
    ("gate:audit", "looks for dependencies with known faults"),
    ("git_ops", "works on the repository of a project"),
    ("git_pr", "opens a pull request"),
    ("manual:<name>", "asks a person, and goes on without waiting for the answer"),
    ("project_init", "makes a new project"),
    ("test:echo", "answers its inputs"),
    ("test:fail", "fails"),
    ("workspace:write", "copies what another step made into a project"),
];

/// The tools that plans may name.
pub(crate) fn tools() -> Vec<Tool> {
    TOOLS.iter().map(|(name, summary)| Tool { name: (*name).to_owned(), summary: (*summary).to_owned() }).collect()
}

/// The templates of the builder; none if this is no list of them.
pub(crate) fn templates(answer: &Value) -> Option<Vec<Template>> {
    let rows = Row::of(answer)?.value("templates").filter(|templates| templates.is_array()).map(Row::each)?;
    Some(rows.into_iter().filter_map(template).collect())
}

fn template(row: Row<'_>) -> Option<Template> {
    let inputs = row.rows("input");
    let texts = row.text("instructions").into_iter().chain(inputs.iter().filter_map(|input| input.text("text")));
    let mut fields: Vec<TemplateField> = Vec::new();
    for name in texts.flat_map(blanks) {
        if fields.iter().all(|field| field.name != name) {
            let label = name.to_owned();
            fields.push(TemplateField { name: name.to_owned(), label, kind: "text".to_owned(), default: None });
        }
    }
    let id = row.word("id")?.to_owned();
    let title = plain(row.word("name").unwrap_or(&id));
    Some(Template { id, title, summary: plain(row.text("description").unwrap_or_default()), fields })
}

/// The names between double braces.
fn blanks(text: &str) -> impl Iterator<Item = &str> {
    let pieces = text.split("{{").skip(1).filter_map(|piece| Some(piece.split_once("}}")?.0.trim()));
    pieces.filter(|name| !name.is_empty() && name.len() <= 100 && !name.contains(char::is_control))
}
