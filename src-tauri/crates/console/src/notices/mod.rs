//! Notices: what an operator is told without asking, once for each cause.
//!
//! After every change that may matter, and each half minute because time passes too, what is wrong is compared with what was told;
//! what is new is kept and handed to the faces as a banner. Which causes there are is in [`causes`], what is told of them in
//! [`judge`]. Deliberately absent: showing anything, which is for the faces, and consoles that answer one command and leave.

mod causes;
mod judge;
mod looking;
mod place;
mod quiet;
mod settings;
mod words;

use crate::{
    core::Core,
    error::Error,
    view::{ConsoleEvent, Notice, NoticeLevel, Notices},
};
use cache::{Change, KeptNotice};
use domain::Timestamp;
use judge::{Judgement, Kept, Moment, Row};
use parking_lot::Mutex;
use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::{Notify, broadcast::error::RecvError},
    time::Instant,
};

pub(crate) use looking::looking;
pub(crate) use settings::set;

/// Notices that are kept in view.
const KEPT: u32 = 1_000;
/// Notices that are listed.
const LISTED: usize = 100;
/// Banners within a minute.
const BANNERS: usize = 5;
const A_MINUTE: Duration = Duration::from_mins(1);

/// What the notices of a console share with its commands.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    pages: looking::Pages,
    nudge: Notify,
    told: Mutex<Told>,
}

/// What this console remembers from one look to the next.
#[derive(Debug)]
struct Told {
    seen: causes::Seen,
    /// When banners were shown.
    banners: VecDeque<Timestamp>,
    /// What an earlier start has held back comes as one.
    was_quiet: bool,
}

impl Default for Told {
    fn default() -> Self {
        Self { seen: HashSet::new(), banners: VecDeque::new(), was_quiet: true }
    }
}

/// Starts telling.
pub(crate) fn spawn(core: &Arc<Core>) {
    let core = Arc::clone(core);
    core.tasks.clone().spawn(async move {
        let stop = core.stop.clone();
        tokio::select! {
            () = watch(&core) => {}
            () = stop.cancelled() => {}
        }
    });
}

async fn watch(core: &Core) {
    let mut changes = core.cache.changes();
    let mut due = Instant::now() + core.pace.notices_settle;
    loop {
        tokio::select! {
            change = changes.recv() => match change {
                Ok(change) if !matters(&change) => {}
                // A burst is one look, and what a run failed of has come in by then.
                Ok(_) | Err(RecvError::Lagged(_)) => due = due.min(Instant::now() + core.pace.notices_settle),
                Err(RecvError::Closed) => return,
            },
            () = core.notices.nudge.notified() => due = Instant::now(),
            () = tokio::time::sleep_until(due) => {
                if let Err(error) = look(core).await {
                    tracing::warn!(%error, "what an operator is to be told is not known");
                }
                due = Instant::now() + core.pace.notices_every;
            }
        }
    }
}

fn matters(change: &Change) -> bool {
    match change {
        Change::Runs { .. }
        | Change::Breakers { .. }
        | Change::Checks
        | Change::ConnectionStatus { .. }
        | Change::Acts
        | Change::Preferences { .. }
        | Change::Everything => true,
        Change::Connections
        | Change::Events { .. }
        | Change::Logs { .. }
        | Change::FeedPosition { .. }
        | Change::Coverage { .. }
        | Change::Templates { .. }
        | Change::Told { .. }
        | Change::Drills
        | Change::Notices => false,
    }
}

