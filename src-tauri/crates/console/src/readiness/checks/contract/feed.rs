//! Whether the live feed delivers, and goes on where it was left.

use crate::readiness::{
    check::{Check, Facts, Manner, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use control_plane::Feed as Items;
use domain::{Action, Availability, CheckStatus, FeedItem};
use futures::StreamExt as _;
use std::time::Duration;

/// Longest silence of a feed that is alive.
const SILENCE: Duration = Duration::from_secs(15);

const REQUEST: &str = "the live feed from its beginning, and again from its first event on";

static FACTS: Facts = Facts {
    id: "contract.feed",
    title: "The live feed delivers and resumes",
    proves: "What happens is seen at once, and nothing is lost when the connection breaks.",
    subject: Subject::Contract,
    remedy: "Look whether a proxy in front buffers or cuts `text/event-stream`.",
    owner: "plane operator",
};

/// Whether the live feed delivers, and goes on where it was left.
pub(crate) struct Feed;

#[async_trait::async_trait]
impl Check for Feed {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn manner(&self) -> Manner {
        Manner::Knocks
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let port = context.port().await?;
    let capabilities = port.capabilities();
    if capabilities.of(Action::Stream) != Availability::Yes {
        return Err(Silence::Nothing("This plane tells nothing by itself, so it is asked at intervals instead."));
    }
    let query = cache::RunQuery { connection: Some(context.link.id.clone()), limit: 1, ..cache::RunQuery::default() };
    if context.core.read.runs(&query).await.map_err(crate::error::Error::from)?.page.items.is_empty() {
        return Err(Silence::Nothing("There was no run yet that it could tell of."));
    }
    let mut feed = port.fresh_feed(context.call.context(), Some(0)).await?;
    let Some(first) = next(&mut feed).await? else {
        return Ok(Outcome::new(CheckStatus::Fail, REQUEST, "the end", "The feed ended or stayed silent."));
    };
    let FeedItem::Event { position, .. } = first else {
        return Ok(Outcome::new(
            CheckStatus::Pass,
            REQUEST,
            "a sign of life",
            "It is alive; there was no event yet to go on from.",
        ));
    };
    let mut feed = port.fresh_feed(context.call.context(), Some(position)).await?;
    let answer = format!("event {position}, then");
    Ok(match next(&mut feed).await? {
        None => Outcome::new(
            CheckStatus::Fail,
            REQUEST,
            format!("{answer} the end"),
            "It does not go on where it was left.",
        ),
        Some(FeedItem::Event { position: then, .. }) if then <= position => Outcome::new(
            CheckStatus::Fail,
            REQUEST,
            format!("{answer} {then}"),
            "It says again what was heard already.",
        ),
        Some(FeedItem::Event { position: then, .. }) => {
            Outcome::new(CheckStatus::Pass, REQUEST, format!("{answer} {then}"), "It goes on where it was left.")
        }
        Some(_) => Outcome::new(
            CheckStatus::Pass,
            REQUEST,
            format!("{answer} a sign of life"),
            "It goes on where it was left.",
        ),
    })
}

/// The next item, if it comes in time.
async fn next(feed: &mut Items) -> Result<Option<FeedItem>, Silence> {
    let item = tokio::time::timeout(SILENCE, feed.next()).await.ok().flatten().transpose();
    Ok(item.map_err(crate::error::Error::from)?)
}
