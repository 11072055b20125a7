//! The table of operations as a stranger sees it: where each is, and whether it is for everybody.

use control_plane::{Effect, KnownRoute, Manners, NEVER_GIVEN, Purpose};
use control_plane_api::{
    Method, Operation,
    paths::{CORRELATION_HEADER, fill},
};
use domain::PageRequest;

pub(crate) const MANNERS: Manners =
    Manners { correlation: CORRELATION_HEADER, page_limit: Some(PageRequest::MAX_LIMIT), body_limit: 1024 * 1024 };

/// Every route of the API.
pub(crate) fn all() -> Vec<KnownRoute> {
    Operation::ALL.iter().filter_map(|operation| known(*operation)).collect()
}

fn known(operation: Operation) -> Option<KnownRoute> {
    let values: Vec<_> = operation.parameters().map(|_| NEVER_GIVEN).collect();
    Some(KnownRoute {
        method: operation.method().as_str(),
        template: operation.path(),
        path: fill(operation.path(), &values)?,
        effect: effect(operation),
        needs_credential: !operation.is_open(),
        purpose: purpose(operation),
    })
}

const fn effect(operation: Operation) -> Effect {
    match (operation.method(), operation) {
        (Method::Get, _) => Effect::Reads,
        // Whoever is let in here has a session less.
        (_, Operation::SignOut | Operation::SignOutEverywhere) => Effect::ActsAtOnce,
        (Method::Post, _) => Effect::NeedsMore,
    }
}

const fn purpose(operation: Operation) -> Purpose {
    match operation {
        Operation::Live => Purpose::Live,
        Operation::Ready => Purpose::Ready,
        Operation::Identity => Purpose::WhoAmI,
        Operation::ListRuns => Purpose::List,
        Operation::GetRun => Purpose::One,
        Operation::Preview => Purpose::TakesJson,
        Operation::Metrics => Purpose::Metrics,
        Operation::OpenApi => Purpose::Document,
        _ => Purpose::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::all;
    use control_plane::{Effect, NEVER_GIVEN};
    use control_plane_api::Operation;

    #[test]
    fn every_operation_is_known_and_names_nothing_that_exists() {
        let routes = all();
        assert_eq!(routes.len(), Operation::ALL.len(), "none is left out");
        for route in &routes {
            assert!(!route.path.contains('{'), "{} is filled", route.name());
            assert_eq!(route.path, route.path_of(NEVER_GIVEN), "{} is filled with what was never given", route.name());
            assert_eq!(route.effect == Effect::Reads, route.method == "GET", "{}", route.name());
        }
    }
}
