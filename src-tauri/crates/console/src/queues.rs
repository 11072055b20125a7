//! Queues of planes and their dead letters.

use crate::{
    acts::{Deed, record},
    call::Call,
    core::Core,
    error::Error,
    guard::Guarded,
    runs::act::reason,
    told::{self, Topic},
    view::{RequeueDeadLetters, Told},
};
use cache::Noun;
use domain::{Action, Queue};
use futures::{FutureExt as _, future::BoxFuture};
use std::sync::Arc;

const QUEUE: Topic = Topic { noun: Noun::Queue, subject: String::new(), needs: Action::Queue };

fn ask(port: Arc<Guarded>, call: Call, _: String) -> BoxFuture<'static, Result<Queue, Error>> {
    async move { port.queue(call.context()).await }.boxed()
}

/// The queue of every connection; of one that shows none, why not.
pub(crate) async fn list(core: &Arc<Core>, call: &Call) -> Result<Vec<Told<Queue>>, Error> {
    told::everywhere(core, call, &QUEUE, ask).await
}

/// Puts dead letters back into the queue.
pub(crate) async fn requeue(core: &Arc<Core>, call: &Call, request: RequeueDeadLetters) -> Result<Told<Queue>, Error> {
    let reason = reason(&request.reason)?;
    if !(1..=500).contains(&request.at_most) {
        let rule = "1 to 500 dead letters are put back at once";
        return Err(Error::invalid("at_most", "range", rule, "Give a number from 1 to 500."));
    }
    let link = core.link(&request.connection)?;
    let deed = Deed::new("requeue_dead_letters", &link, format!("at most {}", request.at_most), Some(reason));
    record(core, call, &link, deed, async |deed| {
        let port = link.port(core).await?;
        let count = port.requeue_dead_letters(call.context(), request.at_most).await?;
        deed.target = format!("{count} dead letters");
        Ok(())
    })
    .await?;
    told::after_act(core, call, &link, QUEUE, ask).await
}
