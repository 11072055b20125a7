//! `doctor`: what this installation is made of, and what is wrong with it.

use super::Session;
use crate::{
    arguments::Format,
    exit::Exit,
    render::{Cell, Colour, Table},
    screen::Screen,
    trouble::Trouble,
};
use console::view::{AppInfo, BuiltInPlane, ConnectionView};
use domain::{ConnectionState, CredentialState};
use serde::Serialize;
use serde_json::json;

/// What becomes of a cache that could not be used.
const CACHE_REMEDY: &str = "Runs are read again from the control planes. Connections are kept, and so are preferences \
                            and the record of acts where the old file could be read.";

/// One thing that is known of this installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What it is about.
    pub subject: String,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was seen.
    pub seen: String,
    /// What to do, if anything.
    pub remedy: Option<String>,
}

impl Fact {
    /// Something that is as it should be.
    pub fn good(subject: impl Into<String>, seen: impl Into<String>) -> Self {
        Self { subject: subject.into(), ok: true, seen: seen.into(), remedy: None }
    }

    /// Something that is not.
    pub fn bad(subject: impl Into<String>, seen: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { subject: subject.into(), ok: false, seen: seen.into(), remedy: Some(remedy.into()) }
    }
}

pub(super) async fn run(session: &mut Session<'_>, screen: &mut Screen<'_>) -> Result<Exit, Trouble> {
    let named = session.named()?;
    let app: AppInfo = session.ask("app.info", ()).await?;
    let mut connections: Vec<ConnectionView> = session.ask("connections.list", ()).await?;
    connections.retain(|view| named.as_ref().is_none_or(|named| view.connection.id == *named));
    let needs_keychain = connections.iter().any(|view| view.connection.credential != CredentialState::NotNeeded);
    let mut facts = about(&app, needs_keychain);
    facts.append(&mut session.facts);
    let is_offline = session.settings.offline;
    facts.extend(connections.iter().map(|view| connection(view, is_offline)));
    match screen.format() {
        Format::Table => screen.table(&table(&facts))?,
        Format::Json => screen.document(&json!({ "ok": facts.iter().all(|fact| fact.ok), "facts": facts }))?,
        Format::Ndjson => screen.documents(&facts)?,
    }
    Ok(exit_of(&facts))
}

fn exit_of(facts: &[Fact]) -> Exit {
    if facts.iter().all(|fact| fact.ok) { Exit::Done } else { Exit::Unwell }
}

fn about(app: &AppInfo, needs_keychain: bool) -> Vec<Fact> {
    let reason = app.keychain.reason.as_deref().unwrap_or("not available");
    let keychain = if app.keychain.available {
        Fact::good("keychain", "available")
    } else if !needs_keychain {
        Fact::good("keychain", format!("{reason} No connection needs one."))
    } else {
        Fact::bad(
            "keychain",
            reason,
            app.keychain.remedy.as_deref().unwrap_or("Tokens can be kept for one session only."),
        )
    };
    let cache = match &app.cache_notice {
        None => Fact::good("cache", "in its file"),
        Some(notice) => Fact::bad("cache", notice, CACHE_REMEDY),
    };
    let plane = match app.built_in_plane {
        BuiltInPlane::Embedded => "in this process",
        BuiltInPlane::Attached => "running in another process",
        BuiltInPlane::NotRunning => "not running; it starts when it is needed",
        BuiltInPlane::NotContacted => "not looked for, because nothing may be contacted",
    };
    vec![
        Fact::good("version", &app.version),
        Fact::good("data directory", &app.data_dir),
        keychain,
        cache,
        Fact::good("built-in control plane", plane),
    ]
}

fn connection(view: &ConnectionView, is_offline: bool) -> Fact {
    let subject = format!("connection {}", view.connection.name);
    if is_offline {
        return Fact::good(subject, format!("{} runs in the cache; not contacted", view.cached_runs));
    }
    let test = || format!("breakwater connections test '{}'", view.connection.name);
    match (view.status.state, &view.status.error) {
        (ConnectionState::SignedOut, _) => Fact::bad(subject, "signed out", "Enter a valid token for it."),
        (ConnectionState::Incompatible, _) => Fact::bad(subject, "speaks something else", "Check its address."),
        (_, Some(error)) if !view.connection.built_in => {
            Fact::bad(subject, &error.message, error.hint.clone().unwrap_or_else(test))
        }
        (ConnectionState::Offline, None) if !view.connection.built_in => {
            Fact::bad(subject, "its control plane does not answer", test())
        }
        _ => Fact::good(subject, format!("{} runs in the cache", view.cached_runs)),
    }
}

fn table(facts: &[Fact]) -> Table {
    let mut table = Table::new(vec!["", "SUBJECT", "SEEN"], "Nothing is known.");
    for fact in facts {
        let mark = if fact.ok { Cell::coloured("ok", Colour::Good) } else { Cell::coloured("!", Colour::Bad) };
        let advice = fact.remedy.as_ref().map_or_else(String::new, |remedy| format!(" → {remedy}"));
        table.row([mark, fact.subject.as_str().into(), format!("{}{advice}", fact.seen).into()]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::{Fact, connection, exit_of};
    use crate::exit::Exit;
    use console::view::ConnectionView;
    use serde_json::json;

    fn view(state: &str, built_in: bool) -> ConnectionView {
        serde_json::from_value(json!({
            "id": "con_1", "name": "staging", "kind": "breakwater", "base_url": "https://plane.example.com",
            "environment": "staging", "read_only": false, "built_in": built_in, "credential": "missing",
            "created_at": "2026-01-01T00:00:00.000Z", "cached_runs": 3,
            "status": {
                "connection": "con_1", "state": state, "since": "2026-01-01T00:00:00.000Z", "last_seen_at": null,
                "latency_ms": null, "server_version": null, "clock_skew_ms": null, "error": null,
                "capabilities": domain::Capabilities::default(),
            },
        }))
        .expect("a connection as the console gives it")
    }

    #[test]
    fn something_wrong_ends_with_a_code_of_its_own() {
        let good = Fact::good("version", "1");
        assert_eq!(exit_of(std::slice::from_ref(&good)), Exit::Done, "nothing is wrong");
        assert_eq!(exit_of(&[good, Fact::bad("cache", "broken", "wait")]), Exit::Unwell, "a script can tell");
    }

    #[test]
    fn a_connection_that_cannot_be_used_is_not_called_good() {
        for state in ["offline", "signed_out", "incompatible"] {
            assert!(!connection(&view(state, false), false).ok, "{state} is bad");
        }
        assert!(connection(&view("polled", false), false).ok, "one that answers is good");
        assert!(connection(&view("offline", true), false).ok, "the built-in plane starts when it is needed");
        let unasked = connection(&view("offline", false), true);
        assert!(unasked.ok && unasked.seen.contains("not contacted"), "with --offline nobody was asked");
    }
}
