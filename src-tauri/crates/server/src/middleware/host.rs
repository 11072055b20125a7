//! The check of the `Host` header. A web page can make a browser send requests to a loopback address under the page's own
//! name; such a request names a machine that this server is not, and is refused before anything looks at it.

use crate::{
    connection::{Connection, Peer},
    refusal::Refusal,
    serve::Server,
};
use axum::{
    Extension,
    extract::{Request, State},
    http::{StatusCode, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};
use control_plane_api::code;
use std::net::IpAddr;

pub(crate) async fn layer(
    State(server): State<Server>,
    Extension(connection): Extension<Connection>,
    request: Request,
    next: Next,
) -> Response {
    // No browser can be made to open a local socket.
    let Peer::Network { local, .. } = connection.peer else { return next.run(request).await };
    if is_meant(&request, local, &server.config().hosts) {
        return next.run(request).await;
    }
    Refusal::new(
        StatusCode::MISDIRECTED_REQUEST,
        code::HOST_REFUSED,
        "the request names a machine that this control plane is not",
    )
    .hint("call it by its loopback or bound address, or let its configuration name the host")
    .into_response()
}

/// Whether the request has exactly one `Host`, and that and the authority of its URL, if it has one, mean this server.
fn is_meant(request: &Request, local: IpAddr, hosts: &[String]) -> bool {
    let mut given = request.headers().get_all(header::HOST).iter();
    let (Some(host), None) = (given.next(), given.next()) else { return false };
    let Some(host) = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok()) else { return false };
    std::iter::once(&host).chain(request.uri().authority()).all(|authority| names(authority, local, hosts))
}

fn names(authority: &Authority, local: IpAddr, hosts: &[String]) -> bool {
    let host = authority.host().trim_matches(['[', ']']);
    match host.parse::<IpAddr>() {
        Ok(ip) if local.is_unspecified() => ip.is_loopback() || hosts.iter().any(|name| name == host),
        Ok(ip) => ip.is_loopback() || ip == local || hosts.iter().any(|name| name == host),
        Err(_) => {
            let host = host.trim_end_matches('.');
            host.eq_ignore_ascii_case("localhost") || hosts.iter().any(|name| name.eq_ignore_ascii_case(host))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_meant;
    use axum::{body::Body, extract::Request};
    use std::net::{IpAddr, Ipv4Addr};

    fn meant(uri: &str, hosts: &[&str]) -> bool {
        let mut request = Request::builder().uri(uri);
        for host in hosts {
            request = request.header("host", *host);
        }
        let request = request.body(Body::empty()).expect("a request");
        is_meant(&request, IpAddr::V4(Ipv4Addr::LOCALHOST), &["plane.example".to_owned()])
    }

    #[test]
    fn only_names_of_this_machine_are_served() {
        for good in ["localhost", "LOCALHOST:80", "127.0.0.1:4000", "[::1]:4000", "plane.example:1", "localhost."] {
            assert!(meant("/", &[good]), "{good} means this server");
        }
        for bad in ["evil.example", "127.0.0.1.evil.example", "10.0.0.1", "localhost@evil.example", "a b", ""] {
            assert!(!meant("/", &[bad]), "{bad:?} is another machine or none");
        }
        assert!(!meant("/", &[]), "a request without a host is not guessed at");
        assert!(!meant("/", &["localhost", "evil.example"]), "two hosts are one too many");
        assert!(!meant("http://evil.example/", &["localhost"]), "the URL counts as well");
    }
}
