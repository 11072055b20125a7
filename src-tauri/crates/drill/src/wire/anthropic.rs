//! Messages of Anthropic: <https://docs.anthropic.com/en/api/messages>.

use super::{TEXT, TOKENS, event};
use serde_json::{Value, json};

pub(super) fn error(kind: &str, message: &str) -> Value {
    json!({"type": "error", "error": {"type": kind, "message": message}})
}

pub(super) fn answer(model: &str) -> Value {
    json!({
        "id": "msg_drill", "type": "message", "role": "assistant", "model": model,
        "content": [{"type": "text", "text": TEXT.concat()}],
        "stop_reason": "end_turn", "stop_sequence": null,
        "usage": {"input_tokens": TOKENS.0, "output_tokens": TOKENS.1},
    })
}

pub(super) fn events(model: &str) -> Vec<String> {
    let start = json!({"type": "message_start", "message": {
        "id": "msg_drill", "type": "message", "role": "assistant", "model": model, "content": [],
        "stop_reason": null, "stop_sequence": null, "usage": {"input_tokens": TOKENS.0, "output_tokens": 1},
    }});
    let mut events = vec![
        start,
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "ping"}),
    ];
    events.extend(
        TEXT.iter().map(
            |text| json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}),
        ),
    );
    events.extend([
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": null}, "usage": {"output_tokens": TOKENS.1}}),
        json!({"type": "message_stop"}),
    ]);
    events.iter().map(|one| event(one.get("type").and_then(Value::as_str), &one.to_string())).collect()
}
