//! Billing: how the bill of a team stands, what is done about it, and what Stripe tells.

use crate::{
    body::{Json, Optional, Raw},
    grant::Grant,
    refusal::Refusal,
    reply::{Answer, Reply},
    serve::Server,
};
use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use control_plane_api::{
    billing::{BillingActReply, CancelBody, CheckoutBody, WebhookReply},
    paths::STRIPE_SIGNATURE_HEADER,
    request::ActBody,
};
use domain::{BillingAct, CorrelationId, Fault, TeamBilling, TeamId};

pub(crate) async fn of_team(State(server): State<Server>, Path(team): Path<String>) -> Answer<TeamBilling> {
    Ok(Reply(server.engine().billing(&TeamId::from(team)).await?))
}

pub(crate) async fn checkout(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path(team): Path<String>,
    headers: HeaderMap,
    Json(body): Json<CheckoutBody>,
) -> Answer<BillingActReply> {
    let act = BillingAct::Checkout { price: body.price };
    done(&server, &grant, &headers, team, (act, body.reason)).await
}

pub(crate) async fn portal(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path(team): Path<String>,
    headers: HeaderMap,
    Optional(body): Optional<ActBody>,
) -> Answer<BillingActReply> {
    done(&server, &grant, &headers, team, (BillingAct::Portal, body.reason)).await
}

pub(crate) async fn cancel(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path(team): Path<String>,
    headers: HeaderMap,
    Optional(body): Optional<CancelBody>,
) -> Answer<BillingActReply> {
    let act = BillingAct::Cancel { at_once: body.at_once };
    done(&server, &grant, &headers, team, (act, body.reason)).await
}

pub(crate) async fn resume(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path(team): Path<String>,
    headers: HeaderMap,
    Optional(body): Optional<ActBody>,
) -> Answer<BillingActReply> {
    done(&server, &grant, &headers, team, (BillingAct::Resume, body.reason)).await
}

async fn done(
    server: &Server,
    grant: &Grant,
    headers: &HeaderMap,
    team: String,
    (what, reason): (BillingAct, Option<String>),
) -> Answer<BillingActReply> {
    let (engine, team, act) = (server.engine().clone(), TeamId::from(team), grant.act_once(headers)?);
    // A task of its own: whoever hangs up while Stripe is asked does not keep the act out of the audit.
    let acting = tokio::spawn(async move { engine.act_on_billing(&team, &what, reason.as_deref(), &act).await });
    let page = acting.await.map_err(|_| Refusal::of_status(StatusCode::INTERNAL_SERVER_ERROR))??;
    Ok(Reply(BillingActReply { page }))
}

/// Nothing of the body is read as anything before the engine has found its signature good.
pub(crate) async fn hear(
    State(server): State<Server>,
    Extension(id): Extension<CorrelationId>,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Answer<WebhookReply> {
    let mut given = headers.get_all(STRIPE_SIGNATURE_HEADER).iter().map(|value| value.to_str().unwrap_or_default());
    let (Some(signature), None) = (given.next(), given.next()) else { return Err(unsigned()) };
    let changed = server.engine().hear_from_stripe(signature, &body, &id).await?;
    Ok(Reply(WebhookReply { changed }))
}

fn unsigned() -> Refusal {
    Refusal::invalid(&[Fault {
        path: format!("headers.{STRIPE_SIGNATURE_HEADER}"),
        rule: "required".to_owned(),
        message: "an event of Stripe has one signature".to_owned(),
        remedy: "post nothing here but the events of Stripe, as they came".to_owned(),
    }])
}
