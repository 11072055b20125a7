//! Connections: adding, editing, removing them, and where their tokens go.

mod address;
pub(crate) mod built_in;
pub(crate) mod hops;
pub(crate) mod in_browser;
pub(crate) mod people;

use crate::{
    call::Call,
    core::{Core, credential_name},
    drill,
    error::{Error, fault},
    guard::Guarded,
    keychain,
    link::Link,
    parts::SyncMode,
    pull,
    runs::ask,
    sync,
    view::{AddConnection, ConnectionRef, ConnectionView, EditConnection, Who},
};
use address::{is_same_origin, judge_address, judge_interval, judge_name, judge_token, tidy};
use cache::Noun;
use credentials::CredentialStore as _;
use domain::{Connection, ConnectionId, ControlPlaneKind, CredentialState, Environment, Fault, Secret};
use std::sync::Arc;
use uuid::Uuid;

/// Every connection and how well it is watched.
pub(crate) async fn list(core: &Core, call: &Call) -> Vec<ConnectionView> {
    if !core.mode.is_live() {
        let greetings = core.links().into_iter().map(|link| async move {
            let link = &*link;
            let question = |port: Arc<Guarded>| async move { pull::contact(core, link, &port, call.context()).await };
            // What came of it is in the status.
            let _ = ask(core, call, link, question).await;
        });
        futures::future::join_all(greetings).await;
    }
    let mut views = Vec::new();
    for link in core.links() {
        views.push(view(core, &link).await);
    }
    views
}

async fn view(core: &Core, link: &Link) -> ConnectionView {
    if let Ok(count) = core.read.run_count(&link.id).await {
        link.set_cached_runs(count);
    }
    ConnectionView {
        connection: link.connection(),
        status: link.status(),
        cached_runs: link.cached_runs(),
        spending: link.made_port().and_then(|port| port.spending()),
        asks_every_ms: link.asks_every_ms(),
        who: link.who(),
    }
}

/// Adds a connection and starts watching it.
pub(crate) async fn add(core: &Arc<Core>, request: AddConnection) -> Result<ConnectionView, Error> {
    let _turn = core.settings.lock().await;
    let mut faults = Vec::new();
    judge_name(&request.name, &names_but(core, None), &mut faults);
    judge_address(&request.base_url, Some(request.environment), &mut faults);
    judge_environment(request.environment, &mut faults);
    if let Some(token) = &request.token {
        judge_token(token, &mut faults);
    }
    accept(faults)?;

    let token = request.token.map(Secret::new);
    let base_url = tidy(&request.base_url);
    let (kind, recognised_by) = match request.kind {
        Some(kind) => (kind, None),
        // The usual kind, then; a test tells whether that is true.
        None if core.mode == SyncMode::CacheOnly => (ControlPlaneKind::Breakwater, None),
        None => {
            let found = core.connectors.probe(&base_url, token.clone().map(Into::into)).await;
            (found.kind.unwrap_or(ControlPlaneKind::Breakwater), found.because)
        }
    };
    let id = ConnectionId::new(format!("con_{}", Uuid::new_v4().simple()));
    let credential = keep_token(core, &id, token, request.session_only).await?;
    let connection = Connection {
        id: id.clone(),
        name: request.name,
        kind,
        base_url,
        environment: request.environment,
        read_only: request.read_only.unwrap_or(request.environment == Environment::Prod),
        built_in: false,
        credential,
        created_at: core.now(),
        recognised_by,
        poll_every_ms: None,
    };
    if let Err(error) = core.write.add_connection(&connection).await {
        forget_token(core, &id).await;
        return Err(error.into());
    }
    let link = start(core, connection).await;
    Ok(view(core, &link).await)
}

