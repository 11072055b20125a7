//! Whether a body that is too large is refused as such.

use crate::readiness::{
    check::{Check, Facts, Manner, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use control_plane::{Ask, Purpose, Shown};
use domain::CheckStatus;

const REQUEST: &str = "a JSON body a little larger than the plane takes";

static FACTS: Facts = Facts {
    id: "limits.body",
    title: "A body that is too large is refused",
    proves: "Nobody fills the memory of the plane, and a client learns what was wrong with its request.",
    subject: Subject::Limits,
    remedy: "Let the plane answer 413 as soon as a body is announced or grows beyond its limit.",
    owner: "plane operator",
};

/// Whether a body that is too large is refused as such.
pub(crate) struct Body;

#[async_trait::async_trait]
impl Check for Body {
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
    let surface = context.surface().await?;
    let route = surface.at(Purpose::TakesJson)?;
    // Not closed, so that it means nothing wherever it is read all the same.
    let mut body = vec![b' '; surface.manners.body_limit];
    body.extend_from_slice(b"{\"broken\":");
    let size = body.len();
    // The plane may hang up in the middle of it, so no other request should come to that connection.
    let ask = Ask::of("POST", route.path.clone(), Shown::Ours).header("connection", "close").json(body);
    let heard = context.ask(&ask).await?;
    let answer = format!("{} to {size} bytes", heard.status);
    Ok(match heard.status {
        413 => Outcome::new(CheckStatus::Pass, REQUEST, answer, "It is refused for its size."),
        400..=499 => Outcome::new(CheckStatus::Warn, REQUEST, answer, "It is refused, but not for its size."),
        _ => {
            Outcome::new(CheckStatus::Fail, REQUEST, answer, "The plane does not refuse it as a mistake of the client.")
        }
    })
}
