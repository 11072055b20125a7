//! Measurements of the HTTP layer, and their Prometheus text. Labels come from the table of operations and from states,
//! never from a request, so their number is bounded.

use control_plane_api::Operation;
use domain::{Breaker, BreakerState, RunStatus};
use engine::{Health, Keeping, QueueFacts};
use parking_lot::Mutex;
use std::{
    collections::BTreeMap,
    fmt::{Display, Write},
    time::Duration,
};

/// Upper bounds of the buckets of durations, in milliseconds.
const BUCKETS_MS: [u64; 11] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000];

/// Counts of answers and their durations. Requests that match no operation are counted together.
#[derive(Debug, Default)]
pub(crate) struct Measures(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    answers: BTreeMap<(Option<Operation>, u16), u64>,
    durations: BTreeMap<Option<Operation>, Histogram>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Histogram {
    buckets: [u64; BUCKETS_MS.len()],
    count: u64,
    sum: Duration,
}

impl Measures {
    /// Counts an answer; its duration is that until its head was there.
    pub(crate) fn answered(&self, operation: Option<Operation>, status: u16, duration: Duration) {
        let mut counts = self.0.lock();
        *counts.answers.entry((operation, status)).or_default() += 1;
        let histogram = counts.durations.entry(operation).or_default();
        histogram.count += 1;
        histogram.sum += duration;
        for (bucket, bound) in histogram.buckets.iter_mut().zip(BUCKETS_MS) {
            *bucket += u64::from(duration <= Duration::from_millis(bound));
        }
    }
}

/// What the engine says of itself, as far as it could be asked.
#[derive(Debug)]
pub(crate) struct Plane {
    pub(crate) health: Health,
    pub(crate) keeping: Keeping,
    pub(crate) queue: Option<QueueFacts>,
    pub(crate) runs: Option<Vec<(RunStatus, u64)>>,
    pub(crate) breakers: Vec<Breaker>,
    pub(crate) open_streams: usize,
}

/// Writes everything as Prometheus text. What could not be asked is left out rather than shown as zero.
pub(crate) fn text(measures: &Measures, plane: &Plane, version: &str) -> String {
    let mut text = Text::default();
    text.family("breakwater_info", "gauge", "Always 1; the version is a label.");
    text.sample("breakwater_info", &[("version", &version)], 1);
    text.family("breakwater_ready", "gauge", "1 if the plane can do its work now.");
    text.sample("breakwater_ready", &[], u8::from(plane.health.is_ready()));
    engine_families(&mut text, plane);
    keeping_families(&mut text, plane.keeping);
    http_families(&mut text, measures, plane);
    text.0
}

fn engine_families(text: &mut Text, plane: &Plane) {
    if let Some(runs) = &plane.runs {
        text.family("breakwater_runs", "gauge", "Runs by state.");
        for (status, count) in runs {
            text.sample("breakwater_runs", &[("status", status)], count);
        }
    }
    if let Some(queue) = plane.queue {
        let age_ms = queue.oldest_queued_ms.unwrap_or(0);
        text.gauge("breakwater_queue_depth", "Steps that are ready but have no slot.", queue.depth);
        text.gauge("breakwater_queue_oldest_milliseconds", "Age of the oldest of them; 0 if there is none.", age_ms);
        text.gauge("breakwater_steps_executing", "Steps executing now.", queue.running);
        text.gauge("breakwater_slots", "Steps that may execute at once.", queue.slots);
        text.gauge("breakwater_dead_letters", "Steps that nothing will try again by itself.", queue.dead_letters);
    }
    text.family("breakwater_breaker_state", "gauge", "1 for the state that the breaker is in.");
    for breaker in &plane.breakers {
        let state = state(breaker.state);
        text.sample("breakwater_breaker_state", &[("breaker", &breaker.id), ("state", &state)], 1);
    }
}

fn keeping_families(text: &mut Text, keeping: Keeping) {
    if let Some(schema) = keeping.schema {
        text.gauge("breakwater_schema_version", "Version of the schema that the database has.", schema);
        let expected = keeping.schema_expected;
        text.gauge("breakwater_schema_expected", "Version of the schema that this build works with.", expected);
    }
    if let Some(free) = keeping.free_bytes {
        text.gauge("breakwater_disk_free_bytes", "Bytes that are free where the database lies.", free);
    }
    let at = keeping.backed_up_at.map_or(0, |at| at.as_millis() / 1_000);
    let name = "breakwater_backup_timestamp_seconds";
    text.gauge(name, "When the last good backup was made; 0 if none is known.", at);
}

fn http_families(text: &mut Text, measures: &Measures, plane: &Plane) {
    text.gauge("breakwater_http_streams", "Live streams that are open.", plane.open_streams);
    let counts = measures.0.lock();
    text.family("breakwater_http_requests_total", "counter", "Requests answered, by operation and status.");
    for ((operation, status), count) in &counts.answers {
        let (method, route) = labels(*operation);
        let labels: [(&str, &dyn Display); 3] = [("method", &method), ("route", &route), ("status", status)];
        text.sample("breakwater_http_requests_total", &labels, count);
    }
    let name = "breakwater_http_request_duration_seconds";
    text.family(name, "histogram", "Time until the head of the answer was there.");
    for (operation, histogram) in &counts.durations {
        let (method, route) = labels(*operation);
        let bucket = format!("{name}_bucket");
        for (count, bound) in histogram.buckets.iter().zip(BUCKETS_MS) {
            let bound = Duration::from_millis(bound).as_secs_f64();
            text.sample(&bucket, &[("method", &method), ("route", &route), ("le", &bound)], count);
        }
        text.sample(&bucket, &[("method", &method), ("route", &route), ("le", &"+Inf")], histogram.count);
        text.sample(&format!("{name}_sum"), &[("method", &method), ("route", &route)], histogram.sum.as_secs_f64());
        text.sample(&format!("{name}_count"), &[("method", &method), ("route", &route)], histogram.count);
    }
}

fn labels(operation: Option<Operation>) -> (&'static str, &'static str) {
    operation.map_or(("other", "unmatched"), |operation| (operation.method().as_str(), operation.path()))
}

const fn state(state: BreakerState) -> &'static str {
    match state {
        BreakerState::Closed => "closed",
        BreakerState::HalfOpen => "half_open",
        BreakerState::Open => "open",
        BreakerState::Isolated => "isolated",
        BreakerState::Disabled => "disabled",
        BreakerState::MetricsOnly => "metrics_only",
        BreakerState::Unknown => "unknown",
    }
}