/// Changes a connection; the next call is made with the new settings.
pub(crate) async fn edit(core: &Arc<Core>, request: EditConnection) -> Result<ConnectionView, Error> {
    let _turn = core.settings.lock().await;
    let link = core.link(&request.connection)?;
    let mut connection = link.recorded();
    let mut faults = Vec::new();
    if connection.built_in && (request.name.is_some() || request.base_url.is_some() || request.token.is_some()) {
        return Err(Error::invalid(
            "connection",
            "built_in",
            "the built-in control plane keeps its name and address",
            "Change its read-only lock or its environment only.",
        ));
    }
    if drill::is_drill(&connection) {
        return Err(belongs_to_a_drill());
    }
    let environment = request.environment.unwrap_or(connection.environment);
    judge_environment(environment, &mut faults);
    if let Some(name) = &request.name {
        judge_name(name, &names_but(core, Some(&link.id)), &mut faults);
    }
    if request.base_url.is_some() || (request.environment.is_some() && !connection.built_in) {
        judge_address(request.base_url.as_deref().unwrap_or(&connection.base_url), Some(environment), &mut faults);
    }
    if let Some(token) = &request.token {
        judge_token(token, &mut faults);
    }
    let poll_every_ms = match request.poll_every_ms {
        None => connection.poll_every_ms,
        Some(0) => None,
        Some(millis) => {
            judge_interval(millis, &mut faults);
            Some(millis)
        }
    };
    accept(faults)?;

    let base_url = request.base_url.map_or_else(|| connection.base_url.clone(), |address| tidy(&address));
    if let Some(token) = request.token {
        connection.credential = change_token(core, &link.id, Secret::new(token), request.session_only).await?;
    } else if !is_same_origin(&base_url, &connection.base_url) {
        // The token was entered for another place, and whoever is at the new one must not get it.
        drop_token(core, &connection, "Unlock it, give a new token with the new address, or add a new connection.")
            .await?;
        pull::note_who(core, &link, None).await?;
        connection.credential = CredentialState::Missing;
        connection.recognised_by = None;
    }
    connection.poll_every_ms = poll_every_ms;
    connection.name = request.name.unwrap_or(connection.name);
    connection.base_url = base_url;
    connection.environment = environment;
    connection.read_only = request.read_only.unwrap_or(connection.read_only);
    core.write.edit_connection(&connection).await?;
    link.replace(connection).await;
    Ok(view(core, &link).await)
}

/// Keeps by what a connection was recognised, once a test has seen that it speaks what it is taken to speak.
pub(crate) async fn confirm(core: &Core, link: &Link, because: String) -> Result<(), Error> {
    let _turn = core.settings.lock().await;
    let mut connection = link.recorded();
    if connection.built_in || connection.recognised_by.as_ref() == Some(&because) {
        return Ok(());
    }
    connection.recognised_by = Some(because);
    core.write.edit_connection(&connection).await?;
    link.note_recognition(&connection);
    Ok(())
}

/// Makes a token that its plane has just given the credential of a connection; the next call is made with it.
pub(crate) async fn take_token(core: &Core, link: &Link, token: Secret) -> Result<(), Error> {
    let _turn = core.settings.lock().await;
    let mut connection = link.recorded();
    connection.credential = change_token(core, &link.id, token, false).await?;
    core.write.edit_connection(&connection).await?;
    link.replace(connection).await;
    Ok(())
}

/// Forgets a connection, its credential and all that was cached of it.
pub(crate) async fn remove(core: &Core, request: &ConnectionRef) -> Result<(), Error> {
    let _turn = core.settings.lock().await;
    let link = core.link(&request.connection)?;
    if link.connection().built_in {
        return Err(Error::invalid(
            "connection",
            "built_in",
            "the built-in control plane belongs to this program and cannot be removed",
            "Start with no built-in plane instead.",
        ));
    }
    if drill::is_drill(&link.connection()) {
        return Err(belongs_to_a_drill());
    }
    // First of all: once the connection is gone, nobody would know of a token that stayed behind.
    drop_token(core, &link.recorded(), "Unlock it, then remove the connection again.").await?;
    // One that is not there any more is just as well.
    let _ = std::fs::remove_file(core.keeper(&link.id, CredentialState::Keychain).lock());
    link.stop.cancel();
    core.write.remove_connection(&link.id).await?;
    core.links.write().retain(|other| other.id != link.id);
    Ok(())
}

/// Only a drill makes such a connection, and nothing that is real may look like one.
fn judge_environment(environment: Environment, faults: &mut Vec<Fault>) {
    if environment == Environment::Drill {
        let rule = "only a drill has this environment";
        faults.push(fault("environment", "drill", rule, "Choose production, staging or local."));
    }
}

fn belongs_to_a_drill() -> Error {
    let rule = "the connection of a drill belongs to the drill, and goes with it";
    Error::invalid("connection", "drill", rule, "End the drill, and its connection goes.")
}

/// Gives a connection a token for as long as this process lives. It is written nowhere.
pub(crate) async fn lend(core: &Core, named: &ConnectionId, token: Secret) -> Result<(), Error> {
    let mut faults = Vec::new();
    judge_token(token.expose(), &mut faults);
    accept(faults)?;
    let link = core.link(named)?;
    // The store of this session is in memory and has nothing that could fail.
    let _ = core.session.set(&credential_name(&link.id), &token).await;
    link.forget_port().await;
    Ok(())
}

