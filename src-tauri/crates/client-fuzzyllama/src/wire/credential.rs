//! A credential as an operator enters it, in one of two forms, and what the form tells without asking the plane.
//!
//! Deliberately absent: any check of a signature. Only the plane can do that; what is read here decides merely whether
//! it is worth asking.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Secret;
use serde::Deserialize;

/// What can be done with the text that the operator entered.
#[derive(Debug, Clone)]
pub(crate) enum Credential {
    /// An access token, which cannot be renewed.
    Access(Secret),
    /// Enough to sign in again at any time.
    Login(Login),
    /// Nothing was entered, or something that no plane of this kind accepts.
    Unusable,
}

/// An e-mail address with its password.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) email: String,
    pub(crate) password: Secret,
}

impl Credential {
    /// Reads `email:password`, split at the first colon after the `@`, or an access token.
    pub(crate) fn read(given: Option<Secret>) -> Self {
        let Some(given) = given else { return Self::Unusable };
        if let Some(login) = login(given.expose()) {
            return Self::Login(login);
        }
        // A refresh token lives for a month and is used up by its first use, so it is no credential to keep.
        match claims(given.expose()) {
            Some(Claims { kind: TokenKind::Access }) => Self::Access(given),
            _ => Self::Unusable,
        }
    }
}

fn login(text: &str) -> Option<Login> {
    let at = text.find('@')?;
    let colon = at + text.get(at..)?.find(':')?;
    let (email, password) = (text.get(..colon)?, text.get(colon + 1..)?);
    let fits = at > 0 && colon > at + 1 && !password.is_empty();
    fits.then(|| Login { email: email.to_owned(), password: Secret::new(password) })
}

/// What a token says of itself; unproven.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Claims {
    /// What it may be used for.
    #[serde(rename = "type")]
    pub kind: TokenKind,
}

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// To act.
    Access,
    /// To get the next pair of tokens.
    Refresh,
}

/// Reads the claims of a token of three parts; none if it is anything else.
pub fn claims(token: &str) -> Option<Claims> {
    let mut parts = token.split('.');
    let (Some(_), Some(middle), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(middle).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::{Credential, Secret};
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

    fn read(text: &str) -> Credential {
        Credential::read(Some(Secret::new(text)))
    }

    #[test]
    fn a_password_may_hold_what_separates() {
        for (text, email, password) in [
            ("ops@example.com:Passw0rd1", "ops@example.com", "Passw0rd1"),
            ("ops@example.com:a:b@c.d", "ops@example.com", "a:b@c.d"),
            ("odd:name@example.com: ", "odd:name@example.com", " "),
        ] {
            let Credential::Login(login) = read(text) else { panic!("{text} is a login") };
            assert_eq!((login.email.as_str(), login.password.expose()), (email, password), "{text} is split once");
        }
    }

    #[test]
    fn only_an_access_token_is_used_as_one() {
        let token = |claims: &str| format!("h.{}.s", URL_SAFE_NO_PAD.encode(claims));
        assert!(matches!(read(&token(r#"{"type":"access"}"#)), Credential::Access(_)), "an access token is one");
        for other in [
            token(r#"{"type":"refresh"}"#),
            token("{}"),
            "a.b".to_owned(),
            "a.b.c.d".to_owned(),
            String::new(),
            "@:x".to_owned(),
            "a@:x".to_owned(),
            "a@b".to_owned(),
            "a@b:".to_owned(),
        ] {
            assert!(matches!(read(&other), Credential::Unusable), "{other:?} cannot be used");
        }
        assert!(matches!(Credential::read(None), Credential::Unusable), "nothing cannot be used either");
    }

    #[test]
    fn debug_shows_no_password() {
        let shown = format!("{:?}", read("ops@example.com:Passw0rd1"));
        assert!(!shown.contains("Passw0rd1"), "{shown} keeps the password to itself");
    }
}
