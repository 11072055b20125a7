//! The table that the bench prints.

use std::fmt;

/// The value below which `percent` of these lie, which are in order; the least of its kind where there are none.
pub(crate) fn percentile<T: Copy + Default>(ordered: &[T], percent: usize) -> T {
    let last = ordered.len().saturating_sub(1);
    ordered.get(last * percent / 100).copied().unwrap_or_default()
}

/// One line of the table.
#[derive(Debug)]
struct Row {
    scene: String,
    figure: String,
    value: String,
    against: String,
}

/// Everything that was measured, in order.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

impl Report {
    /// Adds a figure. `against` names the peer or limit of the same run and the ratio to it; empty where there is none.
    pub(crate) fn add(&mut self, scene: &str, figure: &str, value: impl Into<String>, against: impl Into<String>) {
        self.rows.push(Row {
            scene: scene.to_owned(),
            figure: figure.to_owned(),
            value: value.into(),
            against: against.into(),
        });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width =
            |column: fn(&Row) -> &String| self.rows.iter().map(|row| column(row).chars().count()).max().unwrap_or(0);
        let (scene, figure, value) = (width(|row| &row.scene), width(|row| &row.figure), width(|row| &row.value));
        for row in &self.rows {
            writeln!(f, "{:scene$}  {:figure$}  {:>value$}  {}", row.scene, row.figure, row.value, row.against)?;
        }
        writeln!(f, "\nrepeat one scene with: cargo xtask bench -- SCENE")
    }
}
