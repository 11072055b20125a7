//! The routes that the client calls, as a stranger sees them.

use control_plane::{Effect, KnownRoute, Manners, NEVER_GIVEN, Purpose};

/// Its lists have no pages. A body of 100 kB is the most that it means to take.
pub(crate) const MANNERS: Manners =
    Manners { correlation: "x-correlation-id", page_limit: None, body_limit: 100 * 1024 };

type Row = (&'static str, &'static str, Effect, bool, Purpose);

/// Method, path, what it could do, whether it should need a credential, what it is for.
const ROUTES: &[Row] = &[
    ("GET", "/api/health", Effect::Reads, false, Purpose::Live),
    ("GET", "/api/auth/me", Effect::Reads, true, Purpose::WhoAmI),
    ("GET", "/api/projects", Effect::Reads, true, Purpose::List),
    ("POST", "/api/projects", Effect::NeedsMore, true, Purpose::TakesJson),
    ("GET", "/api/projects/{project}", Effect::Reads, true, Purpose::One),
    ("GET", "/api/projects/{project}/status", Effect::Reads, true, Purpose::Other),
    ("GET", "/api/projects/{project}/events", Effect::Reads, true, Purpose::Other),
    ("GET", "/api/gates", Effect::Reads, true, Purpose::Other),
    ("POST", "/api/gates/{gate}/approve", Effect::NeedsMore, true, Purpose::Other),
    ("GET", "/api/proof-artifacts", Effect::Reads, true, Purpose::Other),
    ("POST", "/api/proof-artifacts", Effect::NeedsMore, true, Purpose::Other),
    ("GET", "/api/deliverables", Effect::Reads, true, Purpose::Other),
    ("POST", "/api/deliverables/{deliverable}/complete", Effect::NeedsMore, true, Purpose::Other),
    ("GET", "/api/tasks", Effect::Reads, true, Purpose::Other),
    ("GET", "/api/documents", Effect::Reads, true, Purpose::Other),
    ("GET", "/api/agents/history", Effect::Reads, true, Purpose::Other),
    ("GET", "/api/costs/project/{project}", Effect::Reads, true, Purpose::Other),
    ("GET", "/api/blockers", Effect::Reads, true, Purpose::Other),
    ("POST", "/api/blockers/{blocker}/resolve", Effect::NeedsMore, true, Purpose::Other),
    ("POST", "/api/agents/workflow/start", Effect::NeedsMore, true, Purpose::Other),
];

/// Every route that the client calls.
pub(crate) fn all() -> Vec<KnownRoute> {
    ROUTES.iter().map(known).collect()
}

fn known(&(method, template, effect, needs_credential, purpose): &Row) -> KnownRoute {
    let bare = KnownRoute { method, template, path: String::new(), effect, needs_credential, purpose };
    KnownRoute { path: bare.path_of(NEVER_GIVEN), ..bare }
}
