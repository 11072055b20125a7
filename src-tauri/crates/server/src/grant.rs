//! What the door found out about a request, for its handler: who calls, and in which teams that may be done.

use crate::refusal::Refusal;
use axum::http::HeaderMap;
use control_plane_api::paths::IDEMPOTENCY_HEADER;
use domain::{CorrelationId, Fault, Permission, TeamId};
use engine::{
    Act, Engine,
    accounts::{Caller, HOME, Scope},
};

/// What a request may do. Only the door makes one, and no handler of an operation that needs something works without.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    /// Who calls.
    pub(crate) caller: Caller,
    /// The teams in which that may be done: the one of the object, or all in which the caller has the permission.
    pub(crate) scope: Scope,
    /// Joins it to the request.
    pub(crate) correlation_id: CorrelationId,
}

impl Grant {
    /// What the engine is told of an act that may be repeated without harm.
    pub(crate) fn act(&self) -> Act {
        Act { caller: self.caller.clone(), correlation_id: self.correlation_id.clone(), idempotency_key: None }
    }

    /// The same for one that is done once under the idempotency key of its request, if that has one.
    pub(crate) fn act_once(&self, headers: &HeaderMap) -> Result<Act, Refusal> {
        Ok(Act { idempotency_key: idempotency_key(headers)?, ..self.act() })
    }

    /// The scope, narrowed to a team that the request names.
    pub(crate) async fn narrowed(
        &self,
        engine: &Engine,
        team: Option<String>,
        needs: Permission,
    ) -> Result<Scope, Refusal> {
        let Some(team) = team.map(TeamId::from) else { return Ok(self.scope.clone()) };
        let standing = engine.standing(&self.caller, &team).await?;
        let standing = standing.ok_or_else(|| Refusal::not_there(&format!("team {team}")))?;
        if standing.allows(needs) { Ok(Scope::Teams(vec![team])) } else { Err(engine::Error::lacks(needs).into()) }
    }

    /// The team that something new is to belong to: the one that is named, the only one there is, or for whoever has all
    /// the home team.
    pub(crate) async fn belonging(
        &self,
        engine: &Engine,
        team: Option<String>,
        needs: Permission,
    ) -> Result<TeamId, Refusal> {
        match self.narrowed(engine, team, needs).await? {
            Scope::Everywhere => Ok(TeamId::from(HOME)),
            Scope::Teams(teams) => match <[TeamId; 1]>::try_from(teams) {
                Ok([only]) => Ok(only),
                Err(teams) => {
                    let known: Vec<_> = teams.iter().map(TeamId::as_str).collect();
                    Err(Refusal::invalid(&[Fault {
                        path: "team".to_owned(),
                        rule: "required".to_owned(),
                        message: "you may do this in more than one team".to_owned(),
                        remedy: format!("name one of {}", known.join(", ")),
                    }]))
                }
            },
        }
    }
}

/// The idempotency key, if there is one: 8 to 255 visible ASCII characters.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let mut given = headers.get_all(IDEMPOTENCY_HEADER).iter();
    let Some(value) = given.next() else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| {
        given.next().is_none() && (8..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
    });
    key.map(|key| Some(key.to_owned())).ok_or_else(|| {
        Refusal::invalid(&[Fault {
            path: format!("headers.{IDEMPOTENCY_HEADER}"),
            rule: "format".to_owned(),
            message: "the idempotency key is not 8 to 255 visible ASCII characters".to_owned(),
            remedy: "send one fresh UUID for each new request, and the same one again when repeating it".to_owned(),
        }])
    })
}
