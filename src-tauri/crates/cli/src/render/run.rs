//! One run: its head, its steps, its events and what its steps printed.

use super::{Cell, Colour, Table, moment, span};
use console::view::RunView;
use domain::{Event, LogLine, LogStream, Step};

/// The head, line by line, and the steps.
pub(crate) fn run(view: &RunView) -> (Vec<(String, Colour, String)>, Table) {
    let summary = &view.run.summary;
    let plain = |text: String| (String::new(), Colour::Plain, text);
    let mut head = vec![
        plain(format!("{}  {}", summary.id, summary.goal)),
        (
            summary.status.to_string(),
            summary.status.into(),
            format!("  on {}, created {}", view.connection_name, moment(summary.created_at)),
        ),
    ];
    if let (Some(from), Some(to)) = (summary.started_at, summary.ended_at) {
        let took = u64::try_from(to.since(from).as_millis()).unwrap_or(u64::MAX);
        head.push(plain(format!("took {}", span(took))));
    }
    if let Some(failure) = &summary.failure {
        head.push(("why: ".to_owned(), Colour::Bad, failure.message.clone()));
        head.extend(failure.remedy.iter().map(|remedy| plain(format!("what to do: {remedy}"))));
    }
    if summary.open_gates > 0 {
        head.push(plain(format!(
            "{} gate(s) wait for a verdict: breakwater runs approve {} STEP",
            summary.open_gates, summary.id
        )));
    }
    (head, steps(&view.run.steps))
}

fn steps(steps: &[Step]) -> Table {
    let mut table = Table::new(vec!["STEP", "STATUS", "TOOL", "ATTEMPTS", "TIME", "NOTE"], "No steps.");
    for step in steps {
        let time = match (step.started_at, step.ended_at) {
            (Some(from), Some(to)) => span(u64::try_from(to.since(from).as_millis()).unwrap_or(u64::MAX)),
            _ => "-".to_owned(),
        };
        table.row([
            step.name.as_str().into(),
            Cell::coloured(step.status.as_str(), step.status.into()),
            step.tool.as_str().into(),
            step.attempts.len().to_string().into(),
            time.into(),
            note(step).into(),
        ]);
    }
    table
}

/// Why it stands where it stands.
fn note(step: &Step) -> String {
    if let Some(failure) = &step.failure {
        return failure.message.clone();
    }
    match (&step.gate, step.status.is_terminal()) {
        (Some(gate), false) => gate.question.clone(),
        _ if step.depends_on.is_empty() => String::new(),
        _ => format!("after {}", step.depends_on.join(", ")),
    }
}

pub(crate) fn event_line(event: &Event) -> String {
    let mut line = format!("{:>5}  {}  {:<22}", event.seq, moment(event.at), event.kind);
    let further = [
        event.step.clone(),
        event.attempt.map(|attempt| format!("attempt {attempt}")),
        event.actor.as_ref().map(|actor| format!("by {actor}")),
        event.data.get("reason").and_then(|reason| reason.as_str()).map(|reason| format!("“{reason}”")),
        event.data.get("failure").and_then(|failure| failure["message"].as_str()).map(str::to_owned),
    ];
    for part in further.into_iter().flatten() {
        line.push(' ');
        line.push_str(&part);
    }
    line.truncate(line.trim_end().len());
    line
}

/// A mark for the stream, its colour, and the text.
pub(crate) fn log_line<'a>(line: &'a LogLine, steps: &'a [Step]) -> (String, Colour, &'a str) {
    let name =
        steps.iter().find(|step| step.id == line.step_id).map_or(line.step_id.as_str(), |step| step.name.as_str());
    let (mark, colour) = match line.stream {
        LogStream::Stdout => ("|", Colour::Faint),
        LogStream::Stderr => ("!", Colour::Waiting),
        LogStream::System => ("·", Colour::Faint),
    };
    (format!("{name} {mark} "), colour, &line.text)
}
