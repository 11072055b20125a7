//! Columns of text.

use crate::visible::visible;
use domain::{BreakerState, CheckStatus, ConnectionState, RunStatus, StepStatus};
use std::io::{self, Write};

/// What a colour stands for, so that the same thing looks the same everywhere. The word always says it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    /// Nothing special.
    Plain,
    /// As it should be.
    Good,
    /// In somebody's hands, or on its way.
    Waiting,
    /// Not as it should be.
    Bad,
    /// Of less interest.
    Faint,
}

impl Colour {
    /// What switches it on and off.
    pub(crate) const fn codes(self, wanted: bool) -> (&'static str, &'static str) {
        match self {
            Self::Plain => ("", ""),
            _ if !wanted => ("", ""),
            Self::Good => ("\u{1b}[32m", "\u{1b}[0m"),
            Self::Waiting => ("\u{1b}[33m", "\u{1b}[0m"),
            Self::Bad => ("\u{1b}[31m", "\u{1b}[0m"),
            Self::Faint => ("\u{1b}[2m", "\u{1b}[0m"),
        }
    }
}

impl From<RunStatus> for Colour {
    fn from(status: RunStatus) -> Self {
        match status {
            RunStatus::Succeeded => Self::Good,
            RunStatus::Failed => Self::Bad,
            RunStatus::Queued | RunStatus::Cancelled => Self::Faint,
            RunStatus::Running | RunStatus::Waiting => Self::Waiting,
        }
    }
}

impl From<StepStatus> for Colour {
    fn from(status: StepStatus) -> Self {
        match status {
            StepStatus::Succeeded => Self::Good,
            StepStatus::Failed | StepStatus::TimedOut | StepStatus::Interrupted => Self::Bad,
            StepStatus::Queued | StepStatus::Cancelled | StepStatus::Skipped => Self::Faint,
            StepStatus::Running | StepStatus::Waiting => Self::Waiting,
        }
    }
}

impl From<BreakerState> for Colour {
    fn from(state: BreakerState) -> Self {
        match state {
            BreakerState::Closed => Self::Good,
            BreakerState::Open | BreakerState::Isolated => Self::Bad,
            BreakerState::HalfOpen => Self::Waiting,
            BreakerState::Disabled | BreakerState::MetricsOnly | BreakerState::Unknown => Self::Faint,
        }
    }
}

impl From<CheckStatus> for Colour {
    fn from(status: CheckStatus) -> Self {
        match status {
            CheckStatus::Pass => Self::Good,
            CheckStatus::Warn => Self::Waiting,
            CheckStatus::Fail => Self::Bad,
            CheckStatus::Unknown => Self::Faint,
        }
    }
}

impl From<ConnectionState> for Colour {
    fn from(state: ConnectionState) -> Self {
        match state {
            ConnectionState::Live | ConnectionState::Polled => Self::Good,
            ConnectionState::Connecting | ConnectionState::Late => Self::Waiting,
            ConnectionState::Offline | ConnectionState::SignedOut | ConnectionState::Incompatible => Self::Bad,
        }
    }
}

/// One field of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    text: String,
    colour: Colour,
}

impl Cell {
    pub(crate) fn new(text: impl AsRef<str>) -> Self {
        Self { text: visible(text.as_ref()).into_owned(), colour: Colour::Plain }
    }

    pub(crate) fn coloured(text: impl AsRef<str>, colour: Colour) -> Self {
        Self { colour, ..Self::new(text) }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}

/// A heading and rows of the same length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    heading: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
    empty: &'static str,
}

impl Table {
    /// `empty` is what is said when there are no rows.
    pub(crate) const fn new(heading: Vec<&'static str>, empty: &'static str) -> Self {
        Self { heading, rows: Vec::new(), empty }
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [Cell; N]) {
        self.rows.push(cells.into());
    }

    pub(crate) fn write(&self, out: &mut (dyn Write + Send), colour: bool) -> io::Result<()> {
        if self.rows.is_empty() {
            return writeln!(out, "{}", self.empty);
        }
        let widths: Vec<usize> = (0..self.heading.len()).map(|column| self.width(column)).collect();
        let heading: Vec<_> = self.heading.iter().map(|text| Cell::coloured(text, Colour::Faint)).collect();
        for row in std::iter::once(&heading).chain(&self.rows) {
            let last = row.iter().rposition(|cell| !cell.text.is_empty()).unwrap_or_default();
            for (index, cell) in row.iter().enumerate().take(last + 1) {
                let (on, off) = cell.colour.codes(colour);
                write!(out, "{on}{}{off}", cell.text)?;
                if index < last {
                    let blanks = widths[index].saturating_sub(cell.text.chars().count()) + 2;
                    write!(out, "{:blanks$}", "")?;
                }
            }
            writeln!(out)?;
        }
        Ok(())
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.text.chars().count());
        cells.chain([self.heading[column].len()]).max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Colour, Table};

    fn written(table: &Table, colour: bool) -> String {
        let mut out = Vec::new();
        table.write(&mut out, colour).expect("memory can be written");
        String::from_utf8(out).expect("tables are text")
    }

    #[test]
    fn columns_line_up_and_nothing_trails() {
        let mut table = Table::new(vec!["ID", "STATUS"], "nothing");
        table.row([Cell::new("run_1"), Cell::coloured("failed", Colour::Bad)]);
        table.row(["r".into(), "ok\u{1b}[2J".into()]);
        table.row(["only".into(), "".into()]);
        assert_eq!(
            written(&table, false),
            "ID     STATUS\nrun_1  failed\nr      ok␛[2J\nonly\n",
            "cells are aligned and what they hold is made visible"
        );
        assert!(written(&table, true).contains("\u{1b}[31mfailed\u{1b}[0m"), "colour only where it is wanted");
    }

    #[test]
    fn an_empty_table_says_so() {
        assert_eq!(written(&Table::new(vec!["ID"], "No runs."), false), "No runs.\n", "silence would be ambiguous");
    }
}
