//! How a provider is reached: what an operator writes, and what is left of it once it is found in order.

use crate::tools::{fault, is_deceptive};
use domain::{Fault, Secret};
use reqwest::Url;

/// Longest address and client secret, in bytes.
const LONGEST: usize = 2_000;

/// How a provider is reached.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// Exactly as the provider writes it: `https`, or `http` on a loopback address.
    pub issuer: String,
    /// The name under which the provider knows this control plane; 1 to 200 characters.
    pub client_id: String,
    /// What proves it, if the provider wants more than PKCE.
    pub client_secret: Option<Secret>,
    /// What people call the provider; 1 to 100 characters. Its host unless given.
    pub label: Option<String>,
}

/// Why a provider cannot be used at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The settings are refused.
    #[error("the settings of the identity provider have {} fault(s)", faults.len())]
    Invalid {
        /// Every fault, not only the first.
        faults: Vec<Fault>,
    },
    /// No HTTP client can be made on this machine.
    #[error("the HTTP client could not be prepared on this machine; check its certificate authorities")]
    NoClient,
}

/// Settings that are in order.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) issuer: String,
    pub(super) client_id: String,
    pub(super) client_secret: Option<Secret>,
    pub(super) label: String,
    /// Where the provider tells of itself.
    pub(super) discovery: Url,
}

impl Settings {
    pub(super) fn read(given: ProviderSettings) -> Result<Self, SettingsError> {
        let ProviderSettings { issuer, client_id, client_secret, label } = given;
        let discovery = discovery_of(&issuer);
        let mut faults: Vec<_> = discovery.as_ref().err().cloned().into_iter().collect();
        faults.extend(text_fault("client_id", &client_id, 200));
        faults.extend(label.as_ref().and_then(|label| text_fault("label", label, 100)));
        if client_secret.as_ref().is_some_and(|secret| !(1..=LONGEST).contains(&secret.expose().len())) {
            let message = format!("The client secret is empty or longer than {LONGEST} bytes.");
            faults.push(fault("client_secret", "length", message, "Write the secret, or leave it out."));
        }
        match discovery {
            Ok(discovery) if faults.is_empty() => {
                let label = label.unwrap_or_else(|| discovery.host_str().unwrap_or_default().to_owned());
                Ok(Self { issuer, client_id, client_secret, label, discovery })
            }
            _ => Err(SettingsError::Invalid { faults }),
        }
    }

    /// Whether the provider is on this machine.
    pub(super) fn is_on_loopback(&self) -> bool {
        is_loopback(&self.discovery)
    }

    /// An address to which secrets may be sent: through TLS, or without leaving this machine if the provider is on it.
    pub(super) fn endpoint(&self, text: &str) -> Option<Url> {
        let url = text.parse::<Url>().ok().filter(|_| text.len() <= LONGEST)?;
        let is_safe = match url.scheme() {
            "https" => url.has_host(),
            "http" => self.discovery.scheme() == "http" && is_loopback(&url),
            _ => false,
        };
        let is_plain = url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
        (is_safe && is_plain).then_some(url)
    }
}

fn discovery_of(issuer: &str) -> Result<Url, Fault> {
    let remedy = "Write an address such as https://id.example.org, exactly as the identity provider writes its issuer.";
    let refused = |rule, message| Err(fault("issuer", rule, message, remedy));
    if issuer.len() > LONGEST || issuer.chars().any(|character| is_deceptive(character) || character == ' ') {
        return refused("not_a_url", "The issuer is too long, or holds spaces or invisible characters.");
    }
    let Ok(url) = issuer.parse::<Url>() else { return refused("not_a_url", "The issuer is not an address.") };
    if !url.username().is_empty() || url.password().is_some() || issuer.contains(['?', '#']) {
        return refused("not_an_issuer", "The issuer holds a user, a query or a fragment.");
    }
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
        return refused("not_https", "The issuer is neither an address of https nor on this machine.");
    }
    let discovery = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    discovery.parse().or_else(|_| refused("not_a_url", "The issuer is not an address."))
}

fn text_fault(path: &str, text: &str, longest: usize) -> Option<Fault> {
    let is_good = (1..=longest).contains(&text.chars().count()) && !text.chars().any(is_deceptive);
    let message = format!("{path} has no characters, more than {longest}, or invisible ones.");
    (!is_good).then(|| fault(path, "text", message, format!("Write 1 to {longest} visible characters.")))
}

/// Whether a host is this machine: an address of it, or the name that every system keeps for it.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