/// Compares what is wrong with what was told.
async fn look(core: &Core) -> Result<(), Error> {
    let now = core.now();
    let settings = settings::wanted(core).await?;
    let open: Vec<Row> = rows(core).await?.into_iter().filter(|row| row.over_at.is_none()).collect();
    let looked_at = core.notices.pages.looked_at();
    let mut seen = std::mem::take(&mut core.notices.told.lock().seen);
    let present = causes::present(core, &open, &mut seen, &looked_at).await;
    let is_quiet = quiet::holds(settings.quiet.as_ref(), core.clock.local_minute(now));
    let (room, was_quiet) = {
        let mut told = core.notices.told.lock();
        told.seen = seen;
        told.banners.retain(|at| now.since(*at) < A_MINUTE);
        (BANNERS.saturating_sub(told.banners.len()), std::mem::replace(&mut told.was_quiet, is_quiet))
    };
    let in_hand = in_hand(core).await?;
    let moment =
        Moment { now, is_quiet, was_quiet, settings: &settings, in_hand: &in_hand, looked_at: &looked_at, room };
    keep_and_tell(core, judge::judge(open, present?, &moment)).await
}

/// Keeps what was decided, and shows what is ours to show.
async fn keep_and_tell(core: &Core, judgement: Judgement) -> Result<(), Error> {
    if judgement.rows.is_empty() {
        return Ok(());
    }
    let mut ours = HashSet::new();
    let mut batch = core.write.batch().await?;
    for row in &judgement.rows {
        if batch.put_notice(&written(row)?).await? {
            ours.insert(row.cause.clone());
        }
    }
    batch.commit().await?;
    for telling in judgement.tellings.into_iter().filter(|telling| telling.of.iter().any(|cause| ours.contains(cause)))
    {
        core.notices.told.lock().banners.push_back(core.now());
        core.announcer.announce(ConsoleEvent::Banner { banner: telling.banner });
    }
    for cause in judgement.gone {
        core.announcer.announce(ConsoleEvent::BannerOver { cause });
    }
    Ok(())
}

/// What was told, and what is wanted.
pub(crate) async fn list(core: &Core) -> Result<Notices, Error> {
    let settings = settings::wanted(core).await?;
    let (rows, in_hand) = (rows(core).await?, in_hand(core).await?);
    let is_in_hand = |row: &Row| in_hand.get(&row.cause).is_some_and(|at| *at >= row.began_at);
    let counts = |row: &&Row| {
        row.over_at.is_none() && !is_in_hand(row) && judge::level(&settings, row.kept.kind) >= NoticeLevel::Badge
    };
    let unresolved = u64::try_from(rows.iter().filter(counts).count()).unwrap_or(u64::MAX);
    let items = rows.into_iter().take(LISTED).map(|row| notice(is_in_hand(&row), row)).collect();
    let is_quiet = quiet::holds(settings.quiet.as_ref(), core.clock.local_minute(core.now()));
    Ok(Notices { items, unresolved, settings, is_quiet })
}

/// Problems that somebody has in hand, and since when. What was taken in hand before it came back is told again.
async fn in_hand(core: &Core) -> Result<HashMap<String, Timestamp>, Error> {
    let known = core.read.acknowledged().await?;
    Ok(known.into_iter().map(|known| (known.problem, known.at)).collect())
}

/// What is kept; a row that an older or newer version wrote in another way is as if it was not there.
async fn rows(core: &Core) -> Result<Vec<Row>, Error> {
    let kept = core.read.notices(KEPT).await?;
    let read = |kept: KeptNotice| {
        let document: Kept = serde_json::from_value(kept.document).ok()?;
        let KeptNotice { cause, began_at, told_at, over_at, .. } = kept;
        Some(Row { cause, began_at, told_at, over_at, kept: document })
    };
    Ok(kept.into_iter().filter_map(read).collect())
}

fn written(row: &Row) -> Result<KeptNotice, Error> {
    let document = serde_json::to_value(&row.kept)
        .map_err(|error| Error::Internal { doing: "keeping a notice", detail: error.to_string() })?;
    let Row { cause, began_at, told_at, over_at, .. } = row.clone();
    Ok(KeptNotice { cause, began_at, told_at, over_at, document })
}

fn notice(in_hand: bool, row: Row) -> Notice {
    let Row { cause, began_at, told_at, over_at, kept } = row;
    let Kept { kind, connection, title, text, route, .. } = kept;
    Notice { cause, kind, connection, title, text, route, began_at, told_at, over_at, in_hand }
}
