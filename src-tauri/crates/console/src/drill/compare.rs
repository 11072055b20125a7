//! What the database of the plane says against what a screen would show.

use super::account::{Figures, count};
use domain::Run;

/// Compares a run with what the cache has of it: where it stands, and for each step where it stands and how often it was
/// tried.
pub(super) fn run(database: &Run, cached: Option<&Run>) -> Figures {
    let mut figures = Figures::default();
    figures.add(cached.is_some_and(|cached| cached.summary.status == database.summary.status));
    for step in &database.steps {
        let known = cached.and_then(|cached| cached.steps.iter().find(|known| known.id == step.id));
        figures.add(known.is_some_and(|known| known.status == step.status));
        figures.add(known.is_some_and(|known| count(known.attempts.len()) == count(step.attempts.len())));
    }
    figures
}

impl Figures {
    pub(super) fn add(&mut self, equal: bool) {
        self.all += 1;
        self.equal += u32::from(equal);
    }

    pub(super) fn join(&mut self, other: Self) {
        self.all += other.all;
        self.equal += other.equal;
    }
}
