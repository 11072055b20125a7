//! What a readiness check is: facts that never change, and a probe that is run.

use super::{place::Place, seen::Seen};
use crate::{call::Call, core::Core, error::Error, guard::Guarded, link::Link};
use control_plane::Error as PlaneError;
use domain::{Breaker, CheckStatus};
use std::{sync::Arc, time::Duration};

/// A readiness check. One file each in `checks/`; the list, the terminal and the window come from the registry.
#[async_trait::async_trait]
pub(crate) trait Check: Send + Sync {
    /// What never changes about it.
    fn facts(&self) -> &'static Facts;

    /// Whether its question makes sense there; where it does not, it is not listed and costs nothing.
    fn applies(&self, _place: Place) -> bool {
        true
    }

    /// What asking costs the plane, which says when it may be asked.
    fn manner(&self) -> Manner {
        Manner::Looks
    }

    /// Asks, looks, and judges what it saw.
    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome;
}

/// What asking costs a plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// A few reads as ourselves, or none.
    Looks,
    /// Many requests, or requests that the plane must refuse and keeps in its audit.
    Knocks,
    /// It writes under a name of its own and cleans up, or uses a limit up. Only when somebody names it, and never where the
    /// connection only reads.
    Writes,
}

impl Manner {
    /// How long the probe may take.
    pub(crate) const fn patience(self) -> Duration {
        match self {
            Self::Looks => Duration::from_secs(10),
            // A plane that counts strangers by the minute is waited for.
            Self::Knocks => Duration::from_mins(3),
            Self::Writes => Duration::from_secs(30),
        }
    }

    /// How often the schedule asks; `None` for never.
    pub(crate) const fn every(self) -> Option<Duration> {
        match self {
            Self::Looks => Some(Duration::ZERO),
            Self::Knocks => Some(Duration::from_hours(24)),
            Self::Writes => None,
        }
    }

    /// Age after which its evidence says nothing any more; `usual` is that of what is asked all the time.
    pub(crate) fn valid(self, usual: Duration) -> Duration {
        match self {
            Self::Looks => usual,
            // One round of the schedule more, so that it does not lapse while it is asked again.
            Self::Knocks => Duration::from_hours(24) + usual,
            Self::Writes => Duration::from_hours(7 * 24),
        }
    }
}

/// What never changes about a check.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) proves: &'static str,
    pub(crate) subject: Subject,
    pub(crate) remedy: &'static str,
    pub(crate) owner: &'static str,
}

/// What a check looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A control plane.
    Plane,
    /// Who gets into it, and how.
    Access,
    /// How often and how much may be asked of it.
    Limits,
    /// Whether it answers as it says that it does.
    Contract,
    /// What waits there and what carries it out.
    Work,
    /// What it keeps.
    Data,
    /// What it depends on.
    Providers,
    /// This console.
    Console,
}

impl Subject {
    pub(crate) const fn group(self) -> &'static str {
        match self {
            Self::Plane => "Control plane",
            Self::Access => "Access",
            Self::Limits => "Limits",
            Self::Contract => "Contract",
            Self::Work => "Queue and workers",
            Self::Data => "Data and recovery",
            Self::Providers => "Providers",
            Self::Console => "Console",
        }
    }
}

/// What a probe may use.
pub(crate) struct ProbeContext<'a> {
    pub(crate) core: &'a Core,
    pub(crate) call: &'a Call,
    pub(crate) link: &'a Link,
    /// The breakers of this console as they were before any probe: a check of the plane may open one.
    pub(crate) breakers: &'a [Breaker],
    /// What probes of this round have seen already and others judge, too.
    pub(crate) seen: &'a Seen,
}

impl ProbeContext<'_> {
    pub(crate) async fn port(&self) -> Result<Arc<Guarded>, Error> {
        self.link.port(self.core).await
    }
}

/// What a probe saw and what that means.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: CheckStatus,
    pub(crate) request: String,
    pub(crate) answer: String,
    pub(crate) finding: String,
}

impl Outcome {
    pub(crate) fn new(
        status: CheckStatus,
        request: &str,
        answer: impl Into<String>,
        finding: impl Into<String>,
    ) -> Self {
        Self { status, request: request.to_owned(), answer: answer.into(), finding: finding.into() }
    }

    /// The probe got no answer, so nothing is known.
    pub(crate) fn unknown(request: &str, error: &Error) -> Self {
        if let Error::Plane(PlaneError::Unsupported { reason }) = error {
            return Self::new(CheckStatus::Unknown, request, "nothing", format!("It cannot be asked: {reason}."));
        }
        Self::new(CheckStatus::Unknown, request, error.to_string(), "There was no answer to judge.")
    }
}
