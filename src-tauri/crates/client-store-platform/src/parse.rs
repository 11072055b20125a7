//! Every parser of the crate behind one function, so that tests can run whatever was recorded, or made up, through them.

use crate::{
    plane::understood,
    translate,
    wire::{Deleted, EventList, Health, OneStore, Root, StoreList},
};
use client_http::Answer;
use control_plane::Error;
use domain::{Event, Run, RunId, RunSummary};

/// What an answer turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Parsed {
    /// Stores.
    Runs(Vec<RunSummary>),
    /// One store.
    Run(Box<Run>),
    /// What is told of a store.
    Events(Vec<Event>),
    /// A store that is on its way out.
    Deleted(String),
    /// What the platform says of itself.
    Words(String),
}

/// The meaning of an answer to this request; none if no question of ours is asked so.
pub fn answer(method: &str, path: &str, answer: &Answer) -> Option<Result<Parsed, Error>> {
    let path = path.split('?').next().unwrap_or_default().to_ascii_lowercase();
    let pieces: Vec<_> = path.split('/').filter(|piece| !piece.is_empty()).collect();
    Some(match (method, pieces.as_slice()) {
        ("GET", []) => understood::<Root>(answer, "the root").map(|root| Parsed::Words(root.version)),
        ("GET", ["health", ..]) => understood::<Health>(answer, "health").map(|health| Parsed::Words(health.status)),
        ("GET", ["api", "stores"]) => understood::<StoreList>(answer, "the list of stores")
            .and_then(|list| list.stores.iter().map(translate::summary).collect())
            .map(Parsed::Runs),
        ("POST", ["api", "stores"]) | ("GET", ["api", "stores", _]) => understood::<OneStore>(answer, "a store")
            .and_then(|one| translate::run(&one.store, &[]))
            .map(|run| Parsed::Run(Box::new(run))),
        ("DELETE", ["api", "stores", _]) => {
            understood::<Deleted>(answer, "a store").map(|deleted| Parsed::Deleted(deleted.store_id))
        }
        ("GET", ["api", "stores", id, "events"]) => understood::<EventList>(answer, "a store").map(|mut list| {
            list.events.sort_by_key(|row| row.id);
            Parsed::Events(translate::events(&RunId::new(*id), &list.events))
        }),
        _ => return None,
    })
}
