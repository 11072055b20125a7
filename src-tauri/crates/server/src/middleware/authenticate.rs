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
use control_plane_api::{Operation, code};
use domain::CorrelationId;
use engine::{Act, Engine};

/// Who is calling, e.g. `local:1000` or `token:ci`.
#[derive(Debug, Clone)]
pub(crate) struct Caller(pub(crate) String);

impl Caller {
    /// What the engine is told of an act.
    pub(crate) fn act(&self, correlation_id: &CorrelationId) -> Act {
        Act { actor: self.0.clone(), correlation_id: correlation_id.clone() }
    }
}

pub(crate) async fn layer(
    State(server): State<Server>,
    Extension(connection): Extension<Connection>,
    mut request: Request,
    next: Next,
) -> Response {
    let open = Operation::ALL.iter().any(|entry| entry.is_open() && entry.path() == request.uri().path());
    let caller = match connection.peer {
        Peer::Local { uid, own } => same_user(uid, own),
        Peer::Network { .. } if open => return next.run(request).await,
        Peer::Network { .. } => bearer(request.headers(), server.engine()),
    };
    match caller {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(refusal) => {
            tracing::warn!(code = refusal.code, "a request was refused at the door");
            refusal.into_response()
        }
    }
}

/// Only the user that this process runs as; not even root, who has other ways.
fn same_user(uid: Option<u32>, own: u32) -> Result<Caller, Refusal> {
    if uid == Some(own) {
        return Ok(Caller(format!("local:{own}")));
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
        Some(info) => Ok(Caller(format!("token:{}", info.name))),
        None => Err(Refusal::unauthenticated("the token is not valid")),
    }
}

#[cfg(test)]
mod tests {
    use super::same_user;

    #[test]
    fn only_the_same_user_is_known_by_the_socket() {
        assert_eq!(same_user(Some(1000), 1000).map(|caller| caller.0).ok().as_deref(), Some("local:1000"), "ourselves");
        assert!(same_user(Some(0), 1000).is_err(), "root is another user");
        assert!(same_user(Some(1001), 1000).is_err(), "so is anybody else");
        assert!(same_user(None, 1000).is_err(), "who is not known is nobody");
    }
}
