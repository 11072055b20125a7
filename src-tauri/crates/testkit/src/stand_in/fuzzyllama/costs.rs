//! What a project cost, in floats with all their noise, from at most a thousand executions.

use super::World;
use serde_json::{Map, Value, json};

impl World {
    /// Of a project that nobody knows, the costs are nothing.
    pub(super) fn costs(&self, project: &str) -> Value {
        let rows: Vec<_> = self.executions.iter().filter(|row| row["projectId"] == project).take(1000).collect();
        let tokens = |name: &str| rows.iter().filter_map(|row| row[name].as_u64()).sum::<u64>();
        let total: f64 = rows.iter().map(|row| price(row)).sum();
        json!({
            "totalCost": number(total), "totalInputTokens": tokens("inputTokens"),
            "totalOutputTokens": tokens("outputTokens"), "totalAgentExecutions": rows.len(),
            "costsByModel": by(&rows, "model"), "costsByAgent": by(&rows, "agentType"),
        })
    }
}

/// The price table does not know the models that are in use, so every one costs 3 and 15 dollars per million tokens.
fn price(row: &Value) -> f64 {
    let tokens = |name: &str| row[name].as_f64().unwrap_or_default();
    tokens("inputTokens") * 3.0 / 1_000_000.0 + tokens("outputTokens") * 15.0 / 1_000_000.0
}

/// A JSON number of a language that has no integers: nothing behind the point, no point.
fn number(value: f64) -> Value {
    if value == 0.0 { json!(0) } else { json!(value) }
}

fn by(rows: &[&Value], name: &str) -> Value {
    let mut sums: Map<String, Value> = Map::new();
    for row in rows {
        let key = row[name].as_str().unwrap_or_default().to_owned();
        let sum = sums.entry(key).or_insert_with(|| json!({ "cost": 0, "executions": 0 }));
        sum["cost"] = number(sum["cost"].as_f64().unwrap_or_default() + price(row));
        sum["executions"] = (sum["executions"].as_u64().unwrap_or_default() + 1).into();
    }
    Value::Object(sums)
}
