//! A server that answers as the originals answered when they were recorded: the same request gets the recorded answer.
//!
//! Where a request was recorded more than once, a success stands before a refusal, and of several the first by name. What
//! was cut from a long list when it was written down is left out. Deliberately absent: any state, so that nothing which is
//! asked of it changes what it answers; the [stand-ins](crate::stand_in) have that.

use crate::{Asked, Exchange, Said, Service, recordings};
use futures::future::{BoxFuture, FutureExt as _};
use serde_json::{Value, json};
use std::sync::Arc;

/// Headers that belong to the connection over which something was recorded.
pub(crate) const OF_THE_CONNECTION: [&str; 5] =
    ["content-length", "transfer-encoding", "connection", "content-encoding", "date"];

/// Answers as recorded.
#[derive(Debug)]
pub struct Replay {
    exchanges: Vec<Exchange>,
}

impl Replay {
    /// A server of this kind (`nofx`, `store-platform`, `fuzzyllama`), of the recordings whose name is wanted.
    pub fn of(kind: &str, is_wanted: impl Fn(&str) -> bool) -> Arc<Self> {
        let wanted = recordings(kind).into_iter().filter(|recording| is_wanted(&recording.name));
        let mut exchanges: Vec<_> = wanted.filter_map(|recording| recording.exchange()).collect();
        exchanges.sort_by_key(|exchange| exchange.status >= 300);
        Arc::new(Self { exchanges })
    }

    /// The exchange that is answered again: the one with the same query, or else one with any.
    fn recorded(&self, asked: &Asked) -> Option<&Exchange> {
        let whole = if asked.query.is_empty() { asked.path.clone() } else { format!("{}?{}", asked.path, asked.query) };
        let path_of = |exchange: &Exchange| exchange.path.split('?').next() == Some(asked.path.as_str());
        let mut same = self.exchanges.iter().filter(|exchange| exchange.method == asked.method);
        same.clone().find(|exchange| exchange.path == whole).or_else(|| same.find(|exchange| path_of(exchange)))
    }
}

impl Service for Replay {
    fn answer(self: Arc<Self>, asked: Asked) -> BoxFuture<'static, Said> {
        let said = match self.recorded(&asked) {
            None => Said::json(404, &json!({ "error": "Not found" })),
            Some(exchange) => {
                let kept = |(name, _): &&(String, String)| !OF_THE_CONNECTION.contains(&name.as_str());
                let headers = exchange.headers.iter().filter(kept).cloned().collect();
                Said { status: exchange.status, headers, body: whole(&exchange.body) }
            }
        };
        async move { said }.boxed()
    }
}

/// The body without the marks of what was cut.
fn whole(body: &[u8]) -> Vec<u8> {
    let Ok(mut value) = serde_json::from_slice::<Value>(body) else { return body.to_vec() };
    uncut(&mut value);
    value.to_string().into_bytes()
}

fn uncut(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.retain(|item| !item.as_str().is_some_and(|text| text.starts_with('…')));
            items.iter_mut().for_each(uncut);
        }
        Value::Object(entries) => entries.values_mut().for_each(uncut),
        _ => {}
    }
}
