//! The OpenAPI document, made from the table of operations. It is the one JSON answer that comes without the envelope,
//! because tools that read such documents expect exactly this shape.

use crate::{
    Method, Operation,
    billing::{BillingActReply, CancelBody, CheckoutBody, WebhookReply},
    envelope::{ErrorBody, Meta},
    paths::{CORRELATION_HEADER, IDEMPOTENCY_HEADER, LAST_EVENT_ID_HEADER, STRIPE_SIGNATURE_HEADER},
    refusals,
    request::{
        AcceptBody, ActBody, ApproveBody, BeginBrowserBody, BeginBrowserReply, DeadLetterReply, FillBody,
        FinishBrowserBody, IdentityReply, InvitationReply, InviteBody, IsolateBody, LiveReply, NewApiKeyBody,
        NewApiKeyReply, PermissionsBody, QueueReply, ReadyReply, ReasonBody, RefreshBody, RenameBody, RetryBody,
        RoleBody, SessionReply, SignInBody, TeamBody, ToolReply, TransferBody, WaysInReply,
    },
    schema::{Schemas, object, text, whole},
};
use domain::{
    ApiKey, AuditEntry, AuditState, Breaker, BreakerEvent, Event, FeedItem, LogLine, PageRequest, Plan, Preview, Run,
    RunStatus, RunSummary, Team, TeamBilling, TeamPeople, Template,
};
use utoipa::openapi::{
    Components, Content, InfoBuilder, OpenApi, OpenApiBuilder, Paths, Ref, RefOr, Required, Response, ResponseBuilder,
    path::{HttpMethod, Operation as Documented, OperationBuilder, Parameter, ParameterBuilder, ParameterIn},
    request_body::{RequestBody, RequestBodyBuilder},
    schema::{ObjectBuilder, Schema, Type},
    security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
};

/// Content types of a plan as text, besides JSON.
pub const YAML_TYPES: [&str; 3] = ["application/yaml", "application/x-yaml", "text/yaml"];

/// Most events of one page.
pub const MAX_EVENTS: u32 = 1_000;
/// Most entries of the audit in one answer of an export.
pub const MAX_EXPORTED: u32 = 10_000;
/// Most log lines of one page.
pub const MAX_LINES: u32 = 5_000;

const BEARER: &str = "bearer";

/// Writes the document. `version` is the server's.
pub fn document(version: &str) -> OpenApi {
    let mut schemas = Schemas::default();
    let mut paths = Paths::new();
    for &operation in Operation::ALL {
        let method = match operation.method() {
            Method::Get => HttpMethod::Get,
            Method::Post => HttpMethod::Post,
        };
        paths.add_path_operation(operation.path(), vec![method], documented(operation, &mut schemas));
    }
    let mut components = Components::new();
    let refused = refusals::ALL.into_iter().map(|(status, when)| (name(status), refusal(when, &mut schemas).into()));
    components.responses = refused.collect();
    components.schemas = schemas.into_inner();
    components.add_security_scheme(BEARER, SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Breakwater control plane")
                .version(version)
                .description(Some(
                    "Plans, runs, gates, breakers, teams and their audit. Over TCP every operation that says so needs a \
                     bearer token; over the local socket the user of the operating system is the credential.",
                ))
                .build(),
        )
        .paths(paths)
        .components(Some(components))
        .build()
}

fn documented(operation: Operation, schemas: &mut Schemas) -> Documented {
    let mut builder = OperationBuilder::new()
        .operation_id(Some(operation.id()))
        .summary(Some(operation.summary()))
        .request_body(body(operation, schemas))
        .parameter(parameter(
            CORRELATION_HEADER,
            ParameterIn::Header,
            "Joins everything that the request causes: 1 to 128 visible ASCII characters; generated when absent.",
            text(),
        ));
    for name in operation.parameters() {
        let description = if name == "step" { "Id or name of the step." } else { "As listed." };
        builder = builder.parameter(parameter(name, ParameterIn::Path, description, text()));
    }
    for entry in parameters(operation, schemas) {
        builder = builder.parameter(entry);
    }
    let status = if operation.creates() { "201" } else { "200" };
    builder = builder.response(status, answer(operation, schemas));
    for status in refusals::of(operation) {
        builder = builder.response(status.to_string(), Ref::from_response_name(name(status)));
    }
    if !operation.is_open() {
        builder = builder.security(SecurityRequirement::new(BEARER, [] as [&str; 0]));
    }
    builder.build()
}

