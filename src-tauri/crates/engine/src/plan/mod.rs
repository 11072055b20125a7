//! Reading plans: from text to a document, from a document to a plan, with every fault at once.
//!
//! Two dialects come in and one [`domain::Plan`] goes out: our own, and that of NOFX, where steps are ordered through
//! `inputs._dependsOn`. Of its policy, `tools_allowed` and `env_allowed` hold here too; `secrets_scope` is kept in the
//! metadata and has no effect, since a step is given only the secrets that it names. A plan that went out, as JSON, can come in again. Nothing is executed or stored here, and no file
//! is opened: what is judged is the document alone, in time linear in its size.

mod document;
mod graph;
mod json;
mod nofx;
mod step;
mod text;

pub(crate) use document::is_deeper_than;
pub use document::read;
pub use json::{JsonError, parse_json};
pub(crate) use json::{has_reserved_name, is_reserved};
pub(crate) use step::{MAX_TIMEOUT, not_dependencies, over_timeout};
pub use text::{MAX_BYTES, parse_text};

/// Most steps of a plan.
pub const MAX_STEPS: usize = 1_000;
/// Most levels of lists and objects inside each other.
pub const MAX_DEPTH: usize = 64;
/// Most faults that are listed; how many more there are is stated.
const MAX_FAULTS: usize = 2_000;

#[cfg(test)]
mod tests;
