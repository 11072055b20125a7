//! Who asks: the people whom the user service knows, by their token, by an API key that everybody has from the beginning,
//! or by one that they made.

use super::state::{Row, State};
use crate::Asked;
use serde_json::{Value, json};

/// Somebody whom the user service knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) id: &'static str,
    pub(super) email: &'static str,
    name: &'static str,
    /// Their token; with `nofx_` before it, their first API key.
    token: &'static str,
    /// Whether they ever gave a password, which leaves a trace in their row.
    has_logged_in: bool,
}

const PEOPLE: [Person; 3] = [
    Person {
        id: "11111111-1111-4111-8111-111111111111",
        email: "alice@example.test",
        name: "alice",
        token: "good",
        has_logged_in: true,
    },
    Person {
        id: "22222222-2222-4222-8222-222222222222",
        email: "bob@example.test",
        name: "bob",
        token: "bob",
        has_logged_in: false,
    },
    Person {
        id: "33333333-3333-4333-8333-333333333333",
        email: "carol@example.test",
        name: "carol",
        token: "carol",
        has_logged_in: false,
    },
];

impl Person {
    /// Whoever a key or a token names; a key is looked at first.
    pub(super) fn behind(state: &mut State, asked: &Asked) -> Option<Self> {
        if state.knows_nobody {
            return None;
        }
        let by_key = asked.header("x-api-key").and_then(|key| Self::with_key(state, key));
        let token = asked.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        by_key.or_else(|| PEOPLE.into_iter().find(|person| token == Some(person.token)))
    }

    fn with_key(state: &mut State, key: &str) -> Option<Self> {
        let given = key.strip_prefix("nofx_")?;
        let first = PEOPLE.into_iter().find(|person| given == person.token);
        first.or_else(|| {
            let owner = super::keys::used(state, key)?;
            PEOPLE.into_iter().find(|person| owner == person.id)
        })
    }

    pub(super) fn of_id(id: &Value) -> Option<Self> {
        PEOPLE.into_iter().find(|person| id == person.id)
    }

    pub(super) fn of_email(email: &str) -> Option<Self> {
        PEOPLE.into_iter().find(|person| email == person.email)
    }

    /// What a team shows of them.
    pub(super) fn shown(self) -> Row {
        let mut row = self.row();
        if self.has_logged_in {
            row.insert("last_login_at".to_owned(), "2026-11-20T10:35:07.448Z".into());
        }
        row
    }

    pub(super) fn row(self) -> Row {
        super::state::row(json!({
            "id": self.id, "email": self.email, "full_name": self.name, "company_name": null, "avatar_url": null,
            "role": "user", "created_at": "2026-11-20T10:32:22.869Z",
        }))
    }
}

/// Whether this is an e-mail address, as far as its schema looks.
pub(super) fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}
