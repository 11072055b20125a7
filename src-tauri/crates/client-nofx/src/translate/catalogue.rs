//! What NOFX offers beside runs: templates, dead letters, tools.

use crate::translate::row::Row;
use client_http::plain;
use control_plane::Tool;
use domain::{DeadLetter, Failure, RunId, StepId, Template, TemplateField, Timestamp};
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

/// The dead letters; none if this is no list of them. NOFX does not tell when a letter died: `by` is when at the latest.
pub(crate) fn dead_letters(answer: &Value, by: Timestamp) -> Option<Vec<DeadLetter>> {
    let rows = Row::of(answer)?.value("items").filter(|items| items.is_array()).map(Row::each)?;
    let mut letters: Vec<DeadLetter> = Vec::new();
    for row in rows {
        let (Some(run), Some(step)) = (row.word("runId"), row.word("stepId")) else { continue };
        // `<run>:<name>:<hash>`, and a name may hold colons; the letter of a retry has none.
        let key = row.word("idempotencyKey").and_then(|key| key.strip_prefix(run)?.strip_prefix(':'));
        let name = key.and_then(|key| key.rsplit_once(':')).map(|(name, _)| plain(name));
        // A step that died, was taken up again and died again is in the queue twice.
        if let Some(known) = letters.iter_mut().find(|letter| letter.step_id.as_str() == step) {
            known.step = name.unwrap_or_else(|| known.step.clone());
            continue;
        }
        let attempts = row.number("__attempt").map(|attempts| format!("all of its {attempts} attempts ended badly"));
        letters.push(DeadLetter {
            run_id: RunId::new(run),
            step_id: StepId::new(step),
            step: name.unwrap_or_else(|| step.to_owned()),
            failure: Failure {
                code: "dead_lettered".to_owned(),
                message: attempts.unwrap_or_else(|| "all of its attempts ended badly".to_owned()),
                remedy: None,
                retryable: true,
            },
            at: by,
        });
    }
    Some(letters)
}
