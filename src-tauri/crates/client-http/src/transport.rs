//! What it means when no whole answer arrives.

use control_plane::Error;
use std::error::Error as _;

/// No connection, or one that broke.
pub(crate) fn transport(error: &reqwest::Error) -> Error {
    if error.is_timeout() && !error.is_connect() {
        return Error::TimedOut;
    }
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(cause) = cause.downcast_ref::<hyper::Error>()
            && cause.is_parse()
        {
            return incompatible("expected HTTP, found something else");
        }
        if let Some(cause) = cause.downcast_ref::<std::io::Error>()
            && cause.get_ref().is_none_or(|inner| !inner.is::<hyper::Error>())
        {
            return Error::Unreachable { detail: cause.kind().to_string() };
        }
        source = cause.source();
    }
    let detail = match () {
        () if error.is_connect() && error.is_timeout() => "no connection in time",
        () if error.is_connect() => "no connection could be made",
        () => "the connection broke before the answer was complete",
    };
    Error::Unreachable { detail: detail.to_owned() }
}

/// Not the protocol that we speak.
pub fn incompatible(detail: impl Into<String>) -> Error {
    Error::Incompatible { detail: detail.into() }
}
