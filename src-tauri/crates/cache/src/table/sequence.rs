//! What sequences of events and of log lines have in common: numbers from 1 without a gap, unless something is missing.

use crate::{document::counted, query::Hole};

/// A number and the one that is cached before it, with numbers missing between them.
pub(super) struct Numbered {
    pub(super) seq: i64,
    pub(super) previous: i64,
}

pub(super) fn holes(numbered: &[Numbered]) -> Vec<Hole> {
    numbered.iter().map(|row| Hole { from: counted(row.previous + 1), to: counted(row.seq - 1) }).collect()
}
