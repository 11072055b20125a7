//! What is wrong with an input, taken out of the ways in which NOFX tells it.

use crate::translate::Row;
use client_http::plain;
use domain::Fault;
use serde_json::Value;

/// One fault; without a remedy it gets the one that goes with its rule.
pub(crate) fn fault(path: &str, rule: &str, message: &str, remedy: &str) -> Fault {
    let remedy = match (remedy, rule) {
        ("", "required") => "Add it.",
        ("", "type" | "invalid_type") => "Write a value of the type that is expected.",
        ("", "too_small") => "Write at least as much as is asked for.",
        ("", "too_big") => "Write no more than is allowed.",
        ("", _) => "Change it as the message says.",
        (remedy, _) => remedy,
    };
    Fault { path: place(path), rule: rule.to_owned(), message: message.to_owned(), remedy: remedy.to_owned() }
}

/// `{formErrors: [], fieldErrors: {}}`.
pub(crate) fn by_field(row: Row<'_>) -> Vec<Fault> {
    let whole = row.words("formErrors").into_iter().map(|message| (String::new(), message));
    let fields = row.row("fieldErrors").map(Row::fields).into_iter().flatten();
    let of_fields = fields.flat_map(|(name, messages)| {
        let messages = messages.as_array().into_iter().flatten().filter_map(Value::as_str);
        messages.map(|message| (plain(name), message.to_owned()))
    });
    whole.chain(of_fields).map(|(path, message)| fault(&path, rule(&message), &plain(&message), "")).collect()
}

/// `path: message, path: message`, where a message may hold commas of its own.
pub(crate) fn in_text(text: &str) -> Vec<Fault> {
    let mut found: Vec<(&str, String)> = Vec::new();
    for piece in text.split(", ") {
        match (piece.split_once(": "), found.last_mut()) {
            (Some((path, message)), _) if is_path(path) => found.push((path, message.to_owned())),
            (_, Some((_, message))) => {
                message.push_str(", ");
                message.push_str(piece);
            }
            (_, None) => found.push(("", piece.to_owned())),
        }
    }
    found.into_iter().map(|(path, message)| fault(path, rule(&message), &message, "")).collect()
}

fn is_path(text: &str) -> bool {
    let fits = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '.');
    text.starts_with(|first: char| first.is_ascii_lowercase() || first == '_') && text.chars().all(fits)
}

/// `plan.steps.0.name` as `steps[0].name`: the plan is what the operator wrote, its wrapping is ours.
fn place(path: &str) -> String {
    let inside = path.strip_prefix("plan.").or_else(|| path.strip_prefix("standard.")).unwrap_or(path);
    let mut place = String::new();
    for piece in inside.split('.') {
        if piece.bytes().all(|byte| byte.is_ascii_digit()) && !piece.is_empty() {
            place.push('[');
            place.push_str(piece);
            place.push(']');
        } else {
            place.push_str(if place.is_empty() { "" } else { "." });
            place.push_str(piece);
        }
    }
    place
}

fn rule(message: &str) -> &'static str {
    match message {
        message if message.starts_with("Required") || message.contains("is required") => "required",
        message if message.starts_with("Expected ") => "type",
        message if message.contains("at least") => "too_small",
        message if message.contains("at most") => "too_big",
        _ => "refused",
    }
}

#[cfg(test)]
mod tests {
    use super::in_text;

    #[test]
    fn a_joined_text_is_taken_apart() {
        let text = "plan.goal: Expected string, received number, plan.steps.0.name: Required, projectId: Invalid";
        let found: Vec<_> = in_text(text).into_iter().map(|fault| (fault.path, fault.rule, fault.message)).collect();
        let expected = [
            ("goal", "type", "Expected string, received number"),
            ("steps[0].name", "required", "Required"),
            ("projectId", "refused", "Invalid"),
        ];
        let expected = expected.map(|(path, rule, message)| (path.to_owned(), rule.to_owned(), message.to_owned()));
        assert_eq!(found, expected, "each fault stands alone, commas within a message do not part it");
        assert_eq!(in_text("missing standard")[0].path, "", "a text without a path is about the whole");
    }
}
