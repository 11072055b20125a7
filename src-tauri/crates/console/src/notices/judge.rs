//! From what is wrong now and what was told before to what is told next. Pure: nothing is read or written here.
//!
//! A cause is told once, and again only after it was gone and came back. What nobody needs to be told (it is switched off, in
//! somebody's hand, or on screen) counts as told. The rest is held back in quiet hours and when there was too much within a
//! minute, and what was held back comes as one banner.

use super::place;
use crate::view::{Banner, NoticeKind, NoticeLevel, NoticeSettings};
use domain::{ConnectionId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// By which the banner that stands for several is known.
const SEVERAL: &str = "several";

/// What is told of a cause, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) kind: NoticeKind,
    pub(super) connection: Option<ConnectionId>,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) route: String,
    /// What is said when it is over; `None` where that is not worth saying.
    pub(super) over: Option<String>,
    /// The failed runs that it stands for, at most 200.
    pub(super) members: Vec<String>,
    /// The score from which readiness fell.
    pub(super) reference: Option<u32>,
    /// Whether the desktop has shown it.
    pub(super) shown: bool,
}

/// What was told, or is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) cause: String,
    pub(super) began_at: Timestamp,
    pub(super) told_at: Option<Timestamp>,
    pub(super) over_at: Option<Timestamp>,
    pub(super) kept: Kept,
}

/// Something that is wrong now.
#[derive(Debug, Clone)]
pub(super) struct Cause {
    pub(super) id: String,
    pub(super) at: Timestamp,
    pub(super) kept: Kept,
}

/// What is wrong now, and of what it cannot be said.
#[derive(Debug, Default)]
pub(super) struct Present {
    pub(super) causes: Vec<Cause>,
    /// Causes that are neither seen nor known to be gone, e.g. a breaker of a plane that is silent.
    pub(super) unsure: HashSet<String>,
}

/// What holds at the moment.
#[derive(Debug)]
pub(super) struct Moment<'a> {
    pub(super) now: Timestamp,
    pub(super) is_quiet: bool,
    /// Whether it was quiet until now, so that what was held back comes together.
    pub(super) was_quiet: bool,
    pub(super) settings: &'a NoticeSettings,
    /// Problems that somebody has in hand, and since when.
    pub(super) in_hand: &'a HashMap<String, Timestamp>,
    /// What pages show that somebody looks at.
    pub(super) looked_at: &'a [String],
    /// Banners that may still be shown.
    pub(super) room: usize,
}

/// A banner and the rows that have to be ours for it to be shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Telling {
    pub(super) banner: Banner,
    pub(super) of: Vec<String>,
}

/// What comes of it.
#[derive(Debug, Default)]
pub(super) struct Judgement {
    /// Rows that are new or not as they were.
    pub(super) rows: Vec<Row>,
    /// What is shown.
    pub(super) tellings: Vec<Telling>,
    /// Causes whose banner is taken away.
    pub(super) gone: Vec<String>,
}

pub(super) fn level(settings: &NoticeSettings, kind: NoticeKind) -> NoticeLevel {
    match kind {
        NoticeKind::Failure => settings.failure,
        NoticeKind::Approval => settings.approval,
        NoticeKind::Breaker => settings.breaker,
        NoticeKind::Readiness => settings.readiness,
    }
}

impl Moment<'_> {
    /// Whether nobody needs a banner of it.
    fn needs_no_telling(&self, row: &Row) -> bool {
        level(self.settings, row.kept.kind) < NoticeLevel::Banner
            || self.in_hand.get(&row.cause).is_some_and(|at| *at >= row.began_at)
            || self.is_on_screen(row)
    }

    fn is_on_screen(&self, row: &Row) -> bool {
        self.looked_at.iter().any(|looked_at| place::shows(looked_at, row.kept.kind, &row.kept.route))
    }

    fn sounds(&self, kind: NoticeKind) -> bool {
        level(self.settings, kind) == NoticeLevel::Sound
    }
}

