//! Claims a scope, runs the handler, stores the response, in that order.

use super::{
    error::Refused,
    key::{Fingerprint, Scope},
    policy::IdempotencyPolicy,
    port::Store,
    state::{Phase, Record, Step, later, step},
};
use crate::random::Random;
use rand::RngCore;
use std::time::SystemTime;

/// Carries requests out once.
#[derive(Debug, Clone)]
pub struct Idempotency<S> {
    policy: IdempotencyPolicy,
    store: S,
    random: Random,
}

/// A response, and where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply<R> {
    /// The response.
    pub response: R,
    /// Whether it was stored by an earlier request, and the handler did not run.
    pub replayed: bool,
    /// Whether the next request with this key gets it as well. False if it was not to be kept, or could not be stored.
    pub stored: bool,
}

/// How often a claim is tried when others change the record at the same instant.
const CLAIMS: u32 = 8;

impl<S> Idempotency<S> {
    /// Over a store. `random` makes the tokens that tell claims apart; a seeded source repeats them after a restart.
    pub const fn new(policy: IdempotencyPolicy, store: S, random: Random) -> Self {
        Self { policy, store, random }
    }

    /// Its store.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// Carries out the request `fingerprint` of `scope`, or replays its response. `wall` reads the wall clock; `keep` says
    /// whether a response is final. A handler that panics or is dropped leaves its claim until the lease ends.
    ///
    /// # Errors
    /// [`Refused`], and the handler did not run.
    pub async fn run<R, Handler, Handling>(
        &self,
        scope: &Scope,
        fingerprint: Fingerprint,
        wall: impl Fn() -> SystemTime,
        handler: Handler,
        keep: impl FnOnce(&R) -> bool,
    ) -> Result<Reply<R>, Refused<S::Error>>
    where
        R: Clone,
        S: Store<R>,
        Handler: FnOnce() -> Handling,
        Handling: Future<Output = R>,
    {
        let token = match self.claim(scope, fingerprint, &wall).await? {
            Claimed::Mine { token } => token,
            Claimed::Replay(response) => return Ok(Reply { response, replayed: true, stored: true }),
        };
        let response = handler().await;
        // A new token, so that whoever has read the claim meanwhile cannot take this for it.
        let answered = self.random.with(RngCore::next_u64) >> 1;
        let kept = keep(&response).then(|| Record {
            token: answered,
            fingerprint,
            phase: Phase::Done(response.clone()),
            ends: later(wall(), self.policy.retention),
        });
        let keeps = kept.is_some();
        // The work is done, so its caller gets the answer even if the store does not; the lease then ends the claim.
        let stored = match self.store.replace(scope, Some(token), kept).await {
            Ok(mine) => mine && keeps,
            Err(error) => {
                tracing::warn!(%error, "a response could not be stored under its idempotency key");
                false
            }
        };
        Ok(Reply { response, replayed: false, stored })
    }

    async fn claim<R>(
        &self,
        scope: &Scope,
        fingerprint: Fingerprint,
        wall: &impl Fn() -> SystemTime,
    ) -> Result<Claimed<R>, Refused<S::Error>>
    where
        S: Store<R>,
    {
        for _ in 0..CLAIMS {
            let found = self.store.load(scope).await.map_err(Refused::Store)?;
            let expected = found.as_ref().map(|record| record.token);
            let token = self.random.with(RngCore::next_u64) >> 1;
            match step(&self.policy, found, fingerprint, token, wall()) {
                Step::Replay(response) => return Ok(Claimed::Replay(response)),
                Step::InFlight { retry_after } => return Err(Refused::InFlight { retry_after }),
                Step::AnotherRequest => return Err(Refused::AnotherRequest),
                Step::Claim(record) => {
                    if self.store.replace(scope, expected, Some(record)).await.map_err(Refused::Store)? {
                        return Ok(Claimed::Mine { token });
                    }
                }
            }
        }
        Err(Refused::InFlight { retry_after: self.policy.ask_again })
    }
}

/// What became of a claim.
enum Claimed<R> {
    Mine { token: u64 },
    Replay(R),
}
