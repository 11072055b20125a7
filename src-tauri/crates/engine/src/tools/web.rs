//! What every call over HTTP has in common: how a client is made, what its errors mean, and when to try again.

use super::ToolFailure;
use domain::Timestamp;
use reliability::breaker::Cause;
use reqwest::{Client, ClientBuilder, Response, Url, redirect};
use std::{error::Error as _, net::IpAddr, time::Duration};

/// How long making a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest wait that another side may ask for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_hours(1);

/// Which redirections a client follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Redirects {
    /// None: the answer is the redirection itself.
    Shown,
    /// At most five, and only to where the request was sent in the first place, since it may carry credentials.
    SameOrigin,
}

/// Makes a client. It has no time limit of its own: whoever calls sets one that fits.
pub(crate) fn client(redirects: Redirects) -> Result<Client, ToolFailure> {
    made(|| builder(redirects))
}

fn made(builder: impl Fn() -> ClientBuilder) -> Result<Client, ToolFailure> {
    build(builder).map_err(|_| {
        ToolFailure::permanent("unreachable", "The HTTP client could not be prepared on this machine.")
            .remedy("Check that the certificate authorities of the system are installed.")
    })
}

/// Makes a client for these addresses alone. Where all of them are on this machine, no proxy of the environment comes between:
/// what is said to stay here does.
pub(crate) fn client_of(addresses: &[&str]) -> Result<Client, ToolFailure> {
    let direct = addresses.iter().all(|address| is_loopback(address));
    made(|| if direct { builder(Redirects::Shown).no_proxy() } else { builder(Redirects::Shown) })
}

fn is_loopback(address: &str) -> bool {
    let ip = Url::parse(address).ok().and_then(|url| url.host_str()?.trim_matches(['[', ']']).parse().ok());
    ip.is_some_and(|ip: IpAddr| ip.is_loopback())
}

/// Makes a client on a machine with certificate authorities or without any: plain HTTP must work there too.
pub(crate) fn build(builder: impl Fn() -> ClientBuilder) -> reqwest::Result<Client> {
    // An error means that a provider is installed already, which is all that is wanted.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    // Without any certificate authority the verifier cannot be made.
    builder().build().or_else(|_| builder().tls_certs_only([]).build())
}

/// What every client is made of.
pub(crate) fn builder(redirects: Redirects) -> ClientBuilder {
    let policy = match redirects {
        Redirects::Shown => redirect::Policy::none(),
        Redirects::SameOrigin => redirect::Policy::custom(|attempt| {
            let stays = attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
            if stays && attempt.previous().len() <= 5 { attempt.follow() } else { attempt.stop() }
        }),
    };
    let agent = concat!("breakwater/", env!("CARGO_PKG_VERSION"));
    Client::builder().redirect(policy).connect_timeout(CONNECT_TIMEOUT).user_agent(agent)
}

/// What an error of a call means: for the step, and for the breaker round the host. The text of the error itself is not
/// used: it may quote the address, and the address may hold a secret.
pub(crate) fn explain(error: &reqwest::Error, host: &str) -> (ToolFailure, Cause) {
    if error.is_timeout() {
        let failed = ToolFailure::passing("timeout", format!("{host} did not answer in time."));
        return (failed.remedy("Try again, or allow more time."), Cause::Timeout);
    }
    if error.is_connect() {
        let why = io_kind(error).map_or_else(String::new, |kind| format!(": {kind}"));
        let failed = ToolFailure::passing("unreachable", format!("{host} could not be reached{why}."));
        return (
            failed.remedy("Check the address, and that the other side is running and trusted."),
            Cause::Unreachable,
        );
    }
    if error.is_builder() {
        let failed = ToolFailure::permanent("invalid_inputs", "The request could not be made from these inputs.");
        return (failed.remedy("Check the address and the headers."), Cause::Other);
    }
    let failed = ToolFailure::passing(
        "unreachable",
        format!("The connection to {host} broke off before its answer was complete."),
    );
    (failed.remedy("Try again."), Cause::Unreachable)
}

fn io_kind(error: &reqwest::Error) -> Option<std::io::ErrorKind> {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            return Some(io.kind());
        }
        source = error.source();
    }
    None
}

/// What the other side asks for in `Retry-After`, as seconds or as a date; at most an hour.
pub(crate) fn retry_after(response: &Response, now: Timestamp) -> Option<Duration> {
    let text = response.headers().get(reqwest::header::RETRY_AFTER)?.to_str().ok()?;
    let since_epoch = Duration::from_millis(u64::try_from(now.as_millis()).unwrap_or(0));
    let wait = reliability::retry::retry_after(text, std::time::UNIX_EPOCH + since_epoch)?;
    Some(wait.min(LONGEST_RETRY_AFTER))
}

/// Host and port of an address, for messages and breakers.
pub(crate) fn host_of(url: &Url) -> String {
    let port = url.port_or_known_default().map_or_else(String::new, |port| format!(":{port}"));
    format!("{}{port}", url.host_str().unwrap_or_default())
}

/// The address without its query, for logs: a query may hold a secret.
pub(crate) fn shown(url: &Url) -> String {
    let query = if url.query().is_some() { "?…" } else { "" };
    format!("{}://{}{}{query}", url.scheme(), host_of(url), url.path())
}

#[cfg(test)]
mod tests {
    use super::{is_loopback, shown};

    #[test]
    fn only_an_address_of_this_machine_is_one() {
        for local in ["http://127.0.0.1:4790", "http://127.8.0.1/v1", "http://[::1]:80"] {
            assert!(is_loopback(local), "{local} is");
        }
        for other in
            ["https://api.openai.com/v1", "http://10.0.0.1", "http://localhost:80", "http://127.0.0.1.example.org"]
        {
            assert!(!is_loopback(other), "{other} may lead anywhere");
        }
    }

    #[test]
    fn a_logged_address_has_no_query() {
        let url = "http://example.org/a?token=hunter2".parse().unwrap();
        assert_eq!(shown(&url), "http://example.org:80/a?…", "the query is hinted at, not shown");
    }
}
