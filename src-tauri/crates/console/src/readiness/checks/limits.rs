//! How often and how much may be asked of a plane.

mod body;
mod count_down;
mod left;
mod refusal;
mod strangers;
mod told;

pub(crate) use body::Body;
pub(crate) use count_down::CountDown;
pub(crate) use refusal::Refusal;
pub(crate) use strangers::Strangers;
pub(crate) use told::Told;
