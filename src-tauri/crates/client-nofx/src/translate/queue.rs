//! The queue and its dead letters.

use crate::translate::row::Row;
use client_http::plain;
use domain::{DeadLetter, Failure, Queue, RunId, StepId, Timestamp};
use serde_json::Value;
use std::collections::HashMap;

/// The queue without its dead letters; none if this is no queue.
pub(crate) fn queue(answer: &Value) -> Option<Queue> {
    let whole = Row::of(answer)?;
    let counts = whole.row("counts")?;
    Some(Queue {
        name: whole.word("topic").map(plain),
        waiting: counts.count("waiting"),
        active: counts.count("active"),
        delayed: counts.count("delayed"),
        completed: counts.count("completed"),
        failed: counts.count("failed"),
        oldest_ms: whole.count("oldestAgeMs"),
        dead_letters: None,
        newest_dead: Vec::new(),
    })
}

/// How many letters a list of them speaks of, each death counted; none if this is no list of them.
pub(crate) fn dead_letter_count(answer: &Value) -> Option<u64> {
    let whole = Row::of(answer)?;
    let items = whole.value("items")?.as_array()?;
    whole.count("count").or_else(|| u64::try_from(items.len()).ok())
}

/// How many letters were put back; none if the answer does not say so.
pub(crate) fn requeued(answer: &Value) -> Option<u64> {
    Row::of(answer)?.count("rehydrated")
}

/// The dead letters; none if this is no list of them. NOFX does not tell when a letter died: `by` is when at the latest.
pub(crate) fn dead_letters(answer: &Value, by: Timestamp) -> Option<Vec<DeadLetter>> {
    let rows = Row::of(answer)?.value("items").filter(|items| items.is_array()).map(Row::each)?;
    let mut letters: Vec<DeadLetter> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for row in rows {
        let (Some(run), Some(step)) = (row.word("runId"), row.word("stepId")) else { continue };
        // `<run>:<name>:<hash>`, and a name may hold colons; the letter of a retry has none.
        let key = row.word("idempotencyKey").and_then(|key| key.strip_prefix(run)?.strip_prefix(':'));
        let name = key.and_then(|key| key.rsplit_once(':')).map(|(name, _)| plain(name));
        // A step that died, was taken up again and died again is in the queue twice.
        if let Some(known) = places.get(step).and_then(|place| letters.get_mut(*place)) {
            known.step = name.unwrap_or_else(|| known.step.clone());
            continue;
        }
        places.insert(step, letters.len());
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