fn parameter(name: &str, place: ParameterIn, description: &str, schema: RefOr<Schema>) -> Parameter {
    let required = if matches!(place, ParameterIn::Path) { Required::True } else { Required::False };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}

fn parameters(operation: Operation, schemas: &mut Schemas) -> Vec<Parameter> {
    let query = |name, description, schema| parameter(name, ParameterIn::Query, description, schema);
    let limit = |most: u32, default| query("limit", "Items wanted.", whole(1, Some(most.into()), default));
    let idempotency = |description| parameter(IDEMPOTENCY_HEADER, ParameterIn::Header, description, text());
    let history = |most| vec![limit(most, 100), query("after", "Sequence number to read after.", whole(0, None, 0))];
    match operation {
        Operation::ListRuns => vec![
            limit(PageRequest::MAX_LIMIT, 50),
            query("after", "`next` of the page before.", text()),
            query("status", "Only these states; repeated or separated by commas.", schemas.list::<RunStatus>()),
            query("team", "Only runs of this team.", text()),
        ],
        Operation::DeadLetters | Operation::BreakerEvents => {
            vec![limit(PageRequest::MAX_LIMIT, 50), query("after", "`next` of the page before.", text())]
        }
        Operation::RunEvents => history(MAX_EVENTS),
        Operation::RunLogs => history(MAX_LINES),
        Operation::Stream | Operation::RunStream => vec![
            query("after", "Id after which to resume.", text()),
            parameter(LAST_EVENT_ID_HEADER, ParameterIn::Header, "The same; stronger than `after`.", text()),
        ],
        Operation::Audit => vec![
            limit(MAX_EVENTS, 50),
            query("after", "`next` of the page before.", text()),
            query("team", "Only what concerns this team.", text()),
        ],
        Operation::VerifyAudit => {
            vec![query("expect", "`SEQ:HASH` of an entry that the chain must contain.", text())]
        }
        Operation::ExportAudit => vec![
            limit(MAX_EXPORTED, MAX_EXPORTED.into()),
            query("after", "Place in the chain to read after.", whole(0, None, 0)),
        ],
        Operation::CreateRun => vec![
            query("team", "The team that it is to belong to; needed from somebody with more than one.", text()),
            query("template", "Id of the template that the plan came from.", text()),
            idempotency("Same key, same run: 8 to 255 visible ASCII characters."),
        ],
        Operation::HearFromStripe => {
            vec![parameter(STRIPE_SIGNATURE_HEADER, ParameterIn::Header, "The signature over the body.", text())]
        }
        Operation::BillingPortal | Operation::CancelSubscription | Operation::ResumeSubscription => {
            vec![idempotency("Same key, done once at Stripe: 8 to 255 visible ASCII characters.")]
        }
        Operation::CancelRun | Operation::RetryStep | Operation::ApproveGate | Operation::RejectGate => {
            vec![idempotency("Same key, done once: 8 to 255 visible ASCII characters.")]
        }
        _ => Vec::new(),
    }
}

