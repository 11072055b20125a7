//! `connections`: list, add, edit, remove, test; `people` has signing in and out.

use super::{Session, list, people};
use crate::{
    arguments::{ConnectionsVerb, EnvironmentName, Format},
    exit::Exit,
    render,
    screen::Screen,
    trouble::Trouble,
};
use console::view::{ConnectionRef, ConnectionTest, ConnectionView};
use domain::{Environment, Secret};
use serde_json::{Value, json};
use std::io::Read;

/// Longest token that is read, in bytes.
const LONGEST_TOKEN: u64 = 16 * 1024;

pub(super) async fn run(
    session: &mut Session<'_>,
    verb: &ConnectionsVerb,
    screen: &mut Screen<'_>,
) -> Result<Exit, Trouble> {
    match verb {
        ConnectionsVerb::Ls => {
            let named = session.named()?;
            let mut connections: Vec<ConnectionView> = session.ask("connections.list", ()).await?;
            connections.retain(|view| named.as_ref().is_none_or(|named| view.connection.id == *named));
            list(screen, &connections, render::connections)
        }
        ConnectionsVerb::Add { name, url, token_stdin, environment, read_only } => {
            let token = token(session, *token_stdin)?;
            let request = addition(name, url, *environment, *read_only, token.as_ref());
            one(&session.ask("connections.add", request).await?, screen)
        }
        ConnectionsVerb::Edit(given) => {
            let token = token(session, given.token_stdin)?;
            let mut request = json!({
                "connection": given.target,
                "name": given.name,
                "base_url": given.url,
                "environment": given.environment.map(Environment::from),
                "read_only": given.read_only,
            });
            add_token(&mut request, token.as_ref());
            one(&session.ask("connections.edit", request).await?, screen)
        }
        ConnectionsVerb::SignIn(given) => people::sign_in(session, given, screen).await,
        ConnectionsVerb::SignOut { target, everywhere } => people::sign_out(session, target, *everywhere, screen).await,
        ConnectionsVerb::Rm { target } => {
            let request = ConnectionRef { connection: target.as_str().into() };
            let () = session.ask("connections.remove", request).await?;
            if screen.format() == Format::Table {
                screen.line(&format!("{target} is removed"))?;
            } else {
                screen.document(&json!({ "removed": target }))?;
            }
            Ok(Exit::Done)
        }
        ConnectionsVerb::Test { target, token_stdin } => {
            let token = token(session, *token_stdin)?;
            let mut request =
                if target.contains("://") { json!({ "base_url": target }) } else { json!({ "connection": target }) };
            add_token(&mut request, token.as_ref());
            let test: ConnectionTest = session.ask("connections.test", request).await?;
            match screen.format() {
                Format::Table => screen.table(&render::test(&test))?,
                Format::Json => screen.document(&test)?,
                Format::Ndjson => screen.documents(&test.hops)?,
            }
            let failed = test.error.as_ref().map_or(Exit::Unreachable, |error| Exit::of_error(&error.code));
            Ok(if test.passed { Exit::Done } else { failed })
        }
    }
}

/// A connection as it is now.
pub(super) fn one(view: &ConnectionView, screen: &mut Screen<'_>) -> Result<Exit, Trouble> {
    if screen.format() == Format::Table {
        screen.table(&render::connections(std::slice::from_ref(view)))?;
    } else {
        screen.document(view)?;
    }
    Ok(Exit::Done)
}

/// Tokens are never serialised with the request types, so the request is put together here.
fn addition(name: &str, url: &str, environment: EnvironmentName, read_only: bool, token: Option<&Secret>) -> Value {
    let mut request = json!({ "name": name, "base_url": url, "environment": Environment::from(environment) });
    if read_only {
        request["read_only"] = true.into();
    }
    add_token(&mut request, token);
    request
}

fn add_token(request: &mut Value, token: Option<&Secret>) {
    if let Some(token) = token {
        request["token"] = token.expose().into();
    }
}

/// The first line of standard input.
fn token(session: &mut Session<'_>, wanted: bool) -> Result<Option<Secret>, Trouble> {
    if !wanted {
        return Ok(None);
    }
    let mut text = String::new();
    let input: &mut dyn Read = &mut session.input;
    let failed = |_| Trouble::given("the token on standard input cannot be read", "Give it as one line of text.");
    input.take(LONGEST_TOKEN).read_to_string(&mut text).map_err(failed)?;
    match text.lines().next().map(str::trim).filter(|line| !line.is_empty()) {
        Some(line) => Ok(Some(Secret::new(line))),
        None => Err(Trouble::given("there is no token on standard input", "Give it as one line of text.")),
    }
}
