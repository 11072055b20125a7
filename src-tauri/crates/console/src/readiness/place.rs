//! Where a check is to be judged: in which console, and by which way it reaches which kind of plane.

use crate::{link::Link, parts::SyncMode};
use domain::ControlPlaneKind;

/// Where a check is to be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) mode: SyncMode,
    /// `None` without a connection.
    pub(crate) kind: Option<ControlPlaneKind>,
    pub(crate) way: Way,
    /// Whether the connection only reads.
    pub(crate) is_read_only: bool,
}

/// How a plane is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// A socket of this machine, where the user of the operating system is the credential.
    Socket,
    /// HTTP that leaves this machine.
    Plain { is_loopback: bool },
    /// TLS.
    Encrypted { is_loopback: bool },
    /// No connection, or one that is not an address.
    Nowhere,
}

impl Place {
    pub(crate) fn of(mode: SyncMode, link: Option<&Link>) -> Self {
        let Some(connection) = link.map(Link::connection) else {
            return Self { mode, kind: None, way: Way::Nowhere, is_read_only: false };
        };
        Self {
            mode,
            kind: Some(connection.kind),
            way: Way::of(&connection.base_url),
            is_read_only: connection.read_only,
        }
    }

    pub(crate) fn is_kind(self, kind: ControlPlaneKind) -> bool {
        self.kind == Some(kind)
    }
}

impl Way {
    fn of(address: &str) -> Self {
        if address.starts_with("unix:") {
            return Self::Socket;
        }
        let Some((scheme, rest)) = address.split_once("://") else { return Self::Nowhere };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit_once(':').map_or(authority, |(host, port)| {
            if port.bytes().all(|byte| byte.is_ascii_digit()) { host } else { authority }
        });
        let host = host.trim_matches(['[', ']']);
        let is_loopback =
            host.eq_ignore_ascii_case("localhost") || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        match scheme {
            "https" => Self::Encrypted { is_loopback },
            "http" => Self::Plain { is_loopback },
            _ => Self::Nowhere,
        }
    }

    /// Whether others than the user of this machine could come the same way.
    pub(crate) const fn is_tcp(self) -> bool {
        matches!(self, Self::Plain { .. } | Self::Encrypted { .. })
    }

    pub(crate) const fn is_encrypted(self) -> bool {
        matches!(self, Self::Encrypted { .. })
    }

    pub(crate) const fn is_loopback(self) -> bool {
        matches!(self, Self::Plain { is_loopback: true } | Self::Encrypted { is_loopback: true })
    }
}

#[cfg(test)]
mod tests {
    use super::Way;

    #[test]
    fn an_address_says_how_a_plane_is_reached() {
        for (address, way) in [
            ("unix:/tmp/plane.sock", Way::Socket),
            ("http://127.0.0.1:4000", Way::Plain { is_loopback: true }),
            ("http://[::1]:4000/api", Way::Plain { is_loopback: true }),
            ("https://localhost", Way::Encrypted { is_loopback: true }),
            ("http://plane.example:4000", Way::Plain { is_loopback: false }),
            ("https://127.0.0.1.plane.example/", Way::Encrypted { is_loopback: false }),
            ("", Way::Nowhere),
        ] {
            assert_eq!(Way::of(address), way, "{address}");
        }
    }
}
