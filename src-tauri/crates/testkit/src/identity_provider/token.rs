//! An ID token before it is handed out.

use super::key::Keys;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::hmac;
use serde_json::{Value, json};

/// An ID token, to be changed by whoever lies.
#[derive(Debug, Clone)]
pub struct IdToken {
    /// The header.
    pub header: Value,
    /// What it says.
    pub claims: Value,
    /// Who signs it.
    pub signed: Signed,
}

/// Who signs a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// The provider, with its newest key.
    ByProvider,
    /// Somebody else, with a key of the same kind and under the same name.
    ByStranger,
    /// Anybody, with the public half of the key as a shared secret (HMAC with SHA-256).
    WithPublicKey,
    /// Nobody.
    ByNobody,
}

impl IdToken {
    /// An honest one that says this.
    pub(super) fn honest(claims: Value, keys: &Keys) -> Self {
        let (key, name) = keys.newest();
        let mut header = json!({ "typ": "JWT", "alg": key.algorithm.name() });
        if let Some(name) = name {
            header["kid"] = name.into();
        }
        Self { header, claims, signed: Signed::ByProvider }
    }

    /// As it goes over the wire.
    pub(super) fn written(&self, keys: &Keys) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&self.header), part(&self.claims));
        let key = keys.newest().0;
        let signature = match self.signed {
            Signed::ByProvider => key.sign(message.as_bytes()),
            Signed::ByStranger => keys.stranger().sign(message.as_bytes()),
            Signed::WithPublicKey => {
                let secret = hmac::Key::new(hmac::HMAC_SHA256, &key.public_bytes());
                hmac::sign(&secret, message.as_bytes()).as_ref().to_vec()
            }
            Signed::ByNobody => Vec::new(),
        };
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