fn body(operation: Operation, schemas: &mut Schemas) -> Option<RequestBody> {
    let json = |schema| RequestBodyBuilder::new().content("application/json", Content::new(Some(schema)));
    let required = |builder: RequestBodyBuilder| Some(builder.required(Some(Required::True)).build());
    match operation {
        Operation::Preview | Operation::CreateRun => {
            let plan = schemas.of::<Plan>();
            let all = YAML_TYPES
                .iter()
                .fold(json(plan.clone()), |body, yaml| body.content(*yaml, Content::new(Some(plan.clone()))));
            required(all)
        }
        Operation::CancelRun
        | Operation::RejectGate
        | Operation::ResetBreaker
        | Operation::ProbeBreaker
        | Operation::ReleaseBreaker => required(json(schemas.of::<ReasonBody>())),
        Operation::IsolateBreaker => required(json(schemas.of::<IsolateBody>())),
        Operation::RetryStep => required(json(schemas.of::<RetryBody>())),
        Operation::ApproveGate => Some(json(schemas.of::<ApproveBody>()).build()),
        Operation::FillTemplate => required(json(schemas.of::<FillBody>())),
        Operation::SignIn => required(json(schemas.of::<SignInBody>())),
        Operation::BeginBrowserSignIn => required(json(schemas.of::<BeginBrowserBody>())),
        Operation::FinishBrowserSignIn => required(json(schemas.of::<FinishBrowserBody>())),
        Operation::RefreshSession => required(json(schemas.of::<RefreshBody>())),
        Operation::AcceptInvitation => required(json(schemas.of::<AcceptBody>())),
        Operation::CreateTeam => required(json(schemas.of::<TeamBody>())),
        Operation::RenameTeam => required(json(schemas.of::<RenameBody>())),
        Operation::TransferTeam => required(json(schemas.of::<TransferBody>())),
        Operation::InviteMember => required(json(schemas.of::<InviteBody>())),
        Operation::ChangeRole => required(json(schemas.of::<RoleBody>())),
        Operation::SetPermissions => required(json(schemas.of::<PermissionsBody>())),
        Operation::CreateApiKey => required(json(schemas.of::<NewApiKeyBody>())),
        Operation::Checkout => required(json(schemas.of::<CheckoutBody>())),
        Operation::CancelSubscription => Some(json(schemas.of::<CancelBody>()).build()),
        Operation::HearFromStripe => required(json(object())),
        Operation::DeleteTeam
        | Operation::LeaveTeam
        | Operation::BillingPortal
        | Operation::ResumeSubscription
        | Operation::CancelInvitation
        | Operation::RemoveMember
        | Operation::RevokeApiKey => Some(json(schemas.of::<ActBody>()).build()),
        _ => None,
    }
}

fn answer(operation: Operation, schemas: &mut Schemas) -> Response {
    let (media, schema) = match operation {
        Operation::Metrics => ("text/plain", text()),
        Operation::OpenApi => ("application/json", object()),
        Operation::ExportAudit => ("application/x-ndjson", schemas.of::<AuditEntry>()),
        Operation::Stream | Operation::RunStream => ("text/event-stream", schemas.of::<FeedItem>()),
        _ => {
            let data = data(operation, schemas);
            ("application/json", enveloped("data", data, schemas))
        }
    };
    ResponseBuilder::new().description(operation.summary()).content(media, Content::new(Some(schema))).build()
}

fn data(operation: Operation, schemas: &mut Schemas) -> RefOr<Schema> {
    match operation {
        Operation::Live => schemas.of::<LiveReply>(),
        Operation::Ready => schemas.of::<ReadyReply>(),
        Operation::Identity => schemas.of::<IdentityReply>(),
        Operation::Preview => schemas.of::<Preview>(),
        Operation::ListRuns => schemas.page::<RunSummary>(),
        Operation::RunEvents => schemas.page::<Event>(),
        Operation::RunLogs => schemas.page::<LogLine>(),
        Operation::CreateRun
        | Operation::GetRun
        | Operation::CancelRun
        | Operation::RetryStep
        | Operation::ApproveGate
        | Operation::RejectGate => schemas.of::<Run>(),
        Operation::Templates => schemas.list::<Template>(),
        Operation::FillTemplate => schemas.of::<Plan>(),
        Operation::Breakers => schemas.list::<Breaker>(),
        Operation::ResetBreaker | Operation::ProbeBreaker | Operation::IsolateBreaker | Operation::ReleaseBreaker => {
            schemas.of::<Breaker>()
        }
        Operation::BreakerEvents => schemas.page::<BreakerEvent>(),
        Operation::DeadLetters => schemas.page::<DeadLetterReply>(),
        Operation::Queue => schemas.of::<QueueReply>(),
        Operation::Tools => schemas.list::<ToolReply>(),
        Operation::SignIn
        | Operation::RefreshSession
        | Operation::AcceptInvitation
        | Operation::FinishBrowserSignIn => schemas.of::<SessionReply>(),
        Operation::WaysIn => schemas.of::<WaysInReply>(),
        Operation::BeginBrowserSignIn => schemas.of::<BeginBrowserReply>(),
        Operation::SignOut | Operation::SignOutEverywhere => object(),
        Operation::Teams | Operation::DeleteTeam | Operation::LeaveTeam => schemas.list::<Team>(),
        Operation::CreateTeam => schemas.of::<Team>(),
        Operation::TeamPeople
        | Operation::RenameTeam
        | Operation::TransferTeam
        | Operation::CancelInvitation
        | Operation::ChangeRole
        | Operation::SetPermissions
        | Operation::RemoveMember => schemas.of::<TeamPeople>(),
        Operation::TeamBilling => schemas.of::<TeamBilling>(),
        Operation::Checkout
        | Operation::BillingPortal
        | Operation::CancelSubscription
        | Operation::ResumeSubscription => schemas.of::<BillingActReply>(),
        Operation::HearFromStripe => schemas.of::<WebhookReply>(),
        Operation::InviteMember => schemas.of::<InvitationReply>(),
        Operation::ApiKeys | Operation::RevokeApiKey => schemas.list::<ApiKey>(),
        Operation::CreateApiKey => schemas.of::<NewApiKeyReply>(),
        Operation::Audit => schemas.page::<AuditEntry>(),
        Operation::VerifyAudit => schemas.of::<AuditState>(),
        Operation::Metrics | Operation::OpenApi | Operation::Stream | Operation::RunStream | Operation::ExportAudit => {
            object()
        }
    }
}

