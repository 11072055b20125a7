//! The one door: who calls, whether not too often, and whether they may do what the operation needs. Nothing reaches a
//! handler that did not pass here, and everything that is turned away is in the audit.
//!
//! Somebody who may not even look at a thing is told that it is not there, in the same words and after the same work as if
//! it were not.

use super::authenticate;
use crate::{
    connection::Connection, grant::Grant, limits::Spent, plain::cut, refusal::Refusal, reply::Outcome, serve::Server,
};
use axum::{
    Extension,
    extract::{FromRequestParts as _, MatchedPath, RawPathParams, Request, State},
    http::{StatusCode, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use control_plane_api::{Need, Operation, Tier, code};
use domain::{CorrelationId, Permission, RunId, TeamId};
use engine::{
    Engine,
    accounts::{Caller, HOME, RefusedAct, Scope, Standing},
};

/// Most characters that the audit keeps of what was tried on: an e-mail address fits.
const LONGEST_TARGET: usize = 254;
/// The id of no team.
const NOBODYS: &str = "";

pub(crate) async fn layer(
    State(server): State<Server>,
    Extension(connection): Extension<Connection>,
    Extension(id): Extension<CorrelationId>,
    request: Request,
    next: Next,
) -> Response {
    let connection = connection.of_request(request.headers(), server.config().trusted_proxies);
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let operation = route.and_then(|route| Operation::find(request.method().as_str(), route));
    let (mut parts, body) = request.into_parts();
    let thing = Thing::named(&mut parts, &server).await;
    let mut spent = None;
    match admitted(&server, &connection, (operation, &thing), &parts, &mut spent).await {
        Ok((caller, scope)) => {
            if let Some(caller) = caller.clone() {
                parts.extensions.insert(Grant { caller, scope, correlation_id: id.clone() });
            }
            parts.extensions.insert(connection.clone());
            let mut response = next.run(Request::from_parts(parts, body)).await;
            if let Some(spent) = spent {
                spent.tell(response.headers_mut());
            }
            let refusal = match response.extensions().get::<Outcome>() {
                Some(Outcome::Refused(refusal)) if refusal.status.is_client_error() => Some(refusal.clone()),
                _ => None,
            };
            if let Some(refusal) = refusal.filter(|_| operation.is_some_and(Operation::acts)) {
                record(&server, &connection, caller.as_ref(), (operation, &thing), &refusal, &id).await;
            }
            response
        }
        Err(Turned { caller, mut refusal }) => {
            refusal.spent = refusal.spent.or(spent);
            server.door().refused(refusal.code, connection.peer.address());
            record(&server, &connection, caller.as_ref(), (operation, &thing), &refusal, &id).await;
            refusal.into_response()
        }
    }
}

/// Somebody who is turned away.
struct Turned {
    caller: Option<Caller>,
    refusal: Refusal,
}

impl Turned {
    fn unknown(refusal: Refusal) -> Self {
        Self { caller: None, refusal }
    }
}

async fn admitted(
    server: &Server,
    connection: &Connection,
    (operation, thing): (Option<Operation>, &Thing),
    parts: &Parts,
    spent: &mut Option<Spent>,
) -> Result<(Option<Caller>, Scope), Turned> {
    let address = connection.peer.address();
    let need = operation.map_or(Need::Known, Operation::need);
    let tier = operation.map_or(Tier::General, Operation::tier);
    let caller = match authenticate::caller(server, connection.peer, &parts.headers).await {
        Ok(caller) => caller,
        Err(refusal) => {
            if let Some(address) = address {
                *spent = Some(server.limits().of_stranger(tier, address).map_err(Turned::unknown)?);
            }
            // Whoever shows a credential that is none is a stranger, and may do what strangers may.
            return if need == Need::Nothing && address.is_some() {
                Ok((None, Scope::Teams(Vec::new())))
            } else {
                Err(Turned::unknown(refusal))
            };
        }
    };
    let turned = |refusal: Refusal| Turned { caller: Some(caller.clone()), refusal };
    if address.is_some() {
        *spent = Some(server.limits().of_caller(tier, &caller.principal()).map_err(turned)?);
    }
    let scope = allowed(server.engine(), &caller, need, thing).await.map_err(turned)?;
    Ok((Some(caller), scope))
}

/// The teams in which a caller may do what is needed; a refusal if there is none.
async fn allowed(engine: &Engine, caller: &Caller, need: Need, thing: &Thing) -> Result<Scope, Refusal> {
    match need {
        // They are told of their own, which the engine knows by the caller: no team has to be looked up.
        Need::Nothing | Need::Known => Ok(Scope::Teams(Vec::new())),
        Need::Session => match caller {
            Caller::Person { .. } => Ok(Scope::Teams(Vec::new())),
            Caller::Operator { .. } | Caller::Key { .. } => Err(only_with_a_session()),
        },
        Need::OnPlane(permission) => on_plane(engine, caller, permission).await,
        Need::Owner => {
            let standing = at(engine, caller, thing).await?;
            match standing {
                Some(standing) if standing.is_owner() => Ok(Scope::Teams(vec![standing.team])),
                Some(_) => Err(Refusal::forbidden("only the owner of the team may do this", "ask the owner")),
                None => Err(thing.missing()),
            }
        }
        Need::InTeam(permission) => match thing {
            Thing::None => {
                let scope = engine.scope(caller, permission).await?;
                if scope.is_nowhere() { Err(engine::Error::lacks(permission).into()) } else { Ok(scope) }
            }
            thing => match at(engine, caller, thing).await? {
                Some(standing) if standing.allows(permission) => Ok(Scope::Teams(vec![standing.team])),
                Some(standing) if standing.allows(Permission::Read) => Err(engine::Error::lacks(permission).into()),
                _ => Err(thing.missing()),
            },
        },
    }
}

/// What a caller is in the team of a thing. What is not there belongs to a team that nobody is in, so that it takes as long
/// to find that out.
async fn at(engine: &Engine, caller: &Caller, thing: &Thing) -> Result<Option<Standing>, Refusal> {
    let team = thing.team(engine).await?.unwrap_or_else(|| TeamId::from(NOBODYS));
    Ok(engine.standing(caller, &team).await?)
}

/// What a caller may do to the plane itself.
pub(crate) async fn plane_permissions(engine: &Engine, caller: &Caller) -> Result<Vec<Permission>, engine::Error> {
    // A key of one team looks after nothing but its team, be that the home team.
    if matches!(caller, Caller::Key { team: Some(_), .. }) {
        return Ok(Vec::new());
    }
    let standing = engine.standing(caller, &TeamId::from(HOME)).await?;
    Ok(standing.map(|standing| standing.permissions).unwrap_or_default())
}

async fn on_plane(engine: &Engine, caller: &Caller, permission: Permission) -> Result<Scope, Refusal> {
    if plane_permissions(engine, caller).await?.contains(&permission) {
        return Ok(Scope::Everywhere);
    }
    let message = format!("this needs the permission `{}` on the plane itself", permission.as_str());
    Err(Refusal::forbidden(&message, "ask the operator of the plane, or a member of its home team"))
}

fn only_with_a_session() -> Refusal {
    Refusal::forbidden("only a person who signed in has a session", "sign in first")
}

/// What the path of a request names.
#[derive(Debug)]
enum Thing {
    /// Nothing that belongs to a team.
    None,
    /// A run.
    Run(RunId),
    /// A team.
    Team(TeamId),
    /// An API key.
    Key(String),
}

impl Thing {
    async fn named(parts: &mut Parts, server: &Server) -> Self {
        let Ok(params) = RawPathParams::from_request_parts(parts, server).await else { return Self::None };
        let value = |name: &str| params.iter().find(|(key, _)| *key == name).map(|(_, value)| value);
        let team = value("team").map(|team| Self::Team(TeamId::from(team)));
        let run = || value("run").map(|run| Self::Run(RunId::from(run)));
        let key = || value("key").map(|key| Self::Key(key.to_owned()));
        team.or_else(run).or_else(key).unwrap_or(Self::None)
    }

    /// Whose it is.
    async fn team(&self, engine: &Engine) -> Result<Option<TeamId>, engine::Error> {
        match self {
            Self::None => Ok(None),
            Self::Run(run) => engine.team_of_run(run).await,
            Self::Team(team) => Ok(Some(team.clone())),
            // A key of the plane itself counts as one of the home team, whose members look after the plane.
            Self::Key(key) => Ok(engine.team_of_key(key).await?.map(|team| team.unwrap_or_else(|| TeamId::from(HOME)))),
        }
    }

    fn missing(&self) -> Refusal {
        match self {
            Self::None => Refusal::of_status(StatusCode::NOT_FOUND),
            Self::Run(run) => Refusal::not_there(run.as_str()),
            Self::Team(team) => Refusal::not_there(&format!("team {team}")),
            Self::Key(key) => Refusal::not_there(&format!("API key {key}")),
        }
    }

    fn name(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Run(run) => Some(run.as_str()),
            Self::Team(team) => Some(team.as_str()),
            Self::Key(key) => Some(key),
        }
    }
}

/// Keeps who was turned away, from what, and why. A team is told of it only when somebody of that team was.
async fn record(
    server: &Server,
    connection: &Connection,
    caller: Option<&Caller>,
    (operation, thing): (Option<Operation>, &Thing),
    refusal: &Refusal,
    id: &CorrelationId,
) {
    // Only who is known can be forbidden something, so that a stranger's request costs no reading.
    let team = if refusal.code == code::FORBIDDEN { thing.team(server.engine()).await.ok().flatten() } else { None };
    let address =
        || connection.peer.address().map_or_else(|| "the local socket".to_owned(), |address| address.to_string());
    let refused = RefusedAct {
        actor: caller.map_or_else(address, Caller::actor),
        principal: caller.map_or_else(|| "nobody".to_owned(), Caller::principal),
        act: operation.map_or("unknown", Operation::id).to_owned(),
        target: refusal
            .target
            .clone()
            .or_else(|| thing.name().map(ToOwned::to_owned))
            .map(|target| cut(&target, LONGEST_TARGET)),
        team,
        code: refusal.code.to_owned(),
    };
    server.engine().record_refusal(refused, id);
}
