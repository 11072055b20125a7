//! Filling of blanks such as `{{url}}` inside the texts of a document.
//!
//! Values go into texts of the document, never into its syntax, so a value with quotes or braces stays a value. What a
//! value itself contains is not filled again. A name or a goal is shortened to what a plan allows.

use super::Values;
use serde_json::Value;

/// Longest goal of a plan.
const GOAL: usize = 500;

/// Puts the values into every text of the document.
pub(super) fn fill(mut document: Value, values: &Values) -> Value {
    walk(&mut document, values);
    if let Some(Value::String(goal)) = document.get_mut("goal") {
        *goal = goal.chars().take(GOAL).collect();
    }
    document
}

fn walk(value: &mut Value, values: &Values) {
    match value {
        Value::String(text) => *text = filled(text, values),
        Value::Array(list) => list.iter_mut().for_each(|value| walk(value, values)),
        Value::Object(object) => object.values_mut().for_each(|value| walk(value, values)),
        _ => {}
    }
}

fn filled(text: &str, values: &Values) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        match after.split_once("}}") {
            Some((name, tail)) if values.contains_key(name) => {
                out.push_str(values.get(name).map_or("", String::as_str));
                rest = tail;
            }
            _ => {
                out.push_str("{{");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::fill;
    use serde_json::json;

    #[test]
    fn values_stay_values() {
        let values = [("a".to_owned(), "\"}, {{b}}".to_owned()), ("b".to_owned(), "B".to_owned())].into();
        let filled = fill(json!({"x": ["{{a}} {{b}} {{c}} {{"], "{{a}}": 1}), &values);
        assert_eq!(
            filled,
            json!({"x": ["\"}, {{b}} B {{c}} {{"], "{{a}}": 1}),
            "nothing is filled twice, and no syntax is made"
        );
    }
}
