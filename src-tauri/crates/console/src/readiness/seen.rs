//! What the probes of one round see together, so that a request is sent once however many checks judge its answer.
//!
//! One request is on its way at a time. Most of a round are one for each route of the plane that needs a credential, as a
//! stranger, and one more for each of these that reads, with a made-up credential. A stranger at our own plane has 100
//! requests a minute, and we have 1,000 in a quarter of an hour; when less than a tenth of what the plane says is left, the
//! round waits for up to a minute or says that it could not go on. Deliberately absent: breakers, retries and anything else that would hide what a plane said.

use super::{
    check::{Outcome, ProbeContext},
    measured::Measured,
};
use crate::{error::Error, guard::Guarded};
use control_plane::{Ask, Effect, Heard, KnownRoute, Manners, Purpose, Shown};
use domain::{AuditState, CheckStatus};
use std::{sync::Arc, time::Duration};
use tokio::sync::{Mutex, OnceCell};

/// Longest wait for a plane that has few requests left for a stranger.
const LONGEST_REST: Duration = Duration::from_secs(61);

const NO_MEASURES: &str = "It does not tell us its measurements.";

/// What the probes of one round see together.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Held while a request is on its way.
    turn: Mutex<()>,
    surface: OnceCell<Surface>,
    strangers: OnceCell<Walk>,
    impostors: OnceCell<Walk>,
    answer: OnceCell<Heard>,
    refusals: OnceCell<Refusals>,
    measured: OnceCell<Measured>,
    audit: OnceCell<AuditState>,
}

/// What is known of the plane before it is asked.
#[derive(Debug)]
pub(crate) struct Surface {
    pub(crate) routes: Vec<KnownRoute>,
    pub(crate) manners: Manners,
}

/// Every route that needs a credential, asked one after the other.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    pub(crate) heard: Vec<(KnownRoute, Heard)>,
    /// Routes that were not asked, because being let in would have acted.
    pub(crate) spared: usize,
    /// Why it ended before its end.
    pub(crate) ended: Option<String>,
}

/// Mistakes that were made on purpose, and what was said to each.
#[derive(Debug)]
pub(crate) struct Refusals {
    /// A path that is not there.
    pub(crate) path: Heard,
    /// A thing that is not there, where things are told one by one.
    pub(crate) thing: Option<Heard>,
    /// A method that the path does not take.
    pub(crate) method: Heard,
    /// A body that is not JSON, where one is taken.
    pub(crate) body: Option<Heard>,
    /// The list of runs, asked for by a stranger.
    pub(crate) stranger: Heard,
}

impl Refusals {
    /// Each with its name.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&'static str, &Heard)> {
        let some = [
            ("an unknown path", Some(&self.path)),
            ("an unknown thing", self.thing.as_ref()),
            ("a method that is not taken", Some(&self.method)),
            ("a body that is not JSON", self.body.as_ref()),
            ("a stranger", Some(&self.stranger)),
        ];
        some.into_iter().filter_map(|(name, heard)| Some((name, heard?)))
    }
}

/// Why there is nothing to judge.
#[derive(Debug)]
pub(crate) enum Silence {
    /// It could not be asked.
    Error(Error),
    /// It has nothing of the kind that could be asked.
    Nothing(&'static str),
}

impl From<Error> for Silence {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl Silence {
    pub(crate) fn outcome(&self, request: &str) -> Outcome {
        match self {
            Self::Error(error) => Outcome::unknown(request, error),
            Self::Nothing(why) => Outcome::new(CheckStatus::Unknown, request, "nothing", *why),
        }
    }
}

impl Surface {
    /// The route for this.
    pub(crate) fn at(&self, purpose: Purpose) -> Result<&KnownRoute, Silence> {
        let found = self.routes.iter().find(|route| route.purpose == purpose);
        found.ok_or(Silence::Nothing("This kind of plane has nothing of the kind that could be asked."))
    }

    /// The route for the cheapest question that we may ask as ourselves: who we are, or else the list of runs.
    pub(crate) fn cheapest(&self) -> Result<&KnownRoute, Silence> {
        self.at(Purpose::WhoAmI).or_else(|_| self.at(Purpose::List))
    }
}

impl ProbeContext<'_> {
    /// What is known of the plane before it is asked.
    pub(crate) async fn surface(&self) -> Result<&Surface, Silence> {
        self.seen.surface.get_or_try_init(|| self.look()).await
    }

    async fn look(&self) -> Result<Surface, Silence> {
        const NO_HTTP: Silence =
            Silence::Nothing("This plane is not spoken to by HTTP, so nothing can be asked of it so.");
        let port = self.port().await?;
        if port.manners().is_none() {
            // Some find out what they are when they are first asked.
            port.identity(self.call.context()).await?;
        }
        let manners = port.manners().ok_or(NO_HTTP)?;
        Ok(Surface { routes: port.routes(), manners })
    }