/// Prometheus text in the making. Writing to a string cannot fail.
#[derive(Debug, Default)]
struct Text(String);

impl Text {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, "gauge", help);
        self.sample(name, &[], value);
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &dyn Display)], value: impl Display) {
        self.0.push_str(name);
        for (index, (label, value)) in labels.iter().enumerate() {
            let value = value.to_string().replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
            let _ = write!(self.0, "{}{label}=\"{value}\"", if index == 0 { '{' } else { ',' });
        }
        let _ = writeln!(self.0, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }
}

#[cfg(test)]
mod tests {
    use super::{Measures, Plane, text};
    use control_plane_api::Operation;
    use engine::{Health, Keeping};
    use std::time::Duration;

    #[test]
    fn buckets_add_up_and_what_is_unknown_is_left_out() {
        let measures = Measures::default();
        measures.answered(Some(Operation::ListRuns), 200, Duration::from_millis(3));
        measures.answered(Some(Operation::ListRuns), 422, Duration::from_secs(9));
        measures.answered(None, 404, Duration::ZERO);
        let plane = Plane {
            health: Health { database: Some("disk full".to_owned()), scheduler: None },
            keeping: Keeping { schema: Some(6), schema_expected: 7, free_bytes: None, backed_up_at: None },
            queue: None,
            runs: None,
            breakers: Vec::new(),
            open_streams: 2,
        };
        let text = text(&measures, &plane, "1\"2");
        let list = r#"{method="GET",route="/api/v1/runs""#;
        for line in [
            r#"breakwater_info{version="1\"2"} 1"#.to_owned(),
            "breakwater_ready 0".to_owned(),
            "breakwater_schema_version 6".to_owned(),
            "breakwater_schema_expected 7".to_owned(),
            "breakwater_backup_timestamp_seconds 0".to_owned(),
            "breakwater_http_streams 2".to_owned(),
            format!(r#"breakwater_http_requests_total{list},status="422"}} 1"#),
            r#"breakwater_http_requests_total{method="other",route="unmatched",status="404"} 1"#.to_owned(),
            format!(r#"breakwater_http_request_duration_seconds_bucket{list},le="0.002"}} 0"#),
            format!(r#"breakwater_http_request_duration_seconds_bucket{list},le="0.005"}} 1"#),
            format!(r#"breakwater_http_request_duration_seconds_bucket{list},le="+Inf"}} 2"#),
            format!("breakwater_http_request_duration_seconds_count{list}}} 2"),
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is in:\n{text}");
        }
        assert!(!text.contains("breakwater_disk_free_bytes"), "space that nobody tells is not none");
        assert!(!text.contains("breakwater_queue_depth"), "a queue that could not be asked is not empty");
    }
}
