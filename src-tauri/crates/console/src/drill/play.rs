//! Beginning, watching and ending a drill.

use super::{
    DrillStage, Playing,
    account::{Begun, Figures},
    compare,
    stage::DrillSeen,
};
use crate::{
    call::Call,
    connections,
    core::Core,
    error::Error,
    link::Link,
    parts::SyncMode,
    pull,
    view::{Drill, DrillEnd, DrillStatus, StartDrill, Tag},
};
use cache::Act;
use domain::{Connection, ConnectionId, ControlPlaneKind, CredentialState, DrillScenario, Environment};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The id and the name of the connection.
const DRILL: &str = "drill";
/// Between two looks.
const BEAT: Duration = Duration::from_millis(500);
/// How long screens may take to show the last of what the plane knows.
const SETTLE: Duration = Duration::from_secs(10);
/// Between two comparisons while they do.
const AGAIN: Duration = Duration::from_millis(200);
/// Longest drill, in minutes.
const LONGEST: u32 = 60;
/// Drills that are told of.
const SHOWN: u32 = 50;
/// Acts that are looked through for those of a drill.
const ACTS: u32 = 1_000;

/// What can be rehearsed.
pub(crate) async fn scenarios(core: &Core) -> Result<Vec<DrillScenario>, Error> {
    Ok(core.drills.stage.as_ref().map(|stage| stage.scenarios()).unwrap_or_default())
}

/// How a drill goes, if one does.
pub(crate) async fn status(core: &Core) -> Result<DrillStatus, Error> {
    let playing = core.drills.playing.lock().as_ref().map(|playing| playing.drill.clone());
    let elsewhere = playing.is_none() && core.links().iter().any(|link| is_drill(&link.connection()));
    let refused = possible(core).err().map(|error| error.to_string());
    Ok(DrillStatus { playing, elsewhere, refused })
}

/// What drills came to, newest first.
pub(crate) async fn results(core: &Core) -> Result<Vec<Drill>, Error> {
    let kept = core.read.drills(SHOWN).await?;
    // One that an older version kept in another form is not shown, which is better than none at all.
    Ok(kept.into_iter().filter_map(|drill| serde_json::from_value(drill).ok()).collect())
}

fn possible(core: &Core) -> Result<&Arc<dyn DrillStage>, Error> {
    if core.mode == SyncMode::CacheOnly {
        return Err(Error::NotContacted);
    }
    core.drills.stage.as_ref().ok_or_else(|| Error::NoDrill {
        reason: "this face cannot play one".to_owned(),
        remedy: Some("Play it in a terminal: breakwater drill run SCENARIO".to_owned()),
    })
}

pub(crate) fn is_drill(connection: &Connection) -> bool {
    connection.environment == Environment::Drill
}

/// Takes away what an earlier process left of a drill in which it died. Answers the connections that are left.
pub(crate) async fn tidy(core: &Core, known: Vec<Connection>) -> Vec<Connection> {
    let Some(stage) = &core.drills.stage else { return known };
    if stage.tidy().await {
        return known;
    }
    let (left, rest): (Vec<_>, Vec<_>) = known.into_iter().partition(is_drill);
    for connection in left {
        if let Err(error) = core.write.remove_connection(&connection.id).await {
            tracing::error!(%error, "the connection of a drill that died is not removed");
        }
    }
    rest
}

/// Begins a drill.
pub(crate) async fn start(core: &Arc<Core>, request: StartDrill) -> Result<Drill, Error> {
    let stage = possible(core)?;
    if request.minutes.is_some_and(|minutes| !(1..=LONGEST).contains(&minutes)) {
        let rule = format!("a drill lasts 1 to {LONGEST} minutes");
        return Err(Error::invalid("minutes", "range", rule, "Leave it out: the drill ends with its script."));
    }
    let known = stage.scenarios().into_iter().find(|known| known.id == request.scenario);
    let scenario = known.ok_or_else(|| Error::NotFound { what: format!("the scenario {:?}", request.scenario) })?;
    let _turn = core.drills.turn.lock().await;
    if core.drills.playing.lock().is_some() {
        return Err(Error::NoDrill {
            reason: "one is being played".to_owned(),
            remedy: Some("End it first.".to_owned()),
        });
    }
    let refused = |refused: crate::parts::NotStarted| Error::NoDrill { reason: refused.reason, remedy: refused.remedy };
    let opened = stage.open(&scenario.id).await.map_err(refused)?;
    let begun = async {
        let seen = stage.seen().await.unwrap_or_default();
        let previous = results(core).await?.into_iter().find(|before| before.scenario.id == scenario.id);
        let script = scenario.lasts_ms;
        let begun = Begun {
            id: format!("drill_{}", Uuid::now_v7().simple()),
            actor: core.actor.clone(),
            connection: ConnectionId::new(DRILL),
            providers: opened.providers,
            phases: opened.phases,
            started_at: core.now().minus(Duration::from_millis(seen.elapsed_ms)),
            ends_after_ms: request.minutes.map_or(script, |minutes| script.min(u64::from(minutes) * 60_000)),
            previous: previous.map(Box::new),
            scenario,
        };
        let link = connect(core, opened.address).await?;
        Ok::<_, Error>((begun, link, seen))
    };
    let (begun, link, seen) = match begun.await {
        Ok(begun) => begun,
        Err(error) => {
            stage.close().await;
            return Err(error);
        }
    };
    let drill = begun.account(&seen, &[], None);
    let (stop, over) = (CancellationToken::new(), CancellationToken::new());
    let playing = Playing { drill: drill.clone(), stop: stop.clone(), over: over.clone() };
    *core.drills.playing.lock() = Some(playing);
    let (owner, stage) = (Arc::clone(core), Arc::clone(stage));
    core.tasks.spawn(async move {
        play(&owner, &*stage, &begun, &link, &stop).await;
        over.cancel();
    });
    Ok(drill)
}