/// Brings the connections of this console to what another process may have made of them.
pub(crate) async fn reload(core: &Arc<Core>) {
    let _turn = core.settings.lock().await;
    let known = match core.read.connections().await {
        Ok(known) => known,
        Err(error) => return tracing::warn!(%error, "connections cannot be read again"),
    };
    for link in core.links() {
        let before = link.connection();
        match known.iter().find(|connection| connection.id == link.id) {
            _ if before.built_in => {}
            None => {
                link.stop.cancel();
                core.links.write().retain(|other| other.id != link.id);
            }
            Some(now) if Connection { credential: before.credential, ..now.clone() } != before => {
                link.replace(now.clone()).await;
            }
            Some(now) if link.is_recorded_anew(now.credential) => {
                link.forget_port().await;
                link.nudge.notify_one();
            }
            Some(_) => {}
        }
    }
    for connection in known {
        if !connection.built_in && core.link(&connection.id).is_err() {
            start(core, connection).await;
        }
    }
}

/// Takes a connection up, and watches it if this console watches at all.
pub(crate) async fn start(core: &Arc<Core>, connection: Connection) -> Arc<Link> {
    let statuses = core.read.connection_statuses().await.unwrap_or_default();
    let known = statuses.into_iter().find(|status| status.connection == connection.id);
    let link = Arc::new(Link::new(connection, known, core.now(), core.stop.child_token()));
    let told = core.read.told::<Option<Who>>(&link.id, Noun::Identity, "").await;
    link.note_who(told.ok().flatten().and_then(|told| told.document).as_ref());
    core.links.write().push(Arc::clone(&link));
    if core.mode == SyncMode::Live {
        sync::spawn(core, &link);
    }
    link
}

fn names_but(core: &Core, except: Option<&ConnectionId>) -> Vec<String> {
    core.links().iter().filter(|link| Some(&link.id) != except).map(|link| link.name()).collect()
}

fn accept(faults: Vec<Fault>) -> Result<(), Error> {
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}

fn not_kept(core: &Core, what: &str, error: &credentials::Error) -> Error {
    Error::KeychainUnavailable {
        reason: format!("the {what} cannot be kept: {error}"),
        remedy: keychain::remedy(core.mode, error.remedy()),
    }
}

/// Keeps a token in place of the session of a person, which would hide it.
async fn change_token(
    core: &Core,
    id: &ConnectionId,
    token: Secret,
    session_only: bool,
) -> Result<CredentialState, Error> {
    let recorded = if session_only { CredentialState::Session } else { CredentialState::Keychain };
    core.keeper(id, recorded).forget().await.map_err(|error| not_kept(core, "token", &error))?;
    keep_token(core, id, Some(token), session_only).await
}

async fn keep_token(
    core: &Core,
    id: &ConnectionId,
    token: Option<Secret>,
    session_only: bool,
) -> Result<CredentialState, Error> {
    let Some(token) = token else { return Ok(CredentialState::Missing) };
    let name = credential_name(id);
    let (store, state): (&dyn credentials::CredentialStore, _) = if session_only {
        (&*core.session, CredentialState::Session)
    } else {
        (&*core.credentials, CredentialState::Keychain)
    };
    store.set(&name, &token).await.map_err(|error| not_kept(core, "token", &error))?;
    if state == CredentialState::Keychain {
        // A token of this session would otherwise hide the new one.
        let _ = core.session.delete(&name).await;
    }
    Ok(state)
}

/// Deletes the token and the session of a connection that goes on without them. Where one may stay in the keychain, that is an error.
async fn drop_token(core: &Core, connection: &Connection, remedy: &str) -> Result<(), Error> {
    let name = credential_name(&connection.id);
    // The store of this session is in memory and has nothing that could fail.
    let _ = core.session.delete(&name).await;
    let deleted = match core.credentials.delete(&name).await {
        Ok(()) => core.keeper(&connection.id, CredentialState::Keychain).forget().await,
        failed => failed,
    };
    let Err(error) = deleted else { return Ok(()) };
    // A keychain that could not be read at the start makes a kept token look like a missing one.
    let recorded = core.read.connections().await?.into_iter().find(|recorded| recorded.id == connection.id);
    let kept = recorded.is_some_and(|recorded| recorded.credential == CredentialState::Keychain);
    if !kept && connection.credential != CredentialState::Keychain {
        return Ok(());
    }
    Err(Error::KeychainUnavailable {
        reason: format!("the token cannot be deleted from the keychain: {error}"),
        remedy: remedy.to_owned(),
    })
}

async fn forget_token(core: &Core, id: &ConnectionId) {
    let name = credential_name(id);
    for result in [core.session.delete(&name).await, core.credentials.delete(&name).await] {
        if let Err(error) = result {
            tracing::warn!(connection = %id, %error, "the token of a connection may still be in the keychain");
        }
    }
}
