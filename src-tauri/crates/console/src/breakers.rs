//! Breakers: this console's own, and those that planes show of themselves.

pub(crate) mod blast;
pub(crate) mod diary;

use crate::{
    acts::{Deed, keep, record},
    call::Call,
    core::Core,
    error::Error,
    guard::Guarded,
    link::Link,
    parts::SyncMode,
    runs::{act::reason, answered, ask},
    told::{self, Topic},
    view::{ActOnBreaker, BreakerRef, BreakerView, Freshness, FreshnessState, Told},
};
use cache::Noun;
use domain::{Action, Availability, Breaker, BreakerAct, BreakerEvent, BreakerSource, BreakerState, Timestamp};
use futures::{FutureExt as _, future::BoxFuture};
use std::{collections::BTreeSet, sync::Arc, time::Duration};

/// Age up to which a plane's breakers are not asked for again.
const YOUNG: Duration = Duration::from_secs(2);
/// What happened to a breaker, as far back as it is read: an outage with its probes fits.
const SHOWN: usize = 200;

/// Every breaker of this console and of every plane that shows its own.
pub(crate) async fn list(core: &Core, call: &Call) -> Result<Vec<BreakerView>, Error> {
    let mut views = Vec::new();
    for link in core.links() {
        // They need nobody to answer. Without contact there is nothing that they could have seen.
        if core.mode != SyncMode::CacheOnly
            && let Ok(port) = link.guarded(core).await
        {
            let now = core.now();
            views.extend(port.shown(now).into_iter().map(|breaker| view(core, &link, breaker, now)));
        }
    }
    let known = core.read.breakers().await?;
    for link in core.links() {
        let mine = |breaker: &&cache::CachedBreaker| {
            breaker.breaker.source == BreakerSource::ControlPlane
                && breaker.breaker.connection.as_ref() == Some(&link.id)
        };
        let cached: Vec<_> = known.iter().filter(mine).cloned().collect();
        let read_at = cached.iter().map(|breaker| breaker.read_at).max();
        // Only where connections are watched is it known that the plane has not gone away meanwhile.
        let young = core.mode.is_live() && read_at.is_some_and(|at| core.now().since(at) < YOUNG);
        match if young { None } else { read(core, call, &link).await } {
            Some((breakers, at)) => views.extend(breakers.into_iter().map(|breaker| view(core, &link, breaker, at))),
            None => views.extend(cached.into_iter().map(|known| view(core, &link, known.breaker, known.read_at))),
        }
    }
    Ok(views)
}

/// Asks a plane for its breakers, within the patience of a person who looks at a list.
async fn read(core: &Core, call: &Call, link: &Link) -> Option<(Vec<Breaker>, Timestamp)> {
    let watched = crate::freshness::of(core, Some(link), None).state == FreshnessState::Live;
    if core.mode.is_live() && !watched {
        return None;
    }
    let port = link.port(core).await.ok()?;
    if port.capabilities().of(Action::Breakers) != Availability::Yes {
        return None;
    }
    let question =
        |port: Arc<Guarded>| async move { diary::read(core, link, &port, call.context(), &BTreeSet::new()).await };
    let breakers = if core.mode.is_live() {
        tokio::time::timeout(core.pace.on_demand_timeout, question(port)).await.ok()?.ok()?
    } else {
        ask(core, call, link, question).await.ok()?
    };
    Some((breakers, core.now()))
}

/// Every breaker as it was last seen, whoever is heard now. Nobody is asked.
pub(crate) async fn known(core: &Core) -> Result<Vec<BreakerView>, Error> {
    let (now, links) = (core.now(), core.links());
    let mut views = Vec::new();
    if core.mode != SyncMode::CacheOnly {
        for link in &links {
            let own = link.made_port().map(|port| port.shown(now)).unwrap_or_default();
            views.extend(own.into_iter().map(|breaker| view(core, link, breaker, now)));
        }
    }
    for known in core.read.breakers().await? {
        let link = links.iter().find(|link| known.breaker.connection.as_ref() == Some(&link.id));
        if let Some(link) = link.filter(|_| known.breaker.source == BreakerSource::ControlPlane) {
            let freshness = crate::freshness::of(core, Some(link), Some(known.read_at));
            let last_state = known.breaker.state;
            let connection_name = Some(link.name());
            views.push(BreakerView { breaker: known.breaker, last_state, connection_name, freshness });
        }
    }
    Ok(views)
}

