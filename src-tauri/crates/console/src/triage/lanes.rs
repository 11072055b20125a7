//! Lanes of breakers: the states that each was in over a span of time, up to when it was last heard of.

use crate::{
    core::Core,
    error::Error,
    view::{BreakerLane, BreakerMark, BreakerSpan, BreakerView, FreshnessState, Problem, ProblemCause},
};
use cache::KnownBreakerEvent;
use domain::{BreakerEvent, BreakerSource, BreakerState, Timestamp};

/// Lanes that are drawn.
const DRAWN: usize = 20;
/// Marks of one lane.
const MARKS: usize = 200;

pub(super) struct Lanes {
    pub(super) lanes: Vec<BreakerLane>,
    pub(super) quiet: u64,
}

/// One lane for each breaker that is not quiet, in the order of the problems.
pub(super) async fn of(
    core: &Core,
    known: &[BreakerView],
    problems: &[Problem],
    (from, now): (Timestamp, Timestamp),
) -> Result<Lanes, Error> {
    let events = core.read.breaker_events_since(from).await?;
    let mut lanes = Vec::new();
    let mut quiet = 0;
    for view in known {
        let failures = match &view.breaker.connection {
            Some(connection) if view.breaker.source == BreakerSource::ControlPlane => {
                core.read.failures_at(connection, &view.breaker.id, from).await?
            }
            _ => Vec::new(),
        };
        let own: Vec<&BreakerEvent> =
            events.iter().filter(|known| is_of(known, view)).map(|known| &known.event).collect();
        let spans = spans(view, &own, (from, now));
        // What was before it was known at all makes no noise.
        let mut known = spans.iter().skip_while(|span| span.state == BreakerState::Unknown).peekable();
        let is_quiet =
            failures.is_empty() && known.peek().is_some() && known.all(|span| span.state == BreakerState::Closed);
        if is_quiet {
            quiet += 1;
            continue;
        }
        let heard = view.freshness.state == FreshnessState::Live;
        lanes.push(BreakerLane {
            source: view.breaker.source,
            connection: view.breaker.connection.clone(),
            connection_name: view.connection_name.clone(),
            breaker: view.breaker.id.clone(),
            protects: view.breaker.protects.clone(),
            state: if heard { view.breaker.state } else { BreakerState::Unknown },
            spans,
            marks: own.iter().rev().take(MARKS).rev().map(|event| mark(event)).collect(),
            failures,
            next_probe_at: view.breaker.next_probe_at.filter(|_| heard),
            freshness: view.freshness,
        });
    }
    lanes.sort_by_key(|lane| problems.iter().position(|problem| is_about(problem, lane)).unwrap_or(usize::MAX));
    lanes.truncate(DRAWN);
    Ok(Lanes { lanes, quiet })
}

fn is_of(known: &KnownBreakerEvent, view: &BreakerView) -> bool {
    let breaker = &view.breaker;
    (&known.event.breaker, known.source, &known.connection) == (&breaker.id, breaker.source, &breaker.connection)
}

fn is_about(problem: &Problem, lane: &BreakerLane) -> bool {
    matches!(&problem.cause, ProblemCause::Breaker { breaker, .. }
        if (&breaker.id, breaker.source, &breaker.connection) == (&lane.breaker, lane.source, &lane.connection))
}

fn mark(event: &BreakerEvent) -> BreakerMark {
    let probe_failed = (event.from, event.to) == (BreakerState::HalfOpen, BreakerState::Open);
    BreakerMark { at: event.at, what: event.what, probe_failed }
}

/// What is known of a breaker ends when it was last heard of; what is not known is unknown, not as it was.
fn spans(view: &BreakerView, events: &[&BreakerEvent], (from, now): (Timestamp, Timestamp)) -> Vec<BreakerSpan> {
    let breaker = &view.breaker;
    let heard_at = match view.freshness.state {
        FreshnessState::Live => now,
        _ => view.freshness.read_at.unwrap_or(from).clamp(from, now),
    };
    let (mut state, mut cause) = match events.first() {
        Some(first) => (first.from, breaker.cause),
        None if breaker.since <= from => (breaker.state, breaker.cause),
        None => (BreakerState::Unknown, None),
    };
    let mut spans: Vec<BreakerSpan> = Vec::new();
    let mut begin = from;
    let mut add = |begin: Timestamp, to: Timestamp, state, cause| {
        let cause = if state == BreakerState::Open { cause } else { None };
        match spans.last_mut() {
            Some(last) if last.state == state && last.cause == cause => last.to = to,
            _ if to > begin => spans.push(BreakerSpan { from: begin, to, state, cause }),
            _ => {}
        }
    };
    for event in events {
        let at = event.at.clamp(begin, heard_at);
        add(begin, at, state, cause);
        (begin, state) = (at, event.to);
        cause = event.cause.or(cause);
    }
    if events.is_empty() && breaker.since > from {
        let since = breaker.since.clamp(begin, heard_at);
        add(begin, since, state, cause);
        (begin, state, cause) = (since, breaker.state, breaker.cause);
    }
    add(begin, heard_at, state, cause);
    if heard_at < now {
        add(heard_at, now, BreakerState::Unknown, None);
    }
    spans
}
