//! The routes that the client calls, as a stranger sees them.
//!
//! The two dialects share paths; the functions answer to fewer of them.

use crate::surface::Dialect;
use control_plane::{Effect, KnownRoute, Manners, NEVER_GIVEN, Purpose};

/// A body of two megabytes is the most that NOFX means to take; its functions set no other bound.
pub(crate) const fn manners(dialect: Dialect) -> Manners {
    Manners { correlation: "x-correlation-id", page_limit: Some(dialect.window()), body_limit: 2 * 1024 * 1024 }
}

/// Where the functions answer that the client calls.
const OF_FUNCTIONS: &[&str] = &[
    "/health",
    "/runs",
    "/runs/preview",
    "/runs/{run}",
    "/runs/{run}/timeline",
    "/runs/{run}/gates",
    "/runs/{run}/steps/{step}/retry",
    "/builder/templates",
];

type Row = (&'static str, &'static str, Effect, bool, Purpose);

/// Method, path, what it could do, whether it should need a credential, what it is for.
const ROUTES: &[Row] = &[
    ("GET", "/health", Effect::Reads, false, Purpose::Live),
    ("GET", "/runs", Effect::Reads, true, Purpose::List),
    ("POST", "/runs", Effect::NeedsMore, true, Purpose::Other),
    ("POST", "/runs/preview", Effect::NeedsMore, true, Purpose::TakesJson),
    ("GET", "/runs/{run}", Effect::Reads, true, Purpose::One),
    ("GET", "/runs/{run}/timeline", Effect::Reads, true, Purpose::Other),
    ("GET", "/runs/{run}/gates", Effect::Reads, true, Purpose::Other),
    ("POST", "/runs/{run}/steps/{step}/retry", Effect::NeedsMore, true, Purpose::Other),
    ("POST", "/gates/{gate}/approve", Effect::NeedsMore, true, Purpose::Other),
    ("GET", "/dev/queue", Effect::Reads, true, Purpose::Other),
    ("GET", "/dev/dlq", Effect::Reads, true, Purpose::Other),
    ("POST", "/dev/dlq/rehydrate", Effect::ActsAtOnce, true, Purpose::Other),
    ("GET", "/builder/templates", Effect::Reads, true, Purpose::Other),
    ("GET", "/auth/me", Effect::Reads, true, Purpose::WhoAmI),
    ("GET", "/auth/api-keys", Effect::Reads, true, Purpose::Other),
    ("POST", "/auth/api-keys", Effect::NeedsMore, true, Purpose::Other),
    ("DELETE", "/auth/api-keys/{key}", Effect::NeedsMore, true, Purpose::Other),
    ("GET", "/teams", Effect::Reads, true, Purpose::Other),
    ("POST", "/teams", Effect::NeedsMore, true, Purpose::Other),
    ("GET", "/teams/{team}", Effect::Reads, true, Purpose::Other),
    ("PATCH", "/teams/{team}", Effect::NeedsMore, true, Purpose::Other),
    ("DELETE", "/teams/{team}", Effect::NeedsMore, true, Purpose::Other),
    ("GET", "/billing/plans", Effect::Reads, false, Purpose::Other),
    ("GET", "/billing/subscription", Effect::Reads, true, Purpose::Other),
    ("GET", "/billing/usage", Effect::Reads, true, Purpose::Other),
    ("POST", "/billing/checkout", Effect::NeedsMore, true, Purpose::Other),
    ("POST", "/billing/portal", Effect::ActsAtOnce, true, Purpose::Other),
    ("POST", "/billing/cancel", Effect::ActsAtOnce, true, Purpose::Other),
    ("POST", "/billing/resume", Effect::ActsAtOnce, true, Purpose::Other),
];

/// Every route that the client calls of this dialect.
pub(crate) fn all(dialect: Dialect) -> Vec<KnownRoute> {
    let is_served = |row: &&Row| dialect == Dialect::Express || OF_FUNCTIONS.contains(&row.1);
    ROUTES.iter().filter(is_served).map(known).collect()
}

fn known(&(method, template, effect, needs_credential, purpose): &Row) -> KnownRoute {
    let bare = KnownRoute { method, template, path: String::new(), effect, needs_credential, purpose };
    KnownRoute { path: bare.path_of(NEVER_GIVEN), ..bare }
}
