//! Finding out what a plane is: which dialect it speaks, and which optional parts answer.

use crate::{
    NofxClient, reading,
    surface::{Dialect, Door, Surface},
    translate::Health,
};
use client_http::{Call, Limits};
use control_plane::{CallContext, Error};
use domain::{Action, Availability, Capabilities, RunSummary};

/// A run that cannot be. Asked for its gates, a server that has gates says that there are none.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

impl NofxClient {
    /// What is known of the plane; looks first if nothing is.
    pub(crate) async fn surface(&self, context: &CallContext) -> Result<Surface, Error> {
        let known = *self.surface.read();
        if known.dialect.is_some() { Ok(known) } else { self.discover(context).await }
    }

    async fn discover(&self, context: &CallContext) -> Result<Surface, Error> {
        let (_, dialect) = self.listed(context, 1).await?;
        let late = async {
            futures::join!(
                self.wire.knock(context, Call::get(&["runs", NOBODY, "gates"])),
                self.wire.knock(context, Call::get(&["dev", "dlq"])),
                self.wire.knock(context, Call::get(&["builder", "templates"])),
            )
        };
        let express = async {
            match dialect {
                Dialect::Express => {
                    let queue = self.wire.knock(context, Call::get(&["dev", "queue"]));
                    futures::join!(queue, self.account(context))
                }
                Dialect::Serverless => (Door::Absent, [Door::Absent; 3]),
            }
        };
        let ((gates, dead_letters, templates), (queue, [teams, keys, billing])) = futures::join!(late, express);
        let is_admin = self.wire.is_bearer;
        let dialect = Some(dialect);
        let found = Surface { dialect, gates, dead_letters, templates, queue, teams, keys, billing, is_admin };
        *self.surface.write() = found;
        Ok(found)
    }

    /// The doors to teams, keys and billing, which open only to somebody whom NOFX knows.
    async fn account(&self, context: &CallContext) -> [Door; 3] {
        if !self.wire.has_credential {
            return [Door::Locked; 3];
        }
        let (teams, keys, billing) = futures::join!(
            self.wire.knock(context, Call::get(&["teams"])),
            self.wire.knock(context, Call::get(&["auth", "api-keys"])),
            self.wire.knock(context, Call::get(&["billing", "subscription"])),
        );
        [teams, keys, billing]
    }

    /// Looks again at what was locked to us, now that NOFX knows who we are: when we looked, its user service was away.
    pub(crate) async fn known_now(&self, context: &CallContext) {
        let known = *self.surface.read();
        if [known.teams, known.keys, known.billing].contains(&Door::Locked) {
            let [teams, keys, billing] = self.account(context).await;
            let mut surface = self.surface.write();
            (surface.teams, surface.keys, surface.billing) = (teams, keys, billing);
        }
    }

    /// An answer in the other dialect says that another server is there now: what was found out is void.
    pub(crate) fn learn(&self, seen: Dialect) {
        if self.surface.read().dialect.is_some_and(|dialect| dialect != seen) {
            self.forget();
        }
    }

    /// A plane that went away may come back as another.
    pub(crate) fn lost(&self, error: &Error) {
        if matches!(error, Error::Unreachable { .. }) {
            self.forget();
        }
    }

    fn forget(&self) {
        *self.surface.write() = Surface::default();
        *self.queue.lock() = None;
    }

    /// Who the credential makes us. The serverless dialect has no way to ask; that it lists its runs proves the credential.
    pub(crate) async fn principal(
        &self,
        context: &CallContext,
        dialect: Option<Dialect>,
    ) -> Result<Option<String>, Error> {
        if dialect != Some(Dialect::Express) || !self.wire.has_credential {
            return Ok(None);
        }
        match self.wire.ask(context, Call::get(&["auth", "me"]), "who we are").await {
            Ok(answer) => Ok(reading::us(&answer).ok().map(|us| us.name)),
            Err(Error::Unauthorised) if !self.wire.is_bearer => Err(Error::Unauthorised),
            // Runs are shown to everybody, and any bearer token makes an administrator, while without its user service NOFX
            // knows nobody: so not to be known by a bearer token is no reason to count as signed out.
            Err(_) => Ok(None),
        }
    }

    /// Fails if the plane cannot do this.
    pub(crate) async fn require(&self, context: &CallContext, action: Action) -> Result<(), Error> {
        let capabilities = self.surface(context).await?.capabilities();
        if capabilities.of(action) == Availability::Yes {
            return Ok(());
        }
        Err(Error::unsupported(&capabilities, action))
    }

    /// What no NOFX can do is refused without a call.
    pub(crate) fn never(&self, action: Action) -> Error {
        let capabilities: Capabilities = self.surface.read().capabilities();
        Error::unsupported(&capabilities, action)
    }

    /// The newest runs and the dialect that lists so.
    pub(crate) async fn listed(&self, context: &CallContext, limit: u32) -> Result<(Vec<RunSummary>, Dialect), Error> {
        let call = Call::get(&["runs"]).query("limit", limit.to_string());
        reading::list(&self.wire.ask(context, call, "the list of runs").await?)
    }

    pub(crate) async fn health(&self, context: &CallContext) -> Result<Health, Error> {
        reading::health(&self.wire.ask(context, Call::get(&["health"]), "the health page").await?)
    }
}

/// What lives at this address and why it looks so, to be put after "this looks like"; none if it is something else or
/// nothing.
/// Nothing is sent but two questions that change nothing, and no credential.
pub async fn recognise(base_url: &str, context: &CallContext, limits: Limits) -> Option<String> {
    let client = NofxClient::new(base_url, None, limits).ok()?;
    let (list, health) = futures::join!(client.listed(context, 1), client.health(context));
    let health = health.ok().map(|health| health.dialect);
    let because = match (list, health) {
        (Ok((_, Dialect::Express)), _) => "NOFX, Express dialect, because GET /runs answers with `pagination`",
        (Ok((_, Dialect::Serverless)), Some(Dialect::Serverless)) => {
            "NOFX, serverless dialect, because GET /runs answers without `pagination` and GET /health tells of a `database`"
        }
        // The serverless dialect shows its runs to nobody without a credential.
        (Err(Error::Unauthorised), Some(Dialect::Serverless)) => {
            "NOFX, serverless dialect, because GET /runs asks for a credential and GET /health tells of a `database`"
        }
        _ => return None,
    };
    Some(because.to_owned())
}
