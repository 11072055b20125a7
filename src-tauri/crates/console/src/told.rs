//! What planes tell of things that are read when somebody looks at them: projects, teams, keys, queues, bills.
//!
//! What is known is shown at once with its age, and read anew behind it; whoever shows it is told when something else came
//! of that. Only what was never read is waited for. Deliberately absent: reading what nobody looks at.

use crate::{
    call::Call,
    core::Core,
    error::Error,
    guard::Guarded,
    link::Link,
    runs::ask,
    view::{Freshness, Told},
};
use cache::Noun;
use control_plane::Error as PlaneError;
use domain::{Action, Availability, ConnectionState, Timestamp, WireError};
use futures::future::{BoxFuture, try_join_all};
use serde::{Serialize, de::DeserializeOwned};
use std::sync::Arc;

/// Something that a plane tells of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Topic {
    pub(crate) noun: Noun,
    /// Which one of this noun; empty where a plane has one.
    pub(crate) subject: String,
    /// What a plane must be able to do to tell of it.
    pub(crate) needs: Action,
}

/// What a plane tells of a topic, as it can be kept.
pub(crate) trait Document: Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Document for T {}

/// How to ask a plane for it. May be asked behind the back of whoever looks at it.
pub(crate) type Question<T> = fn(Arc<Guarded>, Call, String) -> BoxFuture<'static, Result<T, Error>>;

/// What every connection tells of a topic; of one that cannot, why not.
pub(crate) async fn everywhere<T: Document>(
    core: &Arc<Core>,
    call: &Call,
    topic: &Topic,
    question: Question<T>,
) -> Result<Vec<Told<T>>, Error> {
    let links = core.links();
    try_join_all(links.iter().map(|link| look(core, call, link, topic.clone(), question))).await
}

/// What is kept of a topic, or what its plane says now if nothing is.
pub(crate) async fn look<T: Document>(
    core: &Arc<Core>,
    call: &Call,
    link: &Arc<Link>,
    topic: Topic,
    question: Question<T>,
) -> Result<Told<T>, Error> {
    let kept = core.read.told::<T>(&link.id, topic.noun, &topic.subject).await?;
    if refusal(link, topic.needs).is_some() {
        return Ok(shown(link, &topic, kept));
    }
    if let Some(error) = silence(core, link) {
        return Ok(Told { error: Some(error), ..shown(link, &topic, kept) });
    }
    if !core.mode.is_live() || kept.is_none() {
        return match renew(core, call, link, &topic, question).await {
            Ok(told) => Ok(shown(link, &topic, Some(told))),
            Err(error) => Ok(unread(call, link, &topic, kept, &error)),
        };
    }
    // What we did ourselves shows at once: in the audit, for one.
    let is_fresh = kept.as_ref().is_some_and(|kept| {
        core.now().since(kept.read_at) < core.pace.told_fresh && !link.has_acted_since(kept.read_at)
    });
    if !is_fresh && link.begin_reading(&topic) {
        let (core, call, link, topic) = (Arc::clone(core), call.clone(), Arc::clone(link), topic.clone());
        core.tasks.clone().spawn(async move {
            let stop = core.stop.clone();
            let reading = async { renew(&core, &call, &link, &topic, question).await };
            let outcome = stop.run_until_cancelled(reading).await;
            link.end_reading(&topic);
            if let Some(Err(error)) = outcome {
                tracing::info!(connection = %link.id, noun = ?topic.noun, %error, "what is shown was not read anew");
            }
        });
    }
    Ok(shown(link, &topic, kept))
}

/// What the plane says after an act. The act has been carried out, so not even a failed reading may make it look otherwise.
pub(crate) async fn after_act<T: Document>(
    core: &Arc<Core>,
    call: &Call,
    link: &Arc<Link>,
    topic: Topic,
    question: Question<T>,
) -> Result<Told<T>, Error> {
    match renew(core, call, link, &topic, question).await {
        Ok(told) => Ok(shown(link, &topic, Some(told))),
        Err(error) => {
            let kept = core.read.told::<T>(&link.id, topic.noun, &topic.subject).await?;
            Ok(unread(call, link, &topic, kept, &error))
        }
    }
}

fn unread<T>(call: &Call, link: &Link, topic: &Topic, kept: Option<cache::Told<T>>, error: &Error) -> Told<T> {
    let shown = shown(link, topic, kept);
    match error {
        Error::Plane(PlaneError::Unsupported { reason }) => Told { refusal: Some(reason.clone()), ..shown },
        error => Told { error: Some(error.to_wire(call.correlation_id().clone())), ..shown },
    }
}

/// Why a plane cannot tell of it; of one that was never heard nothing is known, so it is asked.
fn refusal(link: &Link, needs: Action) -> Option<String> {
    let capabilities = link.status().capabilities;
    if capabilities.0.is_empty() || capabilities.of(needs) != Availability::No {
        return None;
    }
    Some(capabilities.reason(needs).unwrap_or("this control plane does not offer it").to_owned())
}

/// Why a plane that is watched is not even asked: it is known not to answer, and whoever watches it keeps trying.
fn silence(core: &Core, link: &Link) -> Option<WireError> {
    let status = link.status();
    let is_heard =
        !matches!(status.state, ConnectionState::Offline | ConnectionState::SignedOut | ConnectionState::Incompatible);
    status.error.filter(|_| core.mode.is_live() && !is_heard)
}

/// Reads it and keeps it. What is the same as before is kept as read now, and announced all the same: its age is shown.
async fn renew<T: Document>(
    core: &Arc<Core>,
    call: &Call,
    link: &Arc<Link>,
    topic: &Topic,
    question: Question<T>,
) -> Result<cache::Told<T>, Error> {
    let asked = |port: Arc<Guarded>| question(port, call.clone(), topic.subject.clone());
    let document = if core.mode.is_live() {
        let port = link.port(core).await?;
        asked(port).await?
    } else {
        ask(core, call, link, asked).await?
    };
    let told = cache::Told { document, read_at: core.now() };
    core.write.put_told(&link.id, topic.noun, &topic.subject, &told).await?;
    Ok(told)
}

fn shown<T>(link: &Link, topic: &Topic, kept: Option<cache::Told<T>>) -> Told<T> {
    let (document, read_at) = kept.map(|kept| (kept.document, kept.read_at)).unzip();
    Told {
        connection: link.id.clone(),
        connection_name: link.name(),
        value: document,
        refusal: refusal(link, topic.needs),
        error: None,
        freshness: freshness(link, read_at),
    }
}

/// No feed tells of these, so nothing but a reading confirms them.
fn freshness(link: &Link, read_at: Option<Timestamp>) -> Freshness {
    Freshness { read_at, ..link.freshness(read_at, crate::parts::SyncMode::Live) }
}
