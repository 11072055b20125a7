//! The one table of the API: every operation with its method, path and summary, what it needs and which limit it counts in.
//!
//! The server matches on [`Operation`] to find a handler, and the document matches on it to find the shapes, so an
//! operation can be neither served without being documented nor documented without being served.

use crate::{
    access::{
        Need::{self, InTeam, Known, Nothing, OnPlane, Owner, Session},
        Tier,
    },
    paths,
};
use domain::Permission::{Admin, Read, Write};

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
    ($(#[doc = $summary:literal] $variant:ident = $method:ident $path:ident $id:literal, $need:expr, $tier:ident;)+) => {
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

            /// What a caller must be.
            pub const fn need(self) -> Need {
                match self { $(Self::$variant => $need),+ }
            }

            /// Which limit it counts in.
            pub const fn tier(self) -> Tier {
                match self { $(Self::$variant => Tier::$tier),+ }
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
    Live = Get HEALTH_LIVE "health_live", Nothing, Open;
    /// Whether the plane can do its work now.
    Ready = Get HEALTH_READY "health_ready", Nothing, Open;
    /// Measurements as Prometheus text.
    Metrics = Get METRICS "metrics", OnPlane(Read), General;
    /// This document.
    OpenApi = Get OPENAPI "openapi", Known, General;
    /// Who the plane is, who the caller is, and what the caller may do where.
    Identity = Get IDENTITY "identity", Known, General;
    /// Begins a session with an e-mail address and a password.
    SignIn = Post SESSIONS "sign_in", Nothing, SignIn;
    /// How people can sign in here.
    WaysIn = Get SESSION_WAYS "ways_in", Nothing, Open;
    /// Begins a sign-in at the identity provider, in the browser of the system.
    BeginBrowserSignIn = Post SESSION_BROWSER "begin_browser_sign_in", Nothing, SignIn;
    /// Finishes a sign-in at the identity provider and begins a session.
    FinishBrowserSignIn = Post SESSION_BROWSER_FINISH "finish_browser_sign_in", Nothing, SignIn;
    /// Exchanges a refresh token for new tokens, once.
    RefreshSession = Post SESSION_REFRESH "refresh_session", Nothing, SignIn;
    /// Ends the caller's session.
    SignOut = Post SESSION_END "sign_out", Session, General;
    /// Ends every session of the caller.
    SignOutEverywhere = Post SESSION_END_ALL "sign_out_everywhere", Session, General;
    /// Takes an invitation up and begins a session.
    AcceptInvitation = Post INVITATION_ACCEPT "accept_invitation", Nothing, SignIn;
    /// Teams of the caller.
    Teams = Get TEAMS "list_teams", Known, General;
    /// Founds a team; a person who does owns it.
    CreateTeam = Post TEAMS "create_team", OnPlane(Write), Admin;
    /// Who is in a team and who is invited.
    TeamPeople = Get TEAM "get_team", InTeam(Read), General;
    /// Gives a team another name.
    RenameTeam = Post TEAM_RENAME "rename_team", InTeam(Admin), Admin;
    /// Deletes a team that has no open runs.
    DeleteTeam = Post TEAM_DELETE "delete_team", Owner, Admin;
    /// Leaves a team.
    LeaveTeam = Post TEAM_LEAVE "leave_team", InTeam(Read), General;
    /// Gives a team to another member.
    TransferTeam = Post TEAM_TRANSFER "transfer_team", Owner, Admin;
    /// Invites somebody; shows what they accept with, this once.
    InviteMember = Post TEAM_INVITATIONS "invite_member", InTeam(Admin), Admin;
    /// Takes an invitation back.
    CancelInvitation = Post INVITATION_CANCEL "cancel_invitation", InTeam(Admin), Admin;
    /// Gives a member another role.
    ChangeRole = Post MEMBER_ROLE "change_role", InTeam(Admin), Admin;
    /// Lets a member do more or less than the role allows.
    SetPermissions = Post MEMBER_PERMISSIONS "set_permissions", InTeam(Admin), Admin;
    /// Removes a member.
    RemoveMember = Post MEMBER_REMOVE "remove_member", InTeam(Admin), Admin;
    /// What a team used, how its subscription stands, and what can be subscribed to.
    TeamBilling = Get TEAM_BILLING "get_billing", InTeam(Read), General;
    /// Opens the page where a price is paid for; the same price has one page a day.
    Checkout = Post BILLING_CHECKOUT "open_checkout", InTeam(Admin), Expensive;
    /// Opens the page where payments are looked after.
    BillingPortal = Post BILLING_PORTAL "open_billing_portal", InTeam(Admin), Expensive;
    /// Ends the subscription of a team, with the period that is paid for or at once.
    CancelSubscription = Post BILLING_CANCEL "cancel_subscription", InTeam(Admin), Expensive;
    /// Takes back that the subscription of a team was to end.
    ResumeSubscription = Post BILLING_RESUME "resume_subscription", InTeam(Admin), Expensive;
    /// Takes an event of Stripe, which proves itself by its signature.
    HearFromStripe = Post STRIPE_WEBHOOK "hear_from_stripe", Nothing, Webhooks;
    /// Keys that programs call with, without the keys themselves.
    ApiKeys = Get API_KEYS "list_api_keys", InTeam(Admin), General;
    /// Makes a key and shows it, this once.
    CreateApiKey = Post API_KEYS "create_api_key", InTeam(Admin), Admin;
    /// Makes a key invalid at once and for ever; answers with those that are left.
    RevokeApiKey = Post API_KEY_REVOKE "revoke_api_key", InTeam(Admin), Admin;
    /// What was done and refused, newest first.
    Audit = Get AUDIT "list_audit", InTeam(Admin), General;
    /// Reads the whole audit and checks its chain, also against an entry that was kept elsewhere.
    VerifyAudit = Get AUDIT_VERIFY "verify_audit", OnPlane(Admin), Expensive;
    /// The audit in pieces, oldest first, one JSON document a line.
    ExportAudit = Get AUDIT_EXPORT "export_audit", OnPlane(Admin), Expensive;
    /// What a plan would do, or every reason why it is refused.
    Preview = Post PREVIEW "preview_run", InTeam(Write), General;
    /// Runs, newest first, paged by key.
    ListRuns = Get RUNS "list_runs", InTeam(Read), General;
    /// Starts a run.
    CreateRun = Post RUNS "create_run", InTeam(Write), Expensive;
    /// One run with its steps.
    GetRun = Get RUN "get_run", InTeam(Read), General;
    /// Events of a run, oldest first, resumed by sequence number.
    RunEvents = Get RUN_EVENTS "list_run_events", InTeam(Read), General;
    /// Log lines of a run, oldest first, resumed by sequence number.
    RunLogs = Get RUN_LOGS "list_run_logs", InTeam(Read), General;
    /// Live events and log lines of one run.
    RunStream = Get RUN_STREAM "stream_run", InTeam(Read), General;
    /// Asks for a run to stop; answers as soon as that is recorded.
    CancelRun = Post RUN_CANCEL "cancel_run", InTeam(Write), General;
    /// Tries a step again that ended badly.
    RetryStep = Post STEP_RETRY "retry_step", InTeam(Write), Expensive;
    /// Decides an open gate with yes.
    ApproveGate = Post GATE_APPROVE "approve_gate", InTeam(Admin), Admin;
    /// Decides an open gate with no.
    RejectGate = Post GATE_REJECT "reject_gate", InTeam(Admin), Admin;
    /// Live events and log lines of all runs that the caller may read.
    Stream = Get STREAM "stream", InTeam(Read), General;
    /// Every template.
    Templates = Get TEMPLATES "list_templates", Known, General;
    /// The plan that a template makes of these values.
    FillTemplate = Post TEMPLATE_FILL "fill_template", InTeam(Write), General;
    /// Every breaker of the plane.
    Breakers = Get BREAKERS "list_breakers", InTeam(Read), General;
    /// Closes a breaker by hand.
    ResetBreaker = Post BREAKER_RESET "reset_breaker", OnPlane(Admin), Admin;
    /// Lets the next call through an open breaker as a probe.
    ProbeBreaker = Post BREAKER_PROBE "probe_breaker", OnPlane(Admin), Admin;
    /// Lets a breaker refuse every call for a time.
    IsolateBreaker = Post BREAKER_ISOLATE "isolate_breaker", OnPlane(Admin), Admin;
    /// Ends every isolation of a breaker.
    ReleaseBreaker = Post BREAKER_RELEASE "release_breaker", OnPlane(Admin), Admin;
    /// What happened to a breaker in the last 90 days, newest first.
    BreakerEvents = Get BREAKER_EVENTS "list_breaker_events", InTeam(Read), General;
    /// Steps that nothing will try again by itself, newest first.
    DeadLetters = Get DEAD_LETTERS "list_dead_letters", InTeam(Read), General;
    /// Depth and age of the work queue.
    Queue = Get QUEUE "queue", InTeam(Read), General;
    /// Tools that plans may name.
    Tools = Get TOOLS "list_tools", Known, General;
}

impl Operation {
    /// Whether it is answered without a credential.
    pub const fn is_open(self) -> bool {
        matches!(self.need(), Nothing)
    }

    /// Whether it makes something new and answers with 201.
    pub const fn creates(self) -> bool {
        matches!(self, Self::CreateRun | Self::CreateTeam | Self::InviteMember | Self::CreateApiKey)
    }

    /// Whether it changes something, so that also what the engine refuses is kept in the audit.
    pub const fn acts(self) -> bool {
        matches!(self.method(), Method::Post) && !matches!(self, Self::Preview | Self::FillTemplate)
    }

    /// The names of the query parameters that it takes; any other is refused, since a misspelt one would be without effect.
    pub const fn queries(self) -> &'static [&'static str] {
        match self {
            Self::ListRuns => &["limit", "after", "status", "team"],
            Self::CreateRun => &["template", "team"],
            Self::DeadLetters | Self::BreakerEvents => &["limit", "after"],
            Self::RunEvents | Self::RunLogs | Self::ExportAudit => &["after", "limit"],
            Self::Stream | Self::RunStream => &["after"],
            Self::Audit => &["limit", "after", "team"],
            Self::VerifyAudit => &["expect"],
            _ => &[],
        }
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
