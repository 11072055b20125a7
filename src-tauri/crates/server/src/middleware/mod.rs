//! What every request passes, one file per layer.

pub(crate) mod admit;
mod authenticate;
pub(crate) mod correlate;
pub(crate) mod host;
pub(crate) mod observe;
pub(crate) mod panic;
pub(crate) mod seal;
