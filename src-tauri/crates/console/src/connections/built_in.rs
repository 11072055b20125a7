//! The connection to the built-in control plane: what it is called, where its plane runs, and starting that here.

use crate::{core::Core, error::Error, overview, view::AppInfo, view::BuiltInPlane, view::Tag};
use domain::{Connection, ConnectionId, ControlPlaneKind, CredentialState, Environment};

/// Its id and name.
const BUILT_IN: &str = "local";

/// The connection as it is reached today, with what an operator has set on it before.
pub(crate) fn connection(core: &Core, address: String, before: Option<&Connection>) -> Connection {
    Connection {
        id: ConnectionId::new(BUILT_IN),
        name: BUILT_IN.to_owned(),
        kind: ControlPlaneKind::Breakwater,
        base_url: address,
        environment: before.map_or(Environment::Local, |before| before.environment),
        read_only: before.is_some_and(|before| before.read_only),
        built_in: true,
        credential: CredentialState::NotNeeded,
        created_at: before.map_or_else(|| core.now(), |before| before.created_at),
        recognised_by: None,
        poll_every_ms: None,
    }
}

/// Takes note of where the plane runs from now on. Where it does, its connection is made again at once instead of after
/// the pause that its absence had earned.
pub(crate) fn moved(core: &Core, how: BuiltInPlane) {
    if let Some(built_in) = &mut *core.built_in.write() {
        built_in.how = how;
    }
    if let (Ok(link), true) = (core.link(&ConnectionId::new(BUILT_IN)), how != BuiltInPlane::NotRunning) {
        if let Some(port) = link.made_port() {
            port.expect_recovery();
        }
        link.nudge.notify_one();
    }
    core.announcer.stale([Tag::App]);
}

/// Starts the plane in this process, unless another one serves it by then.
pub(crate) async fn start(core: &Core) -> Result<AppInfo, Error> {
    let starter = core.built_in.read().as_ref().and_then(|built_in| built_in.starter.clone());
    let Some(starter) = starter else {
        return Err(Error::NotStarted {
            reason: "this process does not stay, so it cannot carry a control plane".to_owned(),
            remedy: Some("Start one: breakwater plane".to_owned()),
        });
    };
    let how = starter
        .start()
        .await
        .map_err(|refused| Error::NotStarted { reason: refused.reason, remedy: refused.remedy })?;
    moved(core, how);
    overview::app_info(core).await
}
