//! Codes: for whom they were given, and what they were bound to.

use super::{CLIENT_ID, form};
use crate::Asked;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ring::digest::{SHA256, digest};
use std::collections::HashMap;

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The provider's own name for them.
    pub subject: String,
    /// Their address.
    pub email: Option<String>,
    /// Whether the provider has made sure of it.
    pub email_verified: bool,
    /// Their name.
    pub name: Option<String>,
}

impl Person {
    /// Somebody with a verified address.
    pub fn new(subject: &str, email: &str, name: &str) -> Self {
        Self {
            subject: subject.to_owned(),
            email: Some(email.to_owned()),
            email_verified: true,
            name: Some(name.to_owned()),
        }
    }
}

/// Where a client shows its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretIn {
    /// In a header (`client_secret_basic`).
    Header,
    /// In the body (`client_secret_post`).
    Body,
}

impl SecretIn {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Header => "client_secret_basic",
            Self::Body => "client_secret_post",
        }
    }
}

/// What a code was given for.
#[derive(Debug)]
pub(super) struct Granted {
    redirect_uri: String,
    challenge: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) person: Person,
}

impl Granted {
    /// What the browser asks for, or what is wrong with it.
    pub(super) fn read(query: &HashMap<String, String>, person: Person) -> Result<Self, &'static str> {
        let asked = |name: &str| query.get(name).map(String::as_str);
        let redirect_uri =
            asked("redirect_uri").filter(|to| is_listener(to)).ok_or("redirect_uri is not registered")?;
        let is_right = asked("client_id") == Some(CLIENT_ID) && asked("response_type") == Some("code");
        let has_scope = asked("scope").is_some_and(|scope| scope.split(' ').any(|scope| scope == "openid"));
        let challenge = asked("code_challenge").map(str::to_owned);
        match asked("code_challenge_method") {
            _ if !is_right => Err("the client or what it wants is not known"),
            _ if !has_scope => Err("the scope openid is missing"),
            Some("S256") if challenge.as_ref().is_some_and(|challenge| challenge.len() == 43) => Ok(()),
            None if challenge.is_none() => Ok(()),
            _ => Err("the challenge is not one of S256"),
        }?;
        let nonce = asked("nonce").map(str::to_owned);
        Ok(Self { redirect_uri: redirect_uri.to_owned(), challenge, nonce, person })
    }

    /// Whether the code is exchanged by whoever it was given to.
    pub(super) fn is_exchanged_by(&self, form: &HashMap<String, String>) -> bool {
        let shown =
            form.get("code_verifier").map(|verifier| URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())));
        form.get("redirect_uri") == Some(&self.redirect_uri) && shown == self.challenge
    }
}

/// Native apps may listen on any port (RFC 8252, section 7.3).
fn is_listener(redirect_uri: &str) -> bool {
    ["http://127.0.0.1:", "http://[::1]:"].iter().any(|beginning| redirect_uri.starts_with(beginning))
}

/// Whether this is the client, with its secret if it needs one, in the place where it belongs and in no other.
pub(super) fn is_client(secret: Option<&(String, SecretIn)>, asked: &Asked, form: &HashMap<String, String>) -> bool {
    let basic = asked.header("authorization").and_then(|value| value.strip_prefix("Basic ")).map(|value| {
        let pair = String::from_utf8(STANDARD.decode(value).expect("a header in Base64")).expect("a header in UTF-8");
        let (id, secret) = pair.split_once(':').expect("a name and a secret");
        (form::decoded(id), form::decoded(secret))
    });
    let posted = form.get("client_secret");
    let is_proven = match secret {
        None => basic.is_none() && posted.is_none(),
        Some((secret, SecretIn::Header)) => basic == Some((CLIENT_ID.to_owned(), secret.clone())) && posted.is_none(),
        Some((secret, SecretIn::Body)) => basic.is_none() && posted == Some(secret),
    };
    is_proven && form.get("client_id").is_none_or(|id| id == CLIENT_ID)
}