fn view(core: &Core, link: &Link, mut breaker: Breaker, read_at: Timestamp) -> BreakerView {
    let (own, last_state) = (breaker.source == BreakerSource::Console, breaker.state);
    let mut freshness = crate::freshness::of(core, Some(link), Some(read_at));
    if own {
        // Our own breakers live in this process, so they are always as they are now.
        freshness.state = FreshnessState::Live;
    } else if freshness.state != FreshnessState::Live {
        breaker.state = BreakerState::Unknown;
    }
    BreakerView { breaker, last_state, connection_name: Some(link.name()), freshness }
}

/// What happened lately to a breaker of a plane, newest first.
pub(crate) async fn history(
    core: &Arc<Core>,
    call: &Call,
    wanted: BreakerRef,
) -> Result<Told<Vec<BreakerEvent>>, Error> {
    let link = core.link_or_default(wanted.connection.as_ref())?;
    if wanted.source == BreakerSource::Console {
        return own_history(core, &link, &wanted.breaker).await;
    }
    let topic = Topic { noun: Noun::BreakerEvents, subject: wanted.breaker, needs: Action::Breakers };
    told::look(core, call, &link, topic, ask_history).await
}

/// What happened to one of our own breakers: it needs nobody to answer.
async fn own_history(core: &Core, link: &Link, breaker: &str) -> Result<Told<Vec<BreakerEvent>>, Error> {
    let events = core
        .read
        .breaker_events(Some(&link.id), BreakerSource::Console, breaker, u32::try_from(SHOWN).unwrap_or(u32::MAX))
        .await?;
    let freshness = Freshness { read_at: Some(core.now()), state: FreshnessState::Live, obstacle: None };
    Ok(Told {
        connection: link.id.clone(),
        connection_name: link.name(),
        value: Some(events),
        refusal: None,
        error: None,
        freshness,
    })
}

fn ask_history(
    port: Arc<Guarded>,
    call: Call,
    breaker: String,
) -> BoxFuture<'static, Result<Vec<BreakerEvent>, Error>> {
    async move { diary::told(&port, call.context(), &breaker, SHOWN).await }.boxed()
}

/// Does something to a breaker.
pub(crate) async fn act(core: &Core, call: &Call, request: ActOnBreaker) -> Result<BreakerView, Error> {
    let reason = reason(&request.reason)?;
    let (id, deed) = (request.breaker, request.act);
    judge(deed)?;
    let missing = || Error::NotFound { what: format!("the breaker {id}") };
    if request.source == BreakerSource::ControlPlane {
        let link = core.link_or_default(request.connection.as_ref())?;
        let entry = Deed::new(name(deed), &link, id.clone(), Some(reason.clone()));
        return record(core, call, &link, entry, async |_| {
            let port = link.port(core).await?;
            let breaker = port.act_on_breaker(call.context(), &id, deed, &reason).await?;
            answered(core, &link);
            let connection = Some(link.id.clone());
            Ok(view(core, &link, Breaker { source: BreakerSource::ControlPlane, connection, ..breaker }, core.now()))
        })
        .await;
    }
    // Our own breaker changes nothing on the plane, so the read-only lock does not stand in its way.
    for link in core.links() {
        let Some(port) = link.made_port() else { continue };
        let now = core.now();
        if let Some(done) = port.act(&id, deed, (&core.actor, &reason), now) {
            link.nudge.notify_one();
            keep(core, call, Deed::new(name(deed), &link, id, Some(reason)), done.as_ref().err()).await;
            return done.map(|breaker| view(core, &link, breaker, now));
        }
    }
    Err(missing())
}

/// An isolation that nobody remembers is an outage, so every one ends.
fn judge(act: BreakerAct) -> Result<(), Error> {
    match act {
        BreakerAct::Isolate { minutes } if !(1..=BreakerAct::LONGEST_MINUTES).contains(&minutes) => {
            let rule = format!("an isolation lasts 1 to {} minutes", BreakerAct::LONGEST_MINUTES);
            Err(Error::invalid("minutes", "range", rule, "Isolate it again if that is too short."))
        }
        _ => Ok(()),
    }
}

/// What an act is called in the record of acts.
const fn name(act: BreakerAct) -> &'static str {
    match act {
        BreakerAct::Reset => "reset_breaker",
        BreakerAct::Probe => "probe_breaker",
        BreakerAct::Isolate { .. } => "isolate_breaker",
        BreakerAct::Release => "release_breaker",
    }
}
