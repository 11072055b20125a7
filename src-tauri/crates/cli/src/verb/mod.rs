//! One file for each noun: ask the console, show the answer.

mod breakers;
mod connections;
mod doctor;
mod drill;
mod notices;
mod people;
mod plan;
mod readiness;
mod runs;
mod search;
mod templates;
mod triage;
mod watch;

pub use doctor::Fact;

use crate::{
    arguments::{Format, Settings, TerminalVerb},
    exit::Exit,
    screen::Screen,
    trouble::Trouble,
};
use console::Console;
use domain::{ConnectionId, Secret};
use futures::future::BoxFuture;
use serde::{Serialize, de::DeserializeOwned};
use std::io::{self, Read};

/// What a verb works with.
pub struct Session<'a> {
    /// The console that answers.
    pub console: &'a Console,
    /// What holds for every verb.
    pub settings: &'a Settings,
    /// Standard input, for plans and tokens.
    pub input: &'a mut (dyn Read + Send),
    /// What the composition root knows of this installation, for `doctor`.
    pub facts: Vec<Fact>,
    /// Asks at the terminal for something secret, without showing it; `None` where there is no terminal.
    pub ask_secretly: fn(&str) -> io::Result<Option<Secret>>,
    /// Ends when the process is asked to stop; before it is called, that ends the process.
    pub until_asked: fn() -> BoxFuture<'static, ()>,
    /// A token for the connection that is named, for this one command.
    pub token: Option<Secret>,
}

impl std::fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Session<'_> {
    /// The connection that was named.
    fn connection(&self) -> Option<ConnectionId> {
        self.settings.connection.as_deref().map(ConnectionId::from)
    }

    /// The id of the connection that was named; a name that nobody has is an error.
    fn named(&self) -> Result<Option<ConnectionId>, Trouble> {
        let find = |name| self.console.connection_named(&name).map(|connection| connection.id);
        Ok(self.connection().map(find).transpose()?)
    }

    /// Uses the token that was given for the connection that was named.
    async fn lend_token(&mut self) -> Result<(), Trouble> {
        if let (Some(connection), Some(token)) = (self.connection(), self.token.take()) {
            self.console.lend_token(&connection, token).await?;
        }
        Ok(())
    }

    async fn ask<T: DeserializeOwned>(&self, command: &str, request: impl Serialize) -> Result<T, Trouble> {
        let reply = rpc::dispatch(self.console, command, serde_json::to_value(request)?).await?;
        Ok(serde_json::from_value(reply)?)
    }
}

/// Carries out one verb. Whatever goes wrong is told on the screen and in the exit code.
pub async fn run(session: &mut Session<'_>, verb: &TerminalVerb, screen: &mut Screen<'_>) -> Exit {
    let done = match session.lend_token().await {
        Ok(()) => carry_out(session, verb, screen).await,
        Err(trouble) => Err(trouble),
    };
    match done.and_then(|exit| screen.flush().map_err(Trouble::from).map(|()| exit)) {
        Ok(exit) => exit,
        Err(trouble) => {
            screen.trouble(&trouble);
            trouble.exit()
        }
    }
}

async fn carry_out(session: &mut Session<'_>, verb: &TerminalVerb, screen: &mut Screen<'_>) -> Result<Exit, Trouble> {
    match verb {
        TerminalVerb::Runs(verb) => runs::run(session, verb, screen).await,
        TerminalVerb::Triage => triage::run(session, screen).await,
        TerminalVerb::Notices => notices::run(session, screen).await,
        TerminalVerb::Breakers(verb) => breakers::run(session, verb, screen).await,
        TerminalVerb::Readiness(arguments) => readiness::run(session, arguments, screen).await,
        TerminalVerb::Connections(verb) => connections::run(session, verb, screen).await,
        TerminalVerb::Templates(verb) => templates::run(session, verb, screen).await,
        TerminalVerb::Search { query, limit } => search::run(session, query, *limit, screen).await,
        TerminalVerb::Drill(verb) => drill::run(session, verb, screen).await,
        TerminalVerb::Doctor => doctor::run(session, screen).await,
    }
}

/// A list in the form that was asked for.
fn list<T: Serialize>(
    screen: &mut Screen<'_>,
    items: &[T],
    table: impl FnOnce(&[T]) -> crate::render::Table,
) -> Result<Exit, Trouble> {
    match screen.format() {
        Format::Table => screen.table(&table(items))?,
        Format::Json => screen.document(&items)?,
        Format::Ndjson => screen.documents(items)?,
    }
    Ok(Exit::Done)
}
