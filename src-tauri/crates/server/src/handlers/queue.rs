//! The work queue and what fell out of it.

use crate::{
    grant::Grant,
    query::Parameters,
    reply::{Answer, Reply},
    serve::Server,
};
use axum::{Extension, extract::State, http::Uri};
use control_plane_api::{
    Operation,
    request::{DeadLetterReply, QueueReply},
};
use domain::Page;

pub(crate) async fn facts(State(server): State<Server>, Extension(grant): Extension<Grant>) -> Answer<QueueReply> {
    let facts = server.engine().queue(&grant.scope).await?;
    Ok(Reply(QueueReply {
        depth: facts.depth,
        oldest_queued_ms: facts.oldest_queued_ms,
        running: facts.running,
        slots: facts.slots,
        dead_letters: facts.dead_letters,
    }))
}

pub(crate) async fn dead_letters(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    uri: Uri,
) -> Answer<Page<DeadLetterReply>> {
    let mut parameters = Parameters::read(&uri, Operation::DeadLetters.queries())?;
    let page = parameters.page();
    parameters.finish()?;
    let page = server.engine().dead_letters(&grant.scope, &page).await?;
    let items = page.items.into_iter().map(|letter| DeadLetterReply {
        run_id: letter.run_id,
        step_id: letter.step_id,
        step: letter.step,
        failure: letter.failure,
        at: letter.at,
    });
    Ok(Reply(Page { items: items.collect(), next: page.next }))
}
