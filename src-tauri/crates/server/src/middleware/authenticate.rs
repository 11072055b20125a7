//! Who is calling. Over TCP a bearer token says so, over the local socket the kernel does. There is no other way in, and
//! no switch, header or variable that opens one.

use crate::{
    connection::{Connection, Peer},
    refusal::Refusal,
    serve::Server,
};
use axum::{
    Extension,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use control_plane_api::{Operation, code, paths::IDEMPOTENCY_HEADER};
use domain::{CorrelationId, Fault};
use engine::{Act, Engine};

/// Who is calling.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// As people know them, e.g. `local:1000` or `token:ci`.
    pub(crate) name: String,
    /// The token that says so; `None` over the local socket.
    pub(crate) token: Option<String>,
}

impl Caller {
    /// What the engine is told of an act that may be repeated without harm.
    pub(crate) fn act(&self, correlation_id: &CorrelationId) -> Act {
        Act {
            actor: self.name.clone(),
            principal: self.token.as_ref().map_or_else(|| self.name.clone(), |id| format!("token:{id}")),
            correlation_id: correlation_id.clone(),
            idempotency_key: None,
        }
    }

    /// The same for one that is done once under the idempotency key of its request, if that has one.
    pub(crate) fn act_once(&self, correlation_id: &CorrelationId, headers: &HeaderMap) -> Result<Act, Refusal> {
        Ok(Act { idempotency_key: idempotency_key(headers)?, ..self.act(correlation_id) })
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

pub(crate) async fn layer(
    State(server): State<Server>,
    Extension(connection): Extension<Connection>,
    mut request: Request,
    next: Next,
) -> Response {
    let open = Operation::ALL.iter().any(|entry| entry.is_open() && entry.path() == request.uri().path());
    let caller = match connection.peer {
        Peer::Local { uid, own } => same_user(uid, own, &server.config().user),
        Peer::Network { .. } if open => return next.run(request).await,
        Peer::Network { .. } => bearer(request.headers(), server.engine()),
    };
    match caller {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(refusal) => {
            server.door().refused(refusal.code);
            refusal.into_response()
        }
    }
}

/// Only the user that this process runs as; not even root, who has other ways.
fn same_user(uid: Option<u32>, own: u32, name: &str) -> Result<Caller, Refusal> {
    if uid == Some(own) {
        return Ok(Caller { name: name.to_owned(), token: None });
    }
    Err(Refusal::new(StatusCode::FORBIDDEN, code::FORBIDDEN, "this socket serves only the user that the plane runs as"))
}

fn bearer(headers: &HeaderMap, engine: &Engine) -> Result<Caller, Refusal> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (given.next(), given.next()) else {
        return Err(Refusal::unauthenticated("a bearer token is needed"));
    };
    let token = value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .and_then(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()));
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return Err(Refusal::unauthenticated("a bearer token is needed"));
    };
    match engine.verify_token(token) {
        Some(info) => Ok(Caller { name: format!("token:{}", info.name), token: Some(info.id) }),
        None => Err(Refusal::unauthenticated("the token is not valid")),
    }
}

#[cfg(test)]
mod tests {
    use super::same_user;

    #[test]
    fn only_the_same_user_is_known_by_the_socket() {
        let same_user = |uid, own| same_user(uid, own, "ana");
        assert_eq!(same_user(Some(1000), 1000).map(|caller| caller.name).ok().as_deref(), Some("ana"), "ourselves");
        assert!(same_user(Some(0), 1000).is_err(), "root is another user");
        assert!(same_user(Some(1001), 1000).is_err(), "so is anybody else");
        assert!(same_user(None, 1000).is_err(), "who is not known is nobody");
    }
}
