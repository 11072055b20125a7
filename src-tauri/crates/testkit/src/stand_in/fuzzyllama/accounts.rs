//! Users and tokens: access tokens that live until they expire, refresh tokens that live in memory and are used once.

use super::Outcome;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Everybody, and every token that is good.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    issued: u64,
    users: BTreeMap<String, String>,
    access: BTreeMap<String, String>,
    refresh: BTreeMap<String, String>,
    /// Refresh tokens that were good once.
    known: BTreeMap<String, String>,
    trusts_nobody: bool,
}

impl Accounts {
    pub(super) fn add(&mut self, email: &str, password: &str) {
        self.users.insert(email.to_owned(), password.to_owned());
    }

    pub(super) fn expire(&mut self) {
        self.access.clear();
    }

    pub(super) fn distrust(&mut self) {
        self.trusts_nobody = true;
    }

    pub(super) fn forget_refresh_tokens(&mut self) {
        self.refresh.clear();
    }

    pub(super) fn id_of(&self, email: &str) -> String {
        let at = self.users.keys().position(|known| known == email).expect("a user who is known");
        format!("cmwuser{at}")
    }

    pub(super) fn person(&self, email: &str) -> Value {
        json!({ "id": self.id_of(email), "email": email, "name": "Ops <b>One</b>" })
    }

    /// The e-mail address behind a header, or what the guard says.
    pub(super) fn user_of(&self, header: Option<&str>) -> Result<String, &'static str> {
        let token = header.and_then(|header| header.strip_prefix("Bearer ")).unwrap_or_default();
        if self.known.contains_key(token) {
            return Err("Invalid token type");
        }
        self.access.get(token).filter(|_| !self.trusts_nobody).cloned().ok_or("Unauthorized")
    }

    pub(super) fn access_token(&mut self, email: &str) -> String {
        let token = self.token(email, "access");
        self.access.insert(token.clone(), email.to_owned());
        token
    }

    pub(super) fn refresh_token(&mut self, email: &str) -> String {
        let token = self.token(email, "refresh");
        self.refresh.insert(token.clone(), email.to_owned());
        self.known.insert(token.clone(), email.to_owned());
        token
    }

    fn token(&mut self, email: &str, kind: &str) -> String {
        self.issued += 1;
        let claims = json!({ "sub": self.id_of(email), "email": email, "type": kind, "iat": self.issued, "exp": 1 });
        format!("eyJhbGciOiJIUzI1NiJ9.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    pub(super) fn login(&mut self, body: &Value) -> Outcome {
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (email, password) = (text("email"), text("password"));
        if password.len() < 8 {
            return Err((400, json!(["password must be longer than or equal to 8 characters"])));
        }
        if self.users.get(&email) != Some(&password) {
            return Err((401, json!("Invalid credentials")));
        }
        Ok((200, self.pair(&email)))
    }

    pub(super) fn refresh(&mut self, body: &Value) -> Outcome {
        let token = body.get("refreshToken").and_then(Value::as_str).unwrap_or_default();
        match (self.refresh.remove(token), self.known.contains_key(token)) {
            (Some(email), _) => Ok((200, self.pair(&email))),
            (None, true) => Err((401, json!("Token has been revoked"))),
            (None, false) => Err((401, json!("Unauthorized"))),
        }
    }

    fn pair(&mut self, email: &str) -> Value {
        let (access, refresh) = (self.access_token(email), self.refresh_token(email));
        let mut user = self.person(email);
        user["planTier"] = "FREE".into();
        json!({ "accessToken": access, "refreshToken": refresh, "user": user })
    }

    pub(super) fn me(&self, email: &str) -> Value {
        let mut me = self.person(email);
        for (name, value) in [
            ("avatarUrl", Value::Null),
            ("planTier", "FREE".into()),
            ("emailVerified", false.into()),
            ("monthlyAgentExecutions", 0.into()),
            ("lastExecutionReset", Value::Null),
            ("teachingLevel", Value::Null),
            ("onboardedAt", Value::Null),
            ("createdAt", "2026-11-20T10:00:00.000Z".into()),
        ] {
            me[name] = value;
        }
        me
    }
}
