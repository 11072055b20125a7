//! One function for each operation: read the request, ask the engine, answer. No rule about runs lives here.

pub(crate) mod api_keys;
pub(crate) mod audit;
pub(crate) mod billing;
pub(crate) mod breakers;
pub(crate) mod catalogue;
pub(crate) mod history;
pub(crate) mod plane;
pub(crate) mod queue;
pub(crate) mod runs;
pub(crate) mod sessions;
pub(crate) mod steps;
pub(crate) mod stream;
pub(crate) mod teams;
