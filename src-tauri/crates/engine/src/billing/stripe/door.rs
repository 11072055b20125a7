//! Where Stripe is, and the key that opens it.

use super::StripeError;
use domain::Secret;
use reqwest::{Url, header::HeaderValue};

/// How Stripe is reached.
#[derive(Debug, Clone)]
pub struct StripeSettings {
    /// Where its API is.
    pub base: String,
    /// The secret key, `sk_…` or `rk_…`; none if billing is not set up.
    pub key: Option<Secret>,
}

impl Default for StripeSettings {
    fn default() -> Self {
        Self { base: "https://api.stripe.com".to_owned(), key: None }
    }
}

/// A way to Stripe that can be gone.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) base: Url,
    key: Secret,
}

impl Door {
    /// Judges the settings.
    pub(super) fn open(settings: &StripeSettings) -> Result<Self, StripeError> {
        let not = |reason| StripeError::NotConfigured { reason };
        let base = Url::parse(&settings.base).map_err(|_| not("its address is none"))?;
        let is_bare = base.username().is_empty()
            && base.password().is_none()
            && base.query().is_none()
            && base.fragment().is_none();
        if !is_bare || base.cannot_be_a_base() {
            return Err(not("its address must have no user, query or fragment"));
        }
        if base.scheme() != "https" && !(base.scheme() == "http" && is_loopback(&base)) {
            return Err(not("its address must begin with https://, since the secret key is sent there"));
        }
        // A line end at the end of what was kept is nobody's wish.
        let key = settings.key.as_ref().map(|key| key.expose().trim()).filter(|key| !key.is_empty());
        let key = key.ok_or_else(|| not("there is no secret key"))?;
        if key.chars().any(|c| !c.is_ascii_graphic()) {
            return Err(not("the secret key holds characters that no key has"));
        }
        Ok(Self { base, key: Secret::new(key) })
    }

    /// What opens it.
    pub(super) fn authorization(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.key.expose())).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host.parse::<std::net::IpAddr>().map_or(host == "localhost", |address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{Door, StripeSettings};
    use domain::Secret;

    #[test]
    fn the_key_is_sent_to_nobody_who_could_be_overheard() {
        let open = |base: &str, key: &str| {
            Door::open(&StripeSettings { base: base.to_owned(), key: Some(Secret::new(key)) }).is_ok()
        };
        for good in ["https://api.stripe.com", "http://127.0.0.1:9", "http://[::1]:9", "http://localhost:9/"] {
            assert!(open(good, "sk_test_1\n"), "{good} can be used");
        }
        for bad in [
            "http://api.stripe.com",
            "http://127.0.0.1.example.org",
            "https://user:pass@api.stripe.com",
            "https://api.stripe.com?x=1",
            "ftp://127.0.0.1",
            "data:text/plain,x",
            "",
        ] {
            assert!(!open(bad, "sk_test_1"), "{bad:?} is refused");
        }
        for bad in ["", "  ", "sk test", "sk_\u{e9}", "sk_1\r\nx: y"] {
            assert!(!open("https://api.stripe.com", bad), "{bad:?} is no key");
        }
    }

    #[test]
    fn the_key_is_not_shown_by_the_header_that_carries_it() {
        let settings = StripeSettings { key: Some(Secret::new("sk_test_1")), ..StripeSettings::default() };
        let header = Door::open(&settings).expect("it is of use").authorization().expect("a header");
        assert_eq!(
            (header.to_str().ok(), header.is_sensitive()),
            (Some("Bearer sk_test_1"), true),
            "to nobody but Stripe"
        );
    }
}
