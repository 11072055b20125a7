//! The queue and its dead letters.
//!
//! This part of NOFX answers 50 calls in a quarter of an hour, and a look at the queue takes two. So what was read is told
//! again for a while.

use crate::{NofxClient, judge, reading, surface::Door};
use client_http::Call;
use control_plane::{CallContext, Error};
use domain::{Action, DeadLetter, Queue};
use serde_json::json;
use std::time::{Duration, Instant};

/// How long what was read is told again: 40 calls in a quarter of an hour, which leaves some for acts and for lists.
const KEPT_FOR: Duration = Duration::from_secs(45);
/// Dead letters that are told with the queue.
const NEWEST: usize = 50;

/// A queue that was read, and when.
#[derive(Debug)]
pub(crate) struct Kept {
    queue: Queue,
    at: Instant,
}

/// What a list of dead letters tells.
#[derive(Debug)]
pub(crate) struct DeadLetters {
    /// How many deaths there were.
    count: u64,
    /// The steps that died, each once.
    pub(crate) letters: Vec<DeadLetter>,
}

impl NofxClient {
    pub(crate) async fn read_queue(&self, context: &CallContext) -> Result<Queue, Error> {
        let kept =
            self.queue.lock().as_ref().filter(|kept| kept.at.elapsed() < KEPT_FOR).map(|kept| kept.queue.clone());
        if let Some(queue) = kept {
            return Ok(queue);
        }
        let mut queue =
            reading::queue(&self.wire.try_asking(context, Call::get(&["dev", "queue"]), "the queue").await?)?;
        if self.surface.read().dead_letters == Door::Open {
            let dead = self.read_dead_letters(context).await?;
            queue.dead_letters = Some(dead.count);
            queue.newest_dead = dead.letters.into_iter().take(NEWEST).collect();
        }
        *self.queue.lock() = Some(Kept { queue: queue.clone(), at: Instant::now() });
        Ok(queue)
    }

    pub(crate) async fn read_dead_letters(&self, context: &CallContext) -> Result<DeadLetters, Error> {
        self.require(context, Action::DeadLetters).await?;
        let answer = self.wire.try_asking(context, Call::get(&["dev", "dlq"]), "the dead letters").await?;
        Ok(DeadLetters { count: reading::dead_letter_count(&answer)?, letters: reading::dead_letters(&answer)? })
    }

    pub(crate) async fn put_back(&self, context: &CallContext, at_most: u32) -> Result<u64, Error> {
        let call = Call::post(&["dev", "dlq", "rehydrate"]).json(&json!({ "max": judge::letters(at_most)? }))?;
        let answer = self.wire.try_asking(context, call, "the dead letters").await?;
        *self.queue.lock() = None;
        reading::requeued(&answer)
    }
}
