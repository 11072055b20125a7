//! Chat Completions of OpenAI: <https://platform.openai.com/docs/api-reference/chat>.

use super::{TEXT, TOKENS, event};
use serde_json::{Value, json};

/// When every answer says that it was made, in seconds since 1970: the field must be there, and nobody reads it.
const CREATED: u64 = 1_700_000_000;

pub(super) fn error(kind: &str, message: &str) -> Value {
    json!({"error": {"message": message, "type": kind, "param": null, "code": null}})
}

fn usage() -> Value {
    json!({"prompt_tokens": TOKENS.0, "completion_tokens": TOKENS.1, "total_tokens": TOKENS.0 + TOKENS.1})
}

pub(super) fn answer(model: &str) -> Value {
    json!({
        "id": "chatcmpl-drill", "object": "chat.completion", "created": CREATED, "model": model,
        "choices": [{
            "index": 0, "finish_reason": "stop", "logprobs": null,
            "message": {"role": "assistant", "content": TEXT.concat(), "refusal": null},
        }],
        "usage": usage(),
    })
}

pub(super) fn events(model: &str) -> Vec<String> {
    let piece = |choices: Value, usage: Value| {
        let piece = json!({
            "id": "chatcmpl-drill", "object": "chat.completion.chunk", "created": CREATED, "model": model,
            "choices": choices, "usage": usage,
        });
        event(None, &piece.to_string())
    };
    let choice = |delta: Value, reason: Value| {
        piece(json!([{"index": 0, "delta": delta, "logprobs": null, "finish_reason": reason}]), Value::Null)
    };
    let mut events = vec![choice(json!({"role": "assistant", "content": ""}), Value::Null)];
    events.extend(TEXT.iter().map(|text| choice(json!({"content": text}), Value::Null)));
    events.push(choice(json!({}), json!("stop")));
    events.push(piece(json!([]), usage()));
    events.push(event(None, "[DONE]"));
    events
}
