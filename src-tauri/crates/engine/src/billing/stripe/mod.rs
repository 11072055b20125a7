//! A client for the HTTP API of Stripe, as far as subscriptions need it.
//!
//! Each attempt is sent once, within limits of time and size. A breaker stands round all of them, and what may pass is tried
//! again: that is safe, since whatever makes or changes something carries the idempotency key of the caller, under which
//! Stripe gives the same answer again instead of doing it twice. Deliberately absent: cards, invoices, prices that are made
//! here, and redirects. A person pays and looks after payments on the pages of Stripe.

mod acts;
mod call;
mod door;
mod error;
mod exchange;
mod prices;
mod reads;
#[cfg(test)]
mod tests;

pub use acts::Returns;
pub use door::StripeSettings;
pub use error::StripeError;

use crate::{
    billing::subscribed::is_id,
    tools::{
        ToolFailure,
        breakers::BreakerSet,
        web::{self, Redirects},
    },
};
use call::Call;
use door::Door;
use exchange::Failure;
use reliability::{
    Random,
    breaker::{CallError, Outcome},
    pipeline::PipelineError,
    retry::{Budget, Retry, RetryPolicy, Verdict},
};
use reqwest::Client;
use serde::de::DeserializeOwned;
use std::{sync::Arc, time::Duration};

/// Longest wait for the whole answer to one attempt.
const ATTEMPT: Duration = Duration::from_secs(30);

/// The account at Stripe.
#[derive(Debug)]
pub struct Stripe {
    door: Result<Door, StripeError>,
    client: Result<Client, ToolFailure>,
    breakers: Arc<BreakerSet>,
    retry: Retry,
    attempt: Duration,
}

impl Stripe {
    /// A way to Stripe. Settings that are of no use are found out at the first call, so that everything else works without.
    pub fn new(settings: &StripeSettings, breakers: Arc<BreakerSet>, policy: RetryPolicy, random: Random) -> Self {
        Self {
            door: Door::open(settings),
            client: web::client(Redirects::Shown),
            breakers,
            retry: Retry::new(policy, random).with_budget(Budget::standard()),
            attempt: ATTEMPT,
        }
    }

    /// Whether there are settings with which Stripe could be asked; says nothing about whether Stripe accepts them.
    pub const fn is_configured(&self) -> bool {
        self.door.is_ok()
    }

    /// Makes a call, again if that may help.
    async fn ask<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, StripeError> {
        let door = self.door.as_ref().map_err(Clone::clone)?;
        let unprepared = StripeError::NotConfigured { reason: "no secure connection can be made on this machine" };
        let client = self.client.as_ref().map_err(|_| unprepared)?;
        let pipeline = self.breakers.of_stripe().retry(self.retry.clone());
        let (call, breaker) = (&call, pipeline.breaker());
        let asked = pipeline
            .run(
                None,
                |_| async move {
                    let _state = self.breakers.called(breaker);
                    let sent = exchange::send(client, door, call, self.breakers.now());
                    tokio::time::timeout(self.attempt, sent).await.unwrap_or_else(|_| Err(Failure::late()))
                },
                |result| result.as_ref().map_or_else(|failure: &Failure| failure.outcome, |_| Outcome::Success),
                judge,
            )
            .await;
        asked.map_err(explain)
    }
}

fn judge(error: &CallError<Failure>) -> Verdict {
    match error {
        CallError::Inner(failure) => failure.verdict,
        CallError::TimedOut { .. } => Verdict::Retryable,
        // Whoever waits for an answer is told at once, rather than kept until the breaker probes.
        CallError::Rejected(_) => Verdict::NonRetryable,
    }
}

fn explain(error: PipelineError<Failure>) -> StripeError {
    match error {
        PipelineError::Failed { error: CallError::Inner(failure), .. } => failure.error,
        PipelineError::Failed { error: CallError::Rejected(rejection), .. } => {
            StripeError::Resting { retry_after: rejection.retry_after() }
        }
        PipelineError::Failed { error: CallError::TimedOut { .. }, .. } | PipelineError::DeadlinePassed => {
            Failure::late().error
        }
        PipelineError::Limited(limited) => StripeError::Resting { retry_after: Some(limited.retry_after) },
        PipelineError::Full(_) => StripeError::Resting { retry_after: None },
    }
}

/// An id that may be put into a path.
fn id<'a>(field: &'static str, text: &'a str) -> Result<&'a str, StripeError> {
    let rule = "must be an id of Stripe: letters, digits, underscores and hyphens";
    if is_id(text) { Ok(text) } else { Err(StripeError::Invalid { field, rule }) }
}

/// What an answer lacks that the API promises.
const fn lacks(what: &'static str) -> StripeError {
    StripeError::NotUnderstood { what, request_id: None }
}
