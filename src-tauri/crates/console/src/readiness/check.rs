//! What a readiness check is: facts that never change, and a probe that is run.

use crate::{call::Call, core::Core, error::Error, guard::Guarded, link::Link, pace::Pace, parts::SyncMode};
use domain::{Breaker, CheckStatus};
use std::{sync::Arc, time::Duration};

/// A readiness check. One file each in `checks/`; the list, the terminal and the window come from the registry.
#[async_trait::async_trait]
pub(crate) trait Check: Send + Sync {
    /// What never changes about it.
    fn facts(&self) -> &'static Facts;

    /// Whether it can be judged in such a console at all; one that cannot is not listed.
    fn applies(&self, _mode: SyncMode) -> bool {
        true
    }

    /// How long its evidence proves something: three rounds of the schedule unless it runs only when asked.
    fn fresh_for(&self, pace: &Pace) -> Duration {
        pace.evidence_valid
    }

    /// Asks, looks, and judges what it saw.
    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome;
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
    /// This console.
    Console,
}

impl Subject {
    pub(crate) const fn group(self) -> &'static str {
        match self {
            Self::Plane => "Control plane",
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
        Self::new(CheckStatus::Unknown, request, error.to_string(), "There was no answer to judge.")
    }
}
