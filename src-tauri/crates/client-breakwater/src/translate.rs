//! Replies that are not nouns of the domain, as the port wants them.

use control_plane::{Error, PlaneFacts, PlaneIdentity};
use control_plane_api::request::{DeadLetterReply, IdentityReply, LiveReply, QueueReply, ReadyReply};
use domain::{DeadLetter, Page, Queue};

/// The name by which a server of our own API makes itself known.
const PRODUCT: &str = "breakwater";

/// Who the plane is; fails if it is something else that happens to answer.
pub(crate) fn identity(reply: IdentityReply) -> Result<PlaneIdentity, Error> {
    if reply.product != PRODUCT {
        return Err(Error::Incompatible {
            detail: "expected a Breakwater control plane, found another product".to_owned(),
        });
    }
    Ok(PlaneIdentity {
        version: reply.version,
        principal: Some(reply.principal),
        may: reply.may,
        teams: reply.teams,
        server_time: Some(reply.server_time),
        credential_ends: reply.credential_ends,
    })
}

/// Joins the three probes. Only a plane that cannot be asked at all is an error; each probe keeps its own outcome.
pub(crate) fn facts(
    live: Result<LiveReply, Error>,
    ready: Result<ReadyReply, Error>,
    queue: Result<QueueReply, Error>,
) -> Result<PlaneFacts, Error> {
    if let Err(error @ (Error::Unreachable { .. } | Error::TimedOut)) = live {
        return Err(error);
    }
    let queue = queue.ok();
    Ok(PlaneFacts {
        live: live.map(|reply| format!("200 {}", reply.status)),
        ready: ready.map(|reply| {
            let facts: Vec<_> = reply.facts.into_iter().map(|fact| format!("{}: {}", fact.name, fact.detail)).collect();
            format!("200 {}", facts.join("; "))
        }),
        queue_depth: queue.as_ref().map(|queue| queue.depth),
        oldest_queued_ms: queue.as_ref().and_then(|queue| queue.oldest_queued_ms),
        dead_letters: queue.as_ref().map(|queue| queue.dead_letters),
    })
}

/// The queue, with the newest of its dead letters.
pub(crate) fn queue(reply: &QueueReply, dead: Page<DeadLetter>) -> Queue {
    Queue {
        waiting: Some(reply.depth),
        oldest_ms: reply.oldest_queued_ms,
        dead_letters: Some(reply.dead_letters),
        newest_dead: dead.items,
        ..Queue::default()
    }
}

/// Dead letters, page by page.
pub(crate) fn dead_letters(page: Page<DeadLetterReply>) -> Page<DeadLetter> {
    let items = page.items.into_iter().map(|letter| DeadLetter {
        run_id: letter.run_id,
        step_id: letter.step_id,
        step: letter.step,
        failure: letter.failure,
        at: letter.at,
    });
    Page { items: items.collect(), next: page.next }
}

#[cfg(test)]
mod tests {
    use super::{facts, identity};
    use control_plane::Error;
    use control_plane_api::request::{IdentityReply, LiveReply};
    use domain::Timestamp;

    #[test]
    fn another_product_is_not_taken_for_ours() {
        let reply = IdentityReply {
            product: "other".to_owned(),
            version: "1".to_owned(),
            principal: "me".to_owned(),
            may: Vec::new(),
            teams: Vec::new(),
            server_time: Timestamp::from_millis(0),
            credential_ends: None,
        };
        assert!(matches!(identity(reply), Err(Error::Incompatible { .. })), "the product is part of the protocol");
    }

    #[test]
    fn facts_fail_only_when_nothing_could_be_asked() {
        let down = || Error::Unreachable { detail: "connection refused".to_owned() };
        assert_eq!(facts(Err(down()), Err(down()), Err(down())), Err(down()), "nothing could be asked");
        let unready = Error::Unavailable { status: 503, correlation_id: None };
        let live = Ok(LiveReply { status: "alive".to_owned() });
        let found = facts(live, Err(unready.clone()), Err(Error::Unauthorised)).expect("the plane was asked");
        assert_eq!(found.live, Ok("200 alive".to_owned()), "what answered is kept");
        assert_eq!(found.ready, Err(unready), "what did not is kept too");
        assert_eq!(found.queue_depth, None, "what is not known is not made up");
    }
}
