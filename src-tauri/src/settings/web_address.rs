//! Addresses of other services.

use super::section::Broken;
use url::{Host, Url};

/// Most characters of an address.
const LONGEST: usize = 2_048;

/// The address of a service: HTTPS, or plain HTTP on this machine, without user, query and fragment. Kept without a slash
/// at its end.
pub(super) fn service(text: &str) -> Result<String, Broken> {
    let url = encrypted(text)?;
    if url.query().is_some() {
        return Err(broken("The address of a service has no query.", "Remove everything from the question mark on."));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// The address of a page that a person is sent to: the same, and it may have a query.
pub(super) fn page(text: &str) -> Result<String, Broken> {
    encrypted(text).map(|_| text.to_owned())
}

/// The address of a service that may also be reached by plain HTTP.
pub(super) fn any_service(text: &str) -> Result<String, Broken> {
    let url = parse(text)?;
    if url.query().is_some() {
        return Err(broken("The address of a service has no query.", "Remove everything from the question mark on."));
    }
    Ok(text.to_owned())
}

fn encrypted(text: &str) -> Result<Url, Broken> {
    let url = parse(text)?;
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if url.scheme() == "http" && !is_here {
        return Err(broken(
            "Plain HTTP would show secrets to whoever is on the way.",
            "Write an address with https://.",
        ));
    }
    Ok(url)
}

fn parse(text: &str) -> Result<Url, Broken> {
    let usual = "Write an address such as https://example.org.";
    if text.len() > LONGEST || text.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
        return Err(broken("An address has at most 2048 characters and no spaces.", usual));
    }
    let url = Url::parse(text).map_err(|_| broken("This is no address.", usual))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(broken("An address begins with https:// and a host.", usual));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(broken("An address holds no user name or password.", "Remove them."));
    }
    if url.fragment().is_some() {
        return Err(broken("An address has no fragment.", "Remove everything from the number sign on."));
    }
    Ok(url)
}

const fn broken(message: &'static str, remedy: &'static str) -> Broken {
    Broken { rule: "address", message, remedy }
}

#[cfg(test)]
mod tests {
    use super::{any_service, page, service};

    #[test]
    fn secrets_travel_encrypted_or_not_at_all() {
        for good in [
            "https://id.example.org",
            "https://id.example.org/realms/a",
            "http://127.0.0.1:80",
            "http://[::1]:1",
            "http://localhost",
        ] {
            assert!(service(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "id.example.org",
            "http://id.example.org",
            "http://localhost.example.org",
            "http://127.0.0.1.example.org",
            "ftp://x",
            "file:///etc/passwd",
            "https://ana:pw@id.example.org",
            "https://ana@id.example.org",
            "https://id.example.org/#a",
            "https://id.example.org/?a=b",
            "https://id example.org",
            "https://",
            "javascript:1",
        ] {
            assert!(service(bad).is_err(), "{bad:?} is no address of a service");
        }
        assert_eq!(service("https://id.example.org/").as_deref(), Ok("https://id.example.org"), "one form of it");
    }

    #[test]
    fn pages_have_queries_and_some_services_plain_http() {
        let returned = "https://app.example.org/paid?session={CHECKOUT_SESSION_ID}";
        assert_eq!(page(returned).as_deref(), Ok(returned), "blanks of the service are left alone");
        assert!(page("http://app.example.org/").is_err(), "pages are encrypted too");
        assert!(any_service("http://gateway.internal:4000/v1").is_ok(), "as it always was");
        assert!(any_service("http://key@gateway.internal").is_err(), "but no secret in it");
    }
}