    /// Sends one request, when no other is on its way.
    pub(crate) async fn ask(&self, ask: &Ask) -> Result<Heard, Error> {
        let port: Arc<Guarded> = self.port().await?;
        let _turn = self.seen.turn.lock().await;
        port.ask(self.call.context(), ask).await
    }

    /// The answer to the cheapest question that we may ask.
    pub(crate) async fn answer(&self) -> Result<&Heard, Silence> {
        let ask = async || {
            let path = self.surface().await?.cheapest()?.path.clone();
            Ok(self.ask(&Ask::get(path, Shown::Ours)).await?)
        };
        self.seen.answer.get_or_try_init(ask).await
    }

    /// Every route that needs a credential, asked by somebody who shows nothing.
    pub(crate) async fn strangers(&self) -> Result<&Walk, Silence> {
        self.seen.strangers.get_or_try_init(|| self.walk(Shown::Nobody)).await
    }

    /// Every route that needs a credential and reads, asked with a made-up one.
    pub(crate) async fn impostors(&self) -> Result<&Walk, Silence> {
        self.seen.impostors.get_or_try_init(|| self.walk(Shown::Wrong)).await
    }

    async fn walk(&self, shown: Shown) -> Result<Walk, Silence> {
        let surface = self.surface().await?;
        let mut walk = Walk::default();
        for route in surface.routes.iter().filter(|route| route.needs_credential) {
            match route.effect {
                Effect::ActsAtOnce => walk.spared += 1,
                Effect::NeedsMore if shown != Shown::Nobody => {}
                Effect::NeedsMore | Effect::Reads => {
                    let heard = match self.ask(&Ask::of(route.method, route.path.clone(), shown)).await {
                        Ok(heard) => heard,
                        Err(error) => return Ok(Walk { ended: Some(error.to_string()), ..walk }),
                    };
                    let rest = rest(&heard);
                    walk.heard.push((route.clone(), heard));
                    match rest {
                        Some(rest) if rest <= LONGEST_REST => tokio::time::sleep(rest).await,
                        Some(_) => {
                            let ended = "the plane has few requests left for strangers".to_owned();
                            return Ok(Walk { ended: Some(ended), ..walk });
                        }
                        None => {}
                    }
                }
            }
        }
        Ok(walk)
    }

    /// What the plane measured.
    pub(crate) async fn measured(&self) -> Result<&Measured, Silence> {
        let ask = async || {
            let path = self.surface().await?.at(Purpose::Metrics)?.path.clone();
            let heard = self.ask(&Ask::get(path, Shown::Ours)).await?;
            if heard.is_success() { Ok(Measured::read(&heard.body)) } else { Err(Silence::Nothing(NO_MEASURES)) }
        };
        self.seen.measured.get_or_try_init(ask).await
    }

    /// How the audit of the plane stands.
    pub(crate) async fn audit(&self) -> Result<&AuditState, Silence> {
        let read = async || Ok(self.port().await?.verify_audit(self.call.context()).await?);
        self.seen.audit.get_or_try_init(read).await
    }

    /// Mistakes that were made on purpose.
    pub(crate) async fn refusals(&self) -> Result<&Refusals, Silence> {
        self.seen.refusals.get_or_try_init(|| self.err()).await
    }

    async fn err(&self) -> Result<Refusals, Silence> {
        let surface = self.surface().await?;
        let list = &surface.at(Purpose::List)?.path;
        let ours = Shown::Ours;
        let thing = match surface.at(Purpose::One) {
            Ok(route) => Some(self.ask(&Ask::get(route.path.clone(), ours)).await?),
            Err(_) => None,
        };
        let body = match surface.at(Purpose::TakesJson) {
            Ok(route) => Some(self.ask(&Ask::of("POST", route.path.clone(), ours).json("{\"broken\":")).await?),
            Err(_) => None,
        };
        Ok(Refusals {
            path: self.ask(&Ask::get(format!("{list}-never"), ours)).await?,
            thing,
            method: self.ask(&Ask::of("PUT", list.clone(), ours)).await?,
            body,
            stranger: self.ask(&Ask::get(list.clone(), Shown::Nobody)).await?,
        })
    }
}

/// How long a stranger should leave the plane alone after this answer, if at all.
fn rest(heard: &Heard) -> Option<Duration> {
    let number = |name: &str| {
        let said = heard.header(name).or_else(|| heard.header(&format!("x-{name}")));
        said.and_then(|value| value.trim().parse::<u64>().ok())
    };
    if heard.status == 429 {
        return Some(Duration::from_secs(
            heard.header("retry-after").and_then(|value| value.parse().ok()).unwrap_or(60),
        ));
    }
    let (limit, remaining) = (number("ratelimit-limit")?, number("ratelimit-remaining")?);
    (remaining.saturating_mul(10) < limit).then(|| Duration::from_secs(number("ratelimit-reset").unwrap_or(60)))
}
