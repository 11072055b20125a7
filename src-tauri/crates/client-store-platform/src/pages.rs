//! Pages by key over lists that have none.
//!
//! The platform pages by offset and breaks ties as it likes: rows of one moment change places between two calls, and a new
//! store moves all others on. So each page is asked for with some rows of the page before, and what has been given already
//! is dropped by time and id. The key remembers the offset, the moment of the last row, and the ids given of that moment.

use crate::wire::StoreRow;
use domain::{PageRequest, Timestamp};
use serde::{Deserialize, Serialize};

/// Rows of the page before that are asked for again besides those of the last moment: so many may have been deleted
/// between two pages without a hole.
const OVERLAP: u64 = 10;

/// Where a page begins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    offset: u64,
    at: Option<Timestamp>,
    given: Vec<String>,
}

impl Place {
    /// Reads a key that [`cut`] made; one of another make begins from the start.
    pub(crate) fn read(page: &PageRequest) -> Self {
        page.after.as_deref().and_then(|key| serde_json::from_str(key).ok()).unwrap_or_default()
    }

    /// Offset and number of the rows to ask for. The platform gives 100 at most.
    pub(crate) fn asked(&self, limit: u32) -> (u64, u64) {
        let offset = self.offset.saturating_sub(OVERLAP + self.given.len() as u64);
        (offset, (u64::from(limit) + self.offset - offset).min(100))
    }

    /// The rows that have not been given yet, newest first, at most `limit`; and the key of the page after them.
    pub(crate) fn cut(
        &self,
        mut rows: Vec<StoreRow>,
        offset: u64,
        more: bool,
        limit: u32,
    ) -> (Vec<StoreRow>, Option<String>) {
        let received = rows.len();
        rows.sort_by(|one, next| (next.created_at, &next.id).cmp(&(one.created_at, &one.id)));
        rows.dedup_by(|one, next| one.id == next.id);
        let is_new = |row: &StoreRow| {
            self.at.is_none_or(|at| row.created_at < at || (row.created_at == at && !self.given.contains(&row.id)))
        };
        rows.retain(is_new);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let is_cut = rows.len() > limit;
        rows.truncate(limit);
        let next = (is_cut || more).then(|| {
            let at = rows.last().map(|row| row.created_at).or(self.at);
            let mut given: Vec<_> =
                rows.iter().filter(|row| Some(row.created_at) == at).map(|row| row.id.clone()).collect();
            if at == self.at {
                given.extend(self.given.iter().cloned());
            }
            // Without a cut everything received is behind us; with one, what was kept back has to be asked for again.
            let passed = match rows.len() as u64 {
                // More rows of one moment than the platform gives at once: going on may lose some, staying would never end.
                0 => self.offset + received.max(1) as u64,
                given if is_cut => self.offset + given,
                _ => (offset + received as u64).max(self.offset),
            };
            serde_json::to_string(&Self { offset: passed, at, given }).ok()
        });
        (rows, next.flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::Place;
    use crate::wire::StoreRow;
    use domain::{PageRequest, Timestamp};

    fn row(id: usize, at: i64) -> StoreRow {
        StoreRow {
            id: format!("{id:04}"),
            name: "shop".into(),
            engine: "medusa".into(),
            status: "ready".into(),
            namespace: "store-shop".into(),
            urls: Vec::new(),
            created_at: Timestamp::from_millis(at),
            updated_at: Timestamp::from_millis(at),
            user_id: None,
            error_message: None,
            correlation_id: None,
        }
    }

    /// Walks all pages of a platform that turns rows of one moment round by one place at every call.
    fn walk(rows: &[StoreRow], limit: u32) -> Vec<String> {
        let (mut seen, mut after, mut calls) = (Vec::new(), None, 0);
        loop {
            let place = Place::read(&PageRequest { after, limit });
            let mut now = rows.to_vec();
            now.sort_by_key(|row| std::cmp::Reverse(row.created_at));
            for tie in now.chunk_by_mut(|one, next| one.created_at == next.created_at) {
                let turn = calls % tie.len();
                tie.rotate_left(turn);
            }
            let (offset, number) = place.asked(limit);
            let from = usize::try_from(offset).unwrap().min(now.len());
            let to = (from + usize::try_from(number).unwrap()).min(now.len());
            let (page, next) = place.cut(now[from..to].to_vec(), offset, to < now.len(), limit);
            seen.extend(page.into_iter().map(|row| row.id));
            calls += 1;
            assert!(calls < 500, "the walk ends");
            match next {
                Some(next) => after = Some(next),
                None => return seen,
            }
        }
    }

    #[test]
    fn pages_join_without_a_repeat_or_a_hole_though_ties_change_places() {
        let rows: Vec<_> = (0..130).map(|id| row(id, i64::try_from(id / 8).unwrap())).collect();
        for limit in [2, 7, 10, 50, 100] {
            let mut seen = walk(&rows, limit);
            seen.sort();
            let expected: Vec<_> = rows.iter().map(|row| row.id.clone()).collect();
            assert_eq!(seen, expected, "each store once, with pages of {limit}");
        }
    }
}
