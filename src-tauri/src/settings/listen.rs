//! `[listen]` and what the command line says beside it: where the control plane is reached by TCP, and how.

use super::section::{Broken, Section};
use server::{Reach, TlsIdentity};
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

/// Most proxies one behind the other.
const MOST_PROXIES: u32 = 8;

/// Where the control plane is reached by TCP.
#[derive(Debug, Default)]
pub(crate) struct Listen {
    /// Where this process listens; `None` for nowhere but the socket.
    pub(crate) address: Option<SocketAddr>,
    /// Who reaches it there.
    pub(crate) reach: Reach,
    /// Names and addresses besides its own by which it may be called.
    pub(crate) hosts: Vec<String>,
    /// With it every connection by TCP is encrypted.
    pub(crate) identity: Option<TlsIdentity>,
    /// How many proxies stand in front.
    pub(crate) trusted_proxies: usize,
}

/// Said of an address that other machines reach, with neither TLS nor a proxy.
const IN_CLEAR: Broken = Broken {
    rule: "encrypted",
    message: "Other machines reach this address, and plain HTTP would show every token to whoever is on the way.",
    remedy: "Set listen.tls_certificate and listen.tls_key, or listen.trusted_proxies if a proxy in front speaks TLS, \
             or listen on 127.0.0.1.",
};

/// Said of an address on the command line that other machines reach. Whoever wrote one into the file meant it; a slip on
/// the command line must not open a port to the world.
const NOT_ASKED: Broken = Broken {
    rule: "loopback",
    message: "Other machines reach this address.",
    remedy: "Listen on 127.0.0.1, or say --allow-network if they are meant to.",
};

pub(super) fn read(root: &mut Section<'_>) -> Listen {
    let is_there = root.has("listen");
    let (listen, protection) = match root.section("listen") {
        Some(section) => written(section),
        None if is_there => (Listen::default(), Protection::Unknown),
        None => (Listen::default(), Protection::None),
    };
    let Some(asked) = root.outside.asked else { return Listen { address: None, ..listen } };
    if let Some(address) = asked.listen.filter(is_reached) {
        if !asked.allow_network {
            root.broken("--listen", NOT_ASKED);
        }
        if protection == Protection::None {
            root.broken("--listen", IN_CLEAR);
        }
        return Listen { address: Some(address), reach: Reach::Network, ..listen };
    }
    let address = asked.listen.or(listen.address);
    let reach = if address.as_ref().is_some_and(is_reached) { Reach::Network } else { Reach::Loopback };
    Listen { address, reach, ..listen }
}

/// What keeps tokens from being read on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protection {
    /// Nothing.
    None,
    /// TLS, here or at a proxy in front.
    Tls,
    /// What should do it has faults of its own, so that nothing more is said about it.
    Unknown,
}

fn written(mut section: Section<'_>) -> (Listen, Protection) {
    let address = section.text("address", address);
    let hosts = section.texts("hosts", host);
    let before = section.faults();
    let has_tls = section.has("tls_certificate") || section.has("tls_key");
    let trusted_proxies = section.number("trusted_proxies", &(0..=MOST_PROXIES), 0);
    let identity = identity(&mut section);
    let protection = match section.faults() > before {
        true => Protection::Unknown,
        false if has_tls || trusted_proxies > 0 => Protection::Tls,
        false => Protection::None,
    };
    if protection == Protection::None && address.as_ref().is_some_and(is_reached) {
        section.broken("address", IN_CLEAR);
    }
    section.end();
    (Listen { address, reach: Reach::Loopback, hosts, identity, trusted_proxies }, protection)
}

/// Whether other machines can reach an address.
fn is_reached(address: &SocketAddr) -> bool {
    !address.ip().is_loopback()
}

fn identity(section: &mut Section<'_>) -> Option<TlsIdentity> {
    let (has_certificate, has_key) = (section.has("tls_certificate"), section.has("tls_key"));
    match (has_certificate, has_key) {
        (true, false) => section.missing("tls_key"),
        (false, true) => section.missing("tls_certificate"),
        _ => {}
    }
    let outside = section.outside;
    let certificate = section.text("tls_certificate", |text| path(text).map(|()| outside.path(text)));
    let key: Option<PathBuf> = section.text("tls_key", |text| path(text).map(|()| outside.path(text)));
    let (Some(certificate), Some(key), true) = (certificate, key, outside.asked.is_some()) else { return None };
    match TlsIdentity::read(&certificate, &key, outside.now) {
        Ok(identity) => Some(identity),
        Err(faults) => {
            for fault in faults {
                section.adopt(fault);
            }
            None
        }
    }
}

fn address(text: &str) -> Result<SocketAddr, Broken> {
    text.parse().map_err(|_| Broken {
        rule: "address",
        message: "This is no IP address with a port.",
        remedy: "Write e.g. 127.0.0.1:7420, or [::]:7420 for all networks.",
    })
}

fn host(text: &str) -> Result<(), Broken> {
    let is_name = !text.is_empty()
        && text.len() <= 253
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
    if is_name || text.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    Err(Broken {
        rule: "host",
        message: "This is no name of a machine and no IP address.",
        remedy: "Write it as a client calls it, without scheme and port, e.g. plane.example.org.",
    })
}

fn path(text: &str) -> Result<(), Broken> {
    if text.contains("-----BEGIN") {
        return Err(Broken {
            rule: "literal_secret",
            message: "Certificates and keys do not stand in this file.",
            remedy: "Put it into a file of its own, name that here, and replace the key if one was written here.",
        });
    }
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return Err(Broken {
            rule: "path",
            message: "This is no path of a file.",
            remedy: "Write the path of a PEM file; a relative one begins in the data directory.",
        });
    }
    Ok(())
}
