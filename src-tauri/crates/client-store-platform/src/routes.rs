//! The routes that the client calls, as a stranger sees them.
//!
//! The platform authenticates nobody; that its stores are for their owners alone is what it should see to.

use control_plane::{Effect, KnownRoute, Manners, NEVER_GIVEN, Purpose};

/// A body of a megabyte is the most that the platform means to take.
pub(crate) const MANNERS: Manners =
    Manners { correlation: "x-correlation-id", page_limit: Some(100), body_limit: 1024 * 1024 };

type Row = (&'static str, &'static str, Effect, bool, Purpose);

/// Method, path, what it could do, whether it should need a credential, what it is for.
const ROUTES: &[Row] = &[
    ("GET", "/health/live", Effect::Reads, false, Purpose::Live),
    ("GET", "/health/ready", Effect::Reads, false, Purpose::Ready),
    ("GET", "/", Effect::Reads, false, Purpose::WhoAmI),
    ("GET", "/api/stores", Effect::Reads, true, Purpose::List),
    ("POST", "/api/stores", Effect::NeedsMore, true, Purpose::TakesJson),
    ("GET", "/api/stores/{store}", Effect::Reads, true, Purpose::One),
    ("GET", "/api/stores/{store}/events", Effect::Reads, true, Purpose::Other),
    ("DELETE", "/api/stores/{store}", Effect::NeedsMore, true, Purpose::Other),
];

/// Every route that the client calls.
pub(crate) fn all() -> Vec<KnownRoute> {
    ROUTES.iter().map(known).collect()
}

fn known(&(method, template, effect, needs_credential, purpose): &Row) -> KnownRoute {
    let bare = KnownRoute { method, template, path: String::new(), effect, needs_credential, purpose };
    KnownRoute { path: bare.path_of(NEVER_GIVEN), ..bare }
}
