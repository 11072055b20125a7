//! Who is calling. Over TCP a bearer credential says so, over the local socket the kernel does. There is no other way in, and
//! no switch, header or variable that opens one.

use crate::{connection::Peer, refusal::Refusal, serve::Server};
use axum::http::{HeaderMap, StatusCode, header};
use control_plane_api::code;
use engine::{Engine, accounts::Caller};

/// Who is calling, or why nobody knows.
pub(crate) async fn caller(server: &Server, peer: Peer, headers: &HeaderMap) -> Result<Caller, Refusal> {
    match peer {
        Peer::Local { uid, own } => same_user(uid, own, &server.config().user),
        Peer::Network { .. } => bearer(headers, server.engine()).await,
    }
}

/// Only the user that this process runs as; not even root, who has other ways.
fn same_user(uid: Option<u32>, own: u32, name: &str) -> Result<Caller, Refusal> {
    if uid == Some(own) {
        return Ok(Caller::Operator { name: name.to_owned() });
    }
    Err(Refusal::new(StatusCode::FORBIDDEN, code::FORBIDDEN, "this socket serves only the user that the plane runs as"))
}

async fn bearer(headers: &HeaderMap, engine: &Engine) -> Result<Caller, Refusal> {
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
    let caller = engine.caller(token).await?;
    caller.ok_or_else(|| Refusal::unauthenticated("the token is not valid"))
}

#[cfg(test)]
mod tests {
    use super::same_user;

    #[test]
    fn only_the_same_user_is_known_by_the_socket() {
        let same_user = |uid, own| same_user(uid, own, "ana");
        assert_eq!(same_user(Some(1000), 1000).map(|caller| caller.actor()).ok().as_deref(), Some("ana"), "ourselves");
        assert!(same_user(Some(0), 1000).is_err(), "root is another user");
        assert!(same_user(Some(1001), 1000).is_err(), "so is anybody else");
        assert!(same_user(None, 1000).is_err(), "who is not known is nobody");
    }
}
