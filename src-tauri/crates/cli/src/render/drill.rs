//! How a drill looks on a terminal: its story line by line, and what it came to.

use super::span;
use console::view::{Drill, DrillGoal, DrillGoalKind, DrillGoalState, DrillVerdict};
use domain::{BreakerHappening, DrillFault, DrillPhase, DrillProvider, Timestamp};

/// What has happened so far, in order. What was seen late stands where it happened.
pub(crate) fn story(drill: &Drill) -> Vec<String> {
    let mut happened: Vec<(u64, String)> = Vec::new();
    let mut tell = |at: Timestamp, what: String| happened.push((since(drill, at), what));
    if let Some(at) = drill.first_symptom_at {
        tell(at, "the first attempt failed; your clock runs".to_owned());
    }
    for event in &drill.breakers {
        let what = match event.what {
            BreakerHappening::Opened => "opened",
            BreakerHappening::HalfOpened => "lets a probe through",
            BreakerHappening::Closed => "closed",
            BreakerHappening::Reset => "was reset",
            BreakerHappening::Isolated => "was isolated",
            BreakerHappening::Released => "was released",
            _ => continue,
        };
        tell(event.at, format!("breaker {} {what}", event.breaker));
    }
    for act in &drill.acts {
        tell(act.at, format!("{} by {}: {}", act.action, act.actor, act.because));
    }
    happened.extend(drill.played.iter().map(|phase| (phase.after_ms, phase_line(*phase))));
    happened.sort();
    happened.into_iter().map(|(at, what)| format!("{:>9}  {what}", clock(at))).collect()
}

/// What it came to.
pub(crate) fn score(drill: &Drill) -> Vec<String> {
    let mut lines = vec![format!("Drill ended: {} goals met.", goals_met(drill))];
    lines.extend(drill.goals.iter().map(goal_line));
    lines.push("Script:".to_owned());
    lines.extend(drill.played.iter().map(|phase| format!("{:>9}  {}", clock(phase.after_ms), phase_line(*phase))));
    if !drill.acts.is_empty() {
        lines.push("Acts:".to_owned());
    }
    for act in &drill.acts {
        let verdict = match act.verdict {
            DrillVerdict::Right => "right",
            DrillVerdict::Cost => "cost",
            DrillVerdict::Neutral => "neutral",
        };
        lines.push(format!(
            "{:>9}  {verdict}: {} {}. {}",
            clock(since(drill, act.at)),
            act.action,
            act.target,
            act.because
        ));
    }
    let proof = &drill.proof;
    lines.push(format!(
        "Proof: {} requests at the providers; {} attempts in the database, {} of them refused by a breaker, {} not delivered.",
        proof.requests.len(),
        proof.attempts,
        proof.refused,
        proof.undelivered
    ));
    if proof.figures > 0 {
        lines.push(format!(
            "       {} of {} figures on the screens were those of the database.",
            proof.figures_equal, proof.figures
        ));
    }
    lines.push(format!("       Nothing left this machine: providers at {}.", proof.addresses.join(" and ")));
    lines
}

/// How many of the goals are met, e.g. `2 of 3`.
pub(crate) fn goals_met(drill: &Drill) -> String {
    let met = drill.goals.iter().filter(|goal| goal.state == DrillGoalState::Met).count();
    format!("{met} of {}", drill.goals.len())
}

fn goal_line(goal: &DrillGoal) -> String {
    let timed = matches!(goal.goal, DrillGoalKind::FirstRightAct | DrillGoalKind::WorkRunsAgain);
    let amount = |value: u64| if timed { span(value) } else { value.to_string() };
    let what = match goal.goal {
        DrillGoalKind::FirstRightAct => "First right act, from the first symptom",
        DrillGoalKind::LeftAlone => "Acts that cost something",
        DrillGoalKind::NoCallsIntoOutage => "Calls that acts sent into the outage",
        DrillGoalKind::WorkRunsAgain => "Work runs again, from the recovery",
    };
    let state = if goal.state == DrillGoalState::Met { "met" } else { "missed" };
    let yours = goal.yours.map_or_else(|| "-".to_owned(), amount);
    format!("{state:>9}  {what}: {yours}, limit {}", amount(goal.limit))
}

fn phase_line(phase: DrillPhase) -> String {
    let provider = match phase.provider {
        DrillProvider::Anthropic => "anthropic",
        DrillProvider::Openai => "openai",
    };
    let what = match phase.fault {
        None => "is well again",
        Some(DrillFault::Overloaded) => "answers 529 to every call",
        Some(DrillFault::RateLimited) => "answers 429 with Retry-After to every call",
        Some(DrillFault::ServerError) => "answers 500 to every call",
        Some(DrillFault::Hanging) => "takes calls and does not answer",
        Some(DrillFault::SlowStream) => "answers too slowly",
        Some(DrillFault::CutStream) => "cuts every answer",
        Some(DrillFault::Malformed) => "answers broken JSON",
        Some(DrillFault::Unreachable) => "refuses connections",
    };
    format!("{provider} {what}")
}

fn since(drill: &Drill, at: Timestamp) -> u64 {
    u64::try_from(at.since(drill.started_at).as_millis()).unwrap_or(u64::MAX)
}

/// The clock of the drill: minutes and seconds since its start.
fn clock(millis: u64) -> String {
    format!("{}:{:02}.{:03}", millis / 60_000, millis % 60_000 / 1_000, millis % 1_000)
}
