//! Whether a plane answers as it says that it does.

mod correlation;
mod document;
mod envelope;
mod feed;
mod idempotency;
mod malformed;
mod media_type;
mod method;
mod no_internals;
mod not_found;
mod open_probes;
mod page_bounds;
mod pages;
mod ready_parts;

pub(crate) use correlation::Correlation;
pub(crate) use document::Document;
pub(crate) use envelope::Envelope;
pub(crate) use feed::Feed;
pub(crate) use idempotency::Idempotency;
pub(crate) use malformed::Malformed;
pub(crate) use media_type::Types;
pub(crate) use method::Method;
pub(crate) use no_internals::NoInternals;
pub(crate) use not_found::NotFound;
pub(crate) use open_probes::OpenProbes;
pub(crate) use page_bounds::PageBounds;
pub(crate) use pages::Pages;
pub(crate) use ready_parts::ReadyParts;
