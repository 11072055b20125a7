//! What the engine promises, tried on a real database with real processes: one module for each promise.

mod approval;
mod audit;
mod backup;
mod bounds;
mod breakers;
mod cancel;
mod documents;
#[cfg(test)]
mod fixture;
mod graph;
mod idempotency;
mod invariants;
mod lifecycle;
mod lists;
mod live;
mod migration;
mod recovery;
mod retry;
mod shutdown;
mod templates;
mod timeout;
mod usage;
