//! How the audit looks on a terminal.

use crate::{
    arguments::Format,
    exit::Exit,
    render::{Colour, Table, moment},
    screen::Screen,
    trouble::Trouble,
};
use domain::{AuditEntry, AuditOutcome, AuditState};
use serde_json::json;

impl Screen<'_> {
    /// Entries of the audit, newest first.
    pub fn audit_entries(&mut self, entries: &[AuditEntry]) -> Exit {
        let written = match self.format() {
            Format::Json => self.document(entries),
            Format::Ndjson => self.documents(entries),
            Format::Table => self.table(&table(entries)).map_err(Trouble::from),
        };
        self.settle(written)
    }

    /// Entries of an export, which is lines of JSON in any format.
    pub fn audit_exported(&mut self, entries: &[AuditEntry]) -> Exit {
        let written = self.documents(entries);
        self.settle(written)
    }

    /// Whether the chain is whole; one that is not ends with a code of its own.
    pub fn audit_state(&mut self, state: &AuditState) -> Exit {
        let written = match self.format() {
            Format::Json | Format::Ndjson => self.document(&json!({
                "whole": state.whole,
                "broken": state.broken,
                "entries": state.entries,
                "head": head(state),
                "lost": state.lost,
            })),
            Format::Table => self.audit_lines(state),
        };
        match self.settle(written) {
            Exit::Done if !state.whole => Exit::Unwell,
            exit => exit,
        }
    }

    fn audit_lines(&mut self, state: &AuditState) -> Result<(), Trouble> {
        match &state.broken {
            None => self.marked_line("whole", Colour::Good, ": nothing was edited, removed or moved")?,
            Some(place) => self.marked_line("broken", Colour::Bad, &format!(": {place}"))?,
        }
        self.line(&format!("entries: {}", state.entries))?;
        let none = if state.whole { "none yet" } else { "not told, since the chain is not whole" };
        self.line(&format!("head: {}", head(state).as_deref().unwrap_or(none)))?;
        Ok(self.line(&format!("acts that could not be recorded since: {}", state.lost))?)
    }
}

/// The last entry as `--expect` takes it. That of a broken chain proves nothing, and is not offered to be kept.
fn head(state: &AuditState) -> Option<String> {
    state.link().filter(|_| state.whole).map(|link| link.to_string())
}

fn table(entries: &[AuditEntry]) -> Table {
    let mut table = Table::new(vec!["SEQ", "AT", "WHO", "ACT", "TARGET", "TEAM", "OUTCOME", "REASON"], "No entries.");
    for entry in entries {
        let mut outcome = match &entry.outcome {
            AuditOutcome::Done => "done".to_owned(),
            AuditOutcome::Refused { code } => format!("refused: {code}"),
        };
        if entry.times > 1 {
            outcome = format!("{outcome}, {} times", entry.times);
        }
        table.row([
            entry.seq.to_string().into(),
            moment(entry.at).into(),
            entry.actor.as_str().into(),
            entry.act.as_str().into(),
            entry.target.as_deref().unwrap_or_default().into(),
            entry.team.as_deref().unwrap_or_default().into(),
            outcome.into(),
            entry.reason.as_deref().unwrap_or_default().into(),
        ]);
    }
    table
}
