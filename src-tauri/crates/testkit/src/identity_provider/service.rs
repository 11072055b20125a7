//! What the provider answers.

use super::{
    CLIENT_ID,
    authorisation::{Granted, Person, SecretIn, is_client},
    endpoint::Endpoint,
    form,
    key::{Algorithm, Keys},
    token::IdToken,
};
use crate::{Asked, Said, Service};
use domain::Clock;
use futures::future::{BoxFuture, FutureExt as _, pending, ready};
use parking_lot::{Mutex, MutexGuard};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, OnceLock},
};

/// How long an ID token is good for, in seconds.
const GOOD_FOR: i64 = 300;

type Change<T> = Arc<dyn Fn(&mut T) + Send + Sync>;

/// The provider behind the server.
#[derive(Debug)]
pub(super) struct Provider {
    clock: Arc<dyn Clock>,
    issuer: OnceLock<String>,
    state: Mutex<State>,
}

/// What a test says of it, and what it remembers.
pub(super) struct State {
    pub(super) person: Person,
    pub(super) secret: Option<(String, SecretIn)>,
    pub(super) keys: Keys,
    pub(super) forgery: Option<Change<IdToken>>,
    pub(super) telling: Option<Change<Value>>,
    /// What is answered instead; nothing at all if there is no answer.
    pub(super) answers: HashMap<Endpoint, Option<Said>>,
    pub(super) asked: Vec<Endpoint>,
    codes: HashMap<String, Granted>,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").field("person", &self.person).field("asked", &self.asked).finish_non_exhaustive()
    }
}

impl Provider {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let state = State {
            person: Person::new("ada-1815", "ada@example.org", "Ada Lovelace"),
            secret: None,
            keys: Keys::of(Algorithm::Rs256),
            forgery: None,
            telling: None,
            answers: HashMap::new(),
            asked: Vec::new(),
            codes: HashMap::new(),
        };
        Self { clock, issuer: OnceLock::new(), state: Mutex::new(state) }
    }

    pub(super) fn listens_at(&self, url: String) {
        self.issuer.set(url).expect("it listens once");
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    fn issuer(&self) -> &str {
        self.issuer.get().expect("it listens before it is asked")
    }

    fn told(&self) -> Value {
        let at = |endpoint: Endpoint| format!("{}{}", self.issuer(), endpoint.path());
        let state = self.state();
        let method = state.secret.as_ref().map_or("none", |(_, place)| place.name());
        let mut told = json!({
            "issuer": self.issuer(),
            "authorization_endpoint": at(Endpoint::Authorisation),
            "token_endpoint": at(Endpoint::Token),
            "jwks_uri": at(Endpoint::Keys),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "PS256", "ES256", "EdDSA"],
            "scopes_supported": ["openid", "email", "profile"],
            "token_endpoint_auth_methods_supported": [method],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
        });
        if let Some(telling) = &state.telling {
            telling(&mut told);
        }
        told
    }

    /// Leads the browser back with a code.
    fn authorise(&self, asked: &Asked) -> Said {
        let query = form::read(&asked.query);
        let mut state = self.state();
        let granted = match Granted::read(&query, state.person.clone()) {
            Ok(granted) => granted,
            Err(why) => return Said::text(400, "text/plain", why),
        };
        let code = uuid::Uuid::new_v4().to_string();
        state.codes.insert(code.clone(), granted);
        let given = |name: &str| form::encoded(query.get(name).map_or("", String::as_str));
        let (to, back, issuer) = (&query["redirect_uri"], given("state"), form::encoded(self.issuer()));
        Said::text(302, "text/plain", "").header("location", format!("{to}?code={code}&state={back}&iss={issuer}"))
    }

    /// Exchanges a code, which is over then whatever comes of it.
    fn exchange(&self, asked: &Asked) -> Said {
        let refused = |status, why: &str| {
            Said::json(status, &json!({ "error": why, "error_description": format!("<b>{why}</b>\u{1b}[31m") }))
        };
        let form = form::read(&String::from_utf8_lossy(&asked.body));
        let mut state = self.state();
        if !is_client(state.secret.as_ref(), asked, &form) {
            return refused(401, "invalid_client");
        }
        if form.get("grant_type").map(String::as_str) != Some("authorization_code") {
            return refused(400, "unsupported_grant_type");
        }
        let granted = form.get("code").and_then(|code| state.codes.remove(code));
        let Some(granted) = granted.filter(|granted| granted.is_exchanged_by(&form)) else {
            return refused(400, "invalid_grant");
        };
        let mut token = IdToken::honest(self.claims(&granted), &state.keys);
        if let Some(forgery) = &state.forgery {
            forgery(&mut token);
        }
        Said::json(
            200,
            &json!({
                "access_token": uuid::Uuid::new_v4(),
                "token_type": "Bearer",
                "expires_in": GOOD_FOR,
                "id_token": token.written(&state.keys),
            }),
        )
    }

    fn claims(&self, granted: &Granted) -> Value {
        let (now, person) = (self.clock.now().as_millis() / 1_000, &granted.person);
        let mut claims = json!({
            "iss": self.issuer(), "sub": person.subject, "aud": CLIENT_ID, "iat": now, "exp": now + GOOD_FOR,
        });
        let optional = [("nonce", &granted.nonce), ("email", &person.email), ("name", &person.name)];
        for (name, value) in optional.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
            claims[name] = value.as_str().into();
        }
        if person.email.is_some() {
            claims["email_verified"] = person.email_verified.into();
        }
        claims
    }
}

impl Service for Provider {
    fn answer(self: Arc<Self>, asked: Asked) -> BoxFuture<'static, Said> {
        let Some(endpoint) = Endpoint::at(&asked.path) else {
            return ready(Said::text(404, "text/plain", "not found")).boxed();
        };
        self.state().asked.push(endpoint);
        let instead = self.state().answers.get(&endpoint).cloned();
        match (instead, endpoint, asked.method.as_str()) {
            (Some(None), ..) => pending().boxed(),
            (Some(Some(said)), ..) => ready(said).boxed(),
            (None, Endpoint::Discovery, "GET") => ready(Said::json(200, &self.told())).boxed(),
            (None, Endpoint::Keys, "GET") => ready(Said::json(200, &self.state().keys.published())).boxed(),
            (None, Endpoint::Authorisation, "GET") => ready(self.authorise(&asked)).boxed(),
            (None, Endpoint::Token, "POST") => ready(self.exchange(&asked)).boxed(),
            _ => ready(Said::text(405, "text/plain", "method not allowed")).boxed(),
        }
    }
}
