//! What a plane depends on.

mod breakers;
mod serving;

pub(crate) use breakers::Breakers;
pub(crate) use serving::Serving;
