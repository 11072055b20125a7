//! The one table of the API: every operation with its method, path and summary.
//!
//! The server matches on [`Operation`] to find a handler, and the document matches on it to find the shapes, so an
//! operation can be neither served without being documented nor documented without being served.

use crate::paths;

/// The HTTP methods that the API uses. `HEAD` is answered wherever `GET` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads; changes nothing.
    Get,
    /// Acts.
    Post,
}

impl Method {
    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

macro_rules! operations {
    ($(#[doc = $summary:literal] $variant:ident = $method:ident $path:ident $id:literal;)+) => {
        /// One operation of the API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Operation { $(#[doc = $summary] $variant),+ }

        impl Operation {
            /// Every operation.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its method.
            pub const fn method(self) -> Method {
                match self { $(Self::$variant => Method::$method),+ }
            }

            /// Its path, with parameters in braces.
            pub const fn path(self) -> &'static str {
                match self { $(Self::$variant => paths::$path),+ }
            }

            /// Its stable name in the document.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id),+ }
            }

            /// What it does, one sentence.
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$variant => $summary.trim_ascii()),+ }
            }
        }
    };
}

operations! {
    /// Whether the process can answer at all.
    Live = Get HEALTH_LIVE "health_live";
    /// Whether the plane can do its work now.
    Ready = Get HEALTH_READY "health_ready";
    /// Measurements as Prometheus text.
    Metrics = Get METRICS "metrics";
    /// This document.
    OpenApi = Get OPENAPI "openapi";
    /// Who the plane is and who the caller is.
    Identity = Get IDENTITY "identity";
    /// What a plan would do, or every reason why it is refused.
    Preview = Post PREVIEW "preview_run";
    /// Runs, newest first, paged by key.
    ListRuns = Get RUNS "list_runs";
    /// Starts a run.
    CreateRun = Post RUNS "create_run";
    /// One run with its steps.
    GetRun = Get RUN "get_run";
    /// Events of a run, oldest first, resumed by sequence number.
    RunEvents = Get RUN_EVENTS "list_run_events";
    /// Log lines of a run, oldest first, resumed by sequence number.
    RunLogs = Get RUN_LOGS "list_run_logs";
    /// Live events and log lines of one run.
    RunStream = Get RUN_STREAM "stream_run";
    /// Asks for a run to stop; answers as soon as that is recorded.
    CancelRun = Post RUN_CANCEL "cancel_run";
    /// Tries a step again that ended badly.
    RetryStep = Post STEP_RETRY "retry_step";
    /// Decides an open gate with yes.
    ApproveGate = Post GATE_APPROVE "approve_gate";
    /// Decides an open gate with no.
    RejectGate = Post GATE_REJECT "reject_gate";
    /// Live events and log lines of all runs.
    Stream = Get STREAM "stream";
    /// Every template.
    Templates = Get TEMPLATES "list_templates";
    /// The plan that a template makes of these values.
    FillTemplate = Post TEMPLATE_FILL "fill_template";
    /// Every breaker of the plane.
    Breakers = Get BREAKERS "list_breakers";
    /// Closes a breaker by hand.
    ResetBreaker = Post BREAKER_RESET "reset_breaker";
    /// Steps that nothing will try again by itself, newest first.
    DeadLetters = Get DEAD_LETTERS "list_dead_letters";
    /// Depth and age of the work queue.
    Queue = Get QUEUE "queue";
    /// Tools that plans may name.
    Tools = Get TOOLS "list_tools";
    /// Every valid token, without its secret. Answered over the local socket only.
    Tokens = Get TOKENS "list_tokens";
    /// Makes a token and shows its secret, this once. Answered over the local socket only.
    CreateToken = Post TOKENS "create_token";
    /// Makes a token invalid at once and for ever; answers with those that are left. Over the local socket only.
    RevokeToken = Post TOKEN_REVOKE "revoke_token";
}

impl Operation {
    /// Whether it is answered without a credential: only what tells an orchestrator that the process is up.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Live | Self::Ready)
    }

    /// The operation behind a path as the router knows it, and a method. `HEAD` counts as `GET`.
    pub fn find(method: &str, path: &str) -> Option<Self> {
        let method = if method == "HEAD" { "GET" } else { method };
        Self::ALL.iter().copied().find(|entry| entry.path() == path && entry.method().as_str() == method)
    }

    /// The names of the parameters in its path, in order.
    pub fn parameters(self) -> impl Iterator<Item = &'static str> {
        self.path().split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }
}

#[cfg(test)]
mod tests {
    use super::Operation;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_operations_share_a_name_or_a_place() {
        let names: BTreeSet<_> = Operation::ALL.iter().map(|entry| entry.id()).collect();
        assert_eq!(names.len(), Operation::ALL.len(), "names are unique");
        let places: BTreeSet<_> = Operation::ALL.iter().map(|entry| (entry.method().as_str(), entry.path())).collect();
        assert_eq!(places.len(), Operation::ALL.len(), "a method and a path mean one thing");
    }

    #[test]
    fn an_operation_is_found_by_its_place() {
        for entry in Operation::ALL {
            assert_eq!(Operation::find(entry.method().as_str(), entry.path()), Some(*entry), "{} is found", entry.id());
        }
        assert_eq!(Operation::find("HEAD", crate::paths::RUNS), Some(Operation::ListRuns), "HEAD reads like GET");
        assert_eq!(Operation::find("DELETE", crate::paths::RUNS), None, "what is not served is not found");
        let names: Vec<_> = Operation::RetryStep.parameters().collect();
        assert_eq!(names, ["run", "step"], "parameters come in order");
    }
}
