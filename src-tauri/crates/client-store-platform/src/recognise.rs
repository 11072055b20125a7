//! Whether a store platform lives at an address.

use crate::{error::CORRELATION, plane::understood, wire::Root};
use client_http::{Call, Limits, Method, Wire};
use control_plane::CallContext;

/// What lives at this address and why it looks so, to be put after "this looks like"; none if it is something else or
/// nothing.
pub async fn recognise(base_url: &str, context: &CallContext, limits: Limits) -> Option<String> {
    let wire = Wire::tcp(base_url, CORRELATION, limits).ok()?;
    let answer = wire.ask(context, Call::whole(Method::GET, "/")).await.ok()?;
    let root: Root = understood(&answer, "the root").ok()?;
    root.endpoints.contains_key("stores").then(|| {
        format!(
            "the store platform, because its root calls itself {:?} and names an endpoint for stores",
            client_http::plain(&root.name)
        )
    })
}