/// Given the rows that are not over, and what is wrong now.
pub(super) fn judge(open: Vec<Row>, present: Present, moment: &Moment<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let before: HashMap<String, Row> = open.iter().map(|row| (row.cause.clone(), row.clone())).collect();
    let mut left: HashMap<String, Row> = open.into_iter().map(|row| (row.cause.clone(), row)).collect();
    let mut room = moment.room;
    let mut rows = Vec::new();
    for Cause { id, at, kept } in present.causes {
        rows.push(match left.remove(&id) {
            Some(row) => Row { kept: Kept { shown: row.kept.shown, ..kept }, ..row },
            None => Row { cause: id, began_at: at, told_at: None, over_at: None, kept },
        });
    }
    for (cause, row) in left {
        if present.unsure.contains(&cause) {
            rows.push(row);
        } else {
            end(&mut judgement, row, moment, &mut room);
        }
    }
    let mut held: Vec<&mut Row> = Vec::new();
    for row in rows.iter_mut().filter(|row| row.told_at.is_none()) {
        if moment.needs_no_telling(row) {
            row.told_at = Some(moment.now);
        } else {
            held.push(row);
        }
    }
    if !moment.is_quiet && room > 0 {
        held.sort_by_key(|row| row.began_at);
        tell(&mut judgement, &mut held, moment, room);
    }
    judgement.rows.extend(rows.into_iter().filter(|row| before.get(&row.cause) != Some(row)));
    judgement
}

/// The cause of this row is gone.
fn end(judgement: &mut Judgement, row: Row, moment: &Moment<'_>, room: &mut usize) {
    let row = Row { told_at: row.told_at.or(Some(moment.now)), over_at: Some(moment.now), ..row };
    let is_worth_saying = row.kept.shown && !moment.is_quiet && !moment.needs_no_telling(&row) && *room > 0;
    match row.kept.over.clone().filter(|_| is_worth_saying) {
        Some(title) => {
            *room -= 1;
            let minutes = moment.now.since(row.began_at).as_secs().div_ceil(60);
            let banner = Banner {
                cause: row.cause.clone(),
                title,
                text: format!("After {minutes} min. {}", row.kept.text),
                route: row.kept.route.clone(),
                sound: moment.sounds(row.kept.kind),
            };
            judgement.tellings.push(Telling { banner, of: vec![row.cause.clone()] });
        }
        None if row.kept.shown => judgement.gone.push(row.cause.clone()),
        None => {}
    }
    judgement.rows.push(row);
}

/// Shows what waits: each by itself where there is room and nothing was held back for long, or else all as one.
fn tell(judgement: &mut Judgement, held: &mut [&mut Row], moment: &Moment<'_>, room: usize) {
    for row in held.iter_mut() {
        row.told_at = Some(moment.now);
        row.kept.shown = true;
    }
    if held.len() > 1 && (moment.was_quiet || held.len() > room) {
        let titles: Vec<&str> = held.iter().take(3).map(|row| row.kept.title.as_str()).collect();
        let more = held.len() - titles.len();
        let rest = if more > 0 { format!(", and {more} more") } else { String::new() };
        let banner = Banner {
            cause: SEVERAL.to_owned(),
            title: format!("{} things need you", held.len()),
            text: format!("{}{rest}", titles.join(", ")),
            route: place::TRIAGE.to_owned(),
            sound: held.iter().any(|row| moment.sounds(row.kept.kind)),
        };
        judgement.tellings.push(Telling { banner, of: held.iter().map(|row| row.cause.clone()).collect() });
        return;
    }
    for row in held {
        let Kept { kind, title, text, route, .. } = row.kept.clone();
        let banner = Banner { cause: row.cause.clone(), title, text, route, sound: moment.sounds(kind) };
        judgement.tellings.push(Telling { banner, of: vec![row.cause.clone()] });
    }
}
