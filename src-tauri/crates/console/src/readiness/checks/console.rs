//! This console.

mod private_data;
mod updates;

pub(crate) use private_data::PrivateData;
pub(crate) use updates::Updates;
