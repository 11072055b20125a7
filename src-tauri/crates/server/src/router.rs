//! The router, made from the table of operations, and the layers round it.

use crate::{
    handlers::{
        api_keys, audit, billing, breakers, catalogue, history, plane, queue, runs, sessions, steps, stream, teams,
    },
    middleware::{admit, correlate, host, observe, panic, seal},
    query::Parameters,
    refusal::Refusal,
    serve::Server,
};
use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing::{MethodFilter, MethodRouter, on},
};
use control_plane_api::{Method, Operation};
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;

/// Everything that a server answers.
pub(crate) fn build(server: &Server) -> Router {
    let routes = Operation::ALL
        .iter()
        .fold(Router::new(), |router, &operation| router.route(operation.path(), handler(operation)))
        .fallback(async || Refusal::of_status(StatusCode::NOT_FOUND));
    // The last layer is the outermost.
    routes
        .layer(from_fn_with_state(server.clone(), admit::layer))
        .layer(from_fn_with_state(server.clone(), host::layer))
        .layer(CatchPanicLayer::custom(panic::answer))
        .layer(from_fn_with_state(Arc::clone(&server.config().clock), seal::layer))
        .layer(from_fn_with_state(server.clone(), observe::layer))
        .layer(from_fn(correlate::layer))
        .with_state(server.clone())
}

fn handler(operation: Operation) -> MethodRouter<Server> {
    let method = match operation.method() {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
    };
    let served = handle(operation, method);
    if operation.queries().is_empty() { served.layer(from_fn(without_query)) } else { served }
}

async fn without_query(request: Request, next: Next) -> Response {
    match Parameters::none(request.uri()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

fn handle(operation: Operation, method: MethodFilter) -> MethodRouter<Server> {
    match operation {
        Operation::Live => on(method, plane::live),
        Operation::Ready => on(method, plane::ready),
        Operation::Metrics => on(method, plane::metrics),
        Operation::OpenApi => on(method, plane::openapi),
        Operation::Identity => on(method, plane::identity),
        Operation::Preview => on(method, runs::preview),
        Operation::ListRuns => on(method, runs::list),
        Operation::CreateRun => on(method, runs::create),
        Operation::GetRun => on(method, runs::get),
        Operation::CancelRun => on(method, runs::cancel),
        Operation::RunEvents => on(method, history::events),
        Operation::RunLogs => on(method, history::logs),
        Operation::RunStream => on(method, stream::run),
        Operation::Stream => on(method, stream::all),
        Operation::RetryStep => on(method, steps::retry),
        Operation::ApproveGate => on(method, steps::approve),
        Operation::RejectGate => on(method, steps::reject),
        Operation::Templates => on(method, catalogue::templates),
        Operation::FillTemplate => on(method, catalogue::fill),
        Operation::Tools => on(method, catalogue::tools),
        Operation::Breakers => on(method, breakers::list),
        Operation::ResetBreaker => on(method, breakers::reset),
        Operation::ProbeBreaker => on(method, breakers::probe),
        Operation::IsolateBreaker => on(method, breakers::isolate),
        Operation::ReleaseBreaker => on(method, breakers::release),
        Operation::BreakerEvents => on(method, breakers::events),
        Operation::DeadLetters => on(method, queue::dead_letters),
        Operation::Queue => on(method, queue::facts),
        Operation::SignIn => on(method, sessions::sign_in),
        Operation::WaysIn => on(method, sessions::ways_in),
        Operation::BeginBrowserSignIn => on(method, sessions::begin_in_browser),
        Operation::FinishBrowserSignIn => on(method, sessions::finish_in_browser),
        Operation::RefreshSession => on(method, sessions::refresh),
        Operation::AcceptInvitation => on(method, sessions::accept),
        Operation::SignOut => on(method, sessions::end),
        Operation::SignOutEverywhere => on(method, sessions::end_all),
        Operation::Teams => on(method, teams::list),
        Operation::CreateTeam => on(method, teams::create),
        Operation::TeamPeople => on(method, teams::people),
        Operation::RenameTeam => on(method, teams::rename),
        Operation::DeleteTeam => on(method, teams::delete),
        Operation::LeaveTeam => on(method, teams::leave),
        Operation::TransferTeam => on(method, teams::transfer),
        Operation::InviteMember => on(method, teams::invite),
        Operation::CancelInvitation => on(method, teams::cancel_invitation),
        Operation::ChangeRole => on(method, teams::change_role),
        Operation::SetPermissions => on(method, teams::set_permissions),
        Operation::RemoveMember => on(method, teams::remove_member),
        Operation::TeamBilling => on(method, billing::of_team),
        Operation::Checkout => on(method, billing::checkout),
        Operation::BillingPortal => on(method, billing::portal),
        Operation::CancelSubscription => on(method, billing::cancel),
        Operation::ResumeSubscription => on(method, billing::resume),
        Operation::HearFromStripe => on(method, billing::hear),
        Operation::ApiKeys => on(method, api_keys::list),
        Operation::CreateApiKey => on(method, api_keys::create),
        Operation::RevokeApiKey => on(method, api_keys::revoke),
        Operation::Audit => on(method, audit::list),
        Operation::VerifyAudit => on(method, audit::verify),
        Operation::ExportAudit => on(method, audit::export),
    }
}