/// Ends the drill that goes, and answers what it came to.
pub(crate) async fn stop(core: &Core) -> Result<Drill, Error> {
    let going = core.drills.going();
    let missing = || Error::NotFound { what: "a drill that goes".to_owned() };
    let (id, stop, over) = going.ok_or_else(missing)?;
    stop.cancel();
    over.cancelled().await;
    results(core).await?.into_iter().find(|drill| drill.id == id).ok_or_else(missing)
}

/// Adds the connection on which the drill is seen.
async fn connect(core: &Arc<Core>, address: String) -> Result<Arc<Link>, Error> {
    let _turn = core.settings.lock().await;
    let connection = Connection {
        id: ConnectionId::new(DRILL),
        name: DRILL.to_owned(),
        kind: ControlPlaneKind::Breakwater,
        base_url: address,
        environment: Environment::Drill,
        read_only: false,
        built_in: false,
        credential: CredentialState::NotNeeded,
        created_at: core.now(),
        recognised_by: None,
        poll_every_ms: None,
    };
    core.write.add_connection(&connection).await?;
    Ok(connections::start(core, connection).await)
}

/// Looks at the drill until it ends, and then puts it away.
async fn play(core: &Arc<Core>, stage: &dyn DrillStage, begun: &Begun, link: &Link, stop: &CancellationToken) {
    let by = loop {
        let Some(seen) = stage.seen().await else { break DrillEnd::Closed };
        if seen.elapsed_ms >= begun.ends_after_ms {
            break DrillEnd::Script;
        }
        show(core, begun.account(&seen, &acts(core, begun).await, None));
        tokio::select! {
            () = tokio::time::sleep(BEAT) => {}
            () = stop.cancelled() => break DrillEnd::Operator,
            () = core.stop.cancelled() => break DrillEnd::Closed,
        }
    };
    stage.rest().await;
    let (seen, figures) = if by == DrillEnd::Closed {
        // Whoever closes the console does not wait for screens that nobody sees.
        (stage.seen().await.unwrap_or_default(), Figures::default())
    } else {
        settle(core, stage, begun, link).await
    };
    let drill = begun.account(&seen, &acts(core, begun).await, Some((core.now(), by, figures)));
    keep(core, &drill).await;
    put_away(core, link).await;
    stage.close().await;
    *core.drills.playing.lock() = None;
    core.announcer.stale([Tag::Drill, Tag::Connections, Tag::Runs, Tag::Breakers, Tag::App]);
}

fn show(core: &Core, drill: Drill) {
    let mut playing = core.drills.playing.lock();
    let changed = playing.as_mut().filter(|playing| playing.drill != drill).map(|playing| playing.drill = drill);
    drop(playing);
    if changed.is_some() {
        core.announcer.stale([Tag::Drill]);
    }
}

/// What operators did on the plane of this drill, in order.
async fn acts(core: &Core, begun: &Begun) -> Vec<Act> {
    let mut acts = core.read.acts(ACTS).await.unwrap_or_default();
    acts.retain(|act| act.connection.as_ref() == Some(&begun.connection) && act.at >= begun.started_at);
    acts.reverse();
    acts
}

/// Waits until the screens show what the plane knows, and says how much of it they do.
async fn settle(core: &Core, stage: &dyn DrillStage, begun: &Begun, link: &Link) -> (DrillSeen, Figures) {
    let until = tokio::time::Instant::now() + SETTLE;
    loop {
        let seen = stage.seen().await.unwrap_or_default();
        if core.mode == SyncMode::OnDemand {
            read_again(core, link, &seen).await;
        }
        let mut figures = Figures::default();
        for run in &seen.runs {
            let cached = core.read.run(&link.id, &run.summary.id).await.ok().flatten();
            figures.join(compare::run(run, cached.as_ref().map(|cached| &cached.run)));
        }
        // A request that is just under way is known to the plane and not yet to its provider.
        let agree = begun.account(&seen, &[], None).proof.requests_agree() && figures.equal == figures.all;
        if agree || tokio::time::Instant::now() > until || core.stop.is_cancelled() {
            return (seen, figures);
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Where nothing is watched, a screen reads when somebody looks.
async fn read_again(core: &Core, link: &Link, seen: &DrillSeen) {
    let call = Call::new("drill.compare");
    let Ok(port) = link.port(core).await else { return };
    for run in &seen.runs {
        if let Err(error) = pull::run(core, link, &port, call.context(), &run.summary.id).await {
            return tracing::warn!(%error, "the plane of a drill cannot be read again");
        }
    }
}

async fn keep(core: &Core, drill: &Drill) {
    let kept = match serde_json::to_value(drill) {
        Ok(document) => core.write.put_drill(&drill.id, drill.started_at, &document).await,
        Err(error) => return tracing::error!(%error, "what a drill came to cannot be written"),
    };
    if let Err(error) = kept {
        tracing::error!(%error, "what a drill came to is not kept");
    }
}

/// Forgets the connection and all that was cached of it.
async fn put_away(core: &Core, link: &Link) {
    let _turn = core.settings.lock().await;
    link.stop.cancel();
    if let Err(error) = core.write.remove_connection(&link.id).await {
        tracing::error!(%error, "the connection of a drill is not removed; the next start does it");
    }
    core.links.write().retain(|other| other.id != link.id);
}