/// The name under which a refusal is documented.
fn name(status: u16) -> String {
    format!("Refused{status}")
}

fn refusal(when: &str, schemas: &mut Schemas) -> Response {
    let error = schemas.of::<ErrorBody>();
    let schema = enveloped("error", error, schemas);
    ResponseBuilder::new().description(when).content("application/json", Content::new(Some(schema))).build()
}

fn enveloped(key: &str, schema: RefOr<Schema>, schemas: &mut Schemas) -> RefOr<Schema> {
    let success = ObjectBuilder::new().schema_type(Type::Boolean);
    let object = ObjectBuilder::new()
        .property("success", success)
        .required("success")
        .property(key, schema)
        .required(key)
        .property("meta", schemas.of::<Meta>())
        .required("meta");
    RefOr::T(object.into())
}

#[cfg(test)]
mod tests {
    use super::document;
    use crate::Operation;
    use serde_json::Value;

    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str));
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let json = serde_json::to_value(document("1.2.3")).expect("the document is JSON");
        assert_eq!(json["openapi"], "3.1.0", "the version of the format is stated");
        let mut found = Vec::new();
        references(&json, &mut found);
        assert!(found.len() > 20, "nouns are referred to, not copied");
        for reference in found {
            let pointer = reference.trim_start_matches('#');
            assert!(json.pointer(pointer).is_some(), "{reference} leads somewhere");
        }
    }

    #[test]
    fn every_operation_is_documented_and_nothing_else() {
        let json = serde_json::to_value(document("1.2.3")).expect("the document is JSON");
        let paths = json["paths"].as_object().expect("paths are an object");
        let documented: usize = paths.values().map(|item| item.as_object().map_or(0, serde_json::Map::len)).sum();
        assert_eq!(documented, Operation::ALL.len(), "as many operations as in the table");
        for operation in Operation::ALL {
            let entry = &paths[operation.path()][operation.method().as_str().to_lowercase()];
            assert_eq!(entry["operationId"], operation.id(), "{} is at its place", operation.id());
            let parameters = entry["parameters"].as_array().expect("parameters are a list").iter();
            let mut queries: Vec<_> = parameters
                .filter(|parameter| parameter["in"] == "query")
                .filter_map(|parameter| parameter["name"].as_str())
                .collect();
            let mut taken = operation.queries().to_vec();
            queries.sort_unstable();
            taken.sort_unstable();
            assert_eq!(queries, taken, "{} documents the parameters that it takes", operation.id());
            let secured = entry.get("security").is_some();
            assert_eq!(secured, !operation.is_open(), "{} says whether it needs a token", operation.id());
        }
    }
}
